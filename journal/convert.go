package journal

import (
	"context"
	"fmt"
	"time"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
)

const (
	// convertBatch is how many rows one transaction converts.
	convertBatch = 200
	// convertReport is how often the log says how far the conversion is.
	convertReport = 5 * time.Second
)

// convert brings the rows of the earlier format into this one. It goes on where an earlier start
// ended. Two replicas can convert at once.
func (j *Journal) convert(ctx context.Context) error {
	total, err := j.store.CountEarlier(ctx)
	if err != nil {
		return err
	}
	done, began, reported := 0, time.Now(), time.Now()
	for last := (*EarlierRow)(nil); ; {
		earlier, err := j.store.Earlier(ctx, last, convertBatch)
		if err != nil {
			return err
		}
		switch {
		case len(earlier) == 0 && last == nil:
			j.reportConverted(ctx, done, began)
			return nil
		case len(earlier) == 0: // another replica may have left some
			last = nil
			continue
		}
		last = earlier[len(earlier)-1]
		rows := make([]*Row, len(earlier))
		for i, row := range earlier {
			rows[i] = j.converted(ctx, row)
		}
		if err := j.store.Convert(ctx, rows); err != nil {
			return fmt.Errorf("journal: cannot convert the records to this version's format. The next start goes on: %w", err)
		}
		done += len(rows)
		if time.Since(reported) > convertReport {
			reported = time.Now()
			j.log.InfoContext(ctx, "journal: converting the records to this version's format", "done", done, "of_about", total)
		}
	}
}

func (j *Journal) reportConverted(ctx context.Context, done int, began time.Time) {
	if done > 0 {
		j.log.InfoContext(ctx, "journal: converted the records to this version's format", "records", done, "duration_ms", time.Since(began).Milliseconds())
	}
}

// converted returns an earlier row in this format. A row that does not open keeps its ciphertext.
// It does not open in this format either, and its request_id stays taken.
func (j *Journal) converted(ctx context.Context, earlier *EarlierRow) *Row {
	row := earlier.Row
	payload, err := j.openEarlier(earlier)
	if err == nil {
		record := &Record{
			Key:   Key{Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID},
			State: row.State, Payload: payload, RequestChanged: true,
		}
		var sealed *Row
		if sealed, err = j.seal(record); err == nil {
			row.Exclusive, row.Customer, row.KeyID = sealed.Exclusive, sealed.Customer, sealed.KeyID
			row.Outcome, row.Request, row.Exchanges = sealed.Outcome, sealed.Request, sealed.Exchanges
			return &row
		}
	}
	j.log.ErrorContext(ctx, "journal: cannot read a record; it is kept as it is", "error", err)
	row.Outcome, row.Request = earlier.Payload, earlier.Payload
	if !row.IsOpen() {
		row.Exclusive = nil
	} else if row.Exclusive == nil {
		row.Exclusive = j.index.exclusive(Key{Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID}, "")
	}
	return &row
}

func (j *Journal) openEarlier(row *EarlierRow) (*journalv1.Payload, error) {
	payload := &journalv1.Payload{}
	return payload, j.openPart(&row.Row, row.Payload, earlierPlace(&row.Row), payload)
}

// earlierPlace returns the associated data of a payload in the earlier format.
func earlierPlace(row *Row) []byte {
	data := appendText([]byte("enlist.journal.v1.Payload"), row.Principal)
	return append(appendText(data, row.Provider), row.RequestID[:]...)
}
