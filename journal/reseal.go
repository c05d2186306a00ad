package journal

import (
	"context"
	"errors"
	"fmt"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
)

// resealBatch is how many records Reseal reads at a time.
const resealBatch = 200

// Reseal encrypts the records again that another key than the first has sealed, and returns their
// number. If it returns 0 without an error, the journal does not need the other keys, unless
// another replica seals with one of them. A record that cannot be opened does not stop the others.
// Reseal returns its error after them.
func (j *Journal) Reseal(ctx context.Context) (done int, err error) {
	// Another replica, with the keys in another order, may have sealed the index key with its own
	// first key.
	if _, err := openIndex(ctx, j.store, j.keys); err != nil {
		return 0, err
	}
	ids, err := j.store.KeyIDs(ctx)
	if err != nil {
		return 0, err
	}
	var unreadable []error
	for _, id := range ids {
		if id == j.keys.primary {
			continue
		}
		count, failures, err := j.resealKey(ctx, id)
		done += count
		unreadable = append(unreadable, failures...)
		if err != nil {
			return done, err
		}
	}
	return done, firstOf(unreadable)
}

// resealKey encrypts the records again that one key has sealed.
func (j *Journal) resealKey(ctx context.Context, id uint32) (done int, unreadable []error, err error) {
	var last *Row
	for {
		rows, err := j.store.SealedWith(ctx, id, last, resealBatch)
		if err != nil {
			return done, unreadable, err
		}
		for _, row := range rows {
			last = &Row{Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID, Created: row.Created}
			payload, err := j.openPayload(row)
			if err != nil {
				unreadable = append(unreadable, err)
				continue
			}
			if err := j.resealRow(ctx, row, payload); err != nil {
				return done, unreadable, err
			}
			done++
		}
		if len(rows) < resealBatch {
			return done, unreadable, nil
		}
	}
}

// resealRow encrypts one record again. It leaves a conflict to the next Reseal: a writer that
// changed the record may have sealed it again, or not.
func (j *Journal) resealRow(ctx context.Context, row *Row, payload *journalv1.Payload) error {
	if err := j.sealPayload(row, payload, row.Request != nil, row.Exchanges != nil); err != nil {
		return err
	}
	if err := j.store.Reseal(ctx, row); !errors.Is(err, ErrConflict) {
		return err
	}
	return nil
}

// firstOf returns the first error and the number of the others.
func firstOf(all []error) error {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return fmt.Errorf("%w (and %d more)", all[0], len(all)-1)
}
