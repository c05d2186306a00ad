package journal

import (
	"context"
	"time"
)

// unreadableAgain is the delay before a replica may claim an unreadable record again. That replica
// may have the key.
const unreadableAgain = time.Minute

// Claim makes this replica the owner of records that no living replica owns. It claims UNKNOWN
// records that are due, and INTENT records. It logs a record that it cannot open, and continues
// with the next one.
func (j *Journal) Claim(ctx context.Context, limit int) ([]*Record, error) {
	for {
		rows, err := j.store.Claim(ctx, j.lease.replica, limit)
		if err != nil {
			return nil, err
		}
		records := j.readable(ctx, rows, j.putBack)
		// If the batch holds only unreadable records, more records may follow. This replica now
		// owns the unreadable ones, or they are due later. So the loop terminates.
		if len(rows) < limit || len(records) > 0 || limit <= 0 {
			return records, nil
		}
	}
}

// readable opens rows. It logs a row that it cannot open, and passes the row to unreadable.
func (j *Journal) readable(ctx context.Context, rows []*Row, unreadable func(context.Context, *Row)) []*Record {
	records := make([]*Record, 0, len(rows))
	for _, row := range rows {
		record, err := j.open(row)
		if err != nil {
			j.log.ErrorContext(ctx, "journal: cannot read a record; its outcome stays unresolved", "error", err)
			unreadable(ctx, row)
			continue
		}
		records = append(records, record)
	}
	return records
}

// putBack postpones a record that this replica cannot open. A record in state INTENT stays with
// this replica while the replica lives. Without an owner, a replica would claim it again at once.
func (j *Journal) putBack(ctx context.Context, row *Row) {
	if row.State != unknown {
		return
	}
	row.Owner = ""
	if err := j.store.Update(ctx, row, unreadableAgain); err != nil {
		j.log.ErrorContext(ctx, "journal: cannot release an unreadable record; this replica keeps it", "error", err)
	}
}

// Owned returns up to limit open records of this replica, in any order. It logs a record that it
// cannot open, and skips it.
func (j *Journal) Owned(ctx context.Context, limit int) ([]*Record, error) {
	rows, err := j.store.Owned(ctx, j.lease.replica, limit)
	if err != nil {
		return nil, err
	}
	return j.readable(ctx, rows, func(context.Context, *Row) {}), nil
}

// Take makes this replica the owner of an open record. It returns nil if another living replica
// owns the record, or if the record has changed.
func (j *Journal) Take(ctx context.Context, record *Record) (*Record, error) {
	return j.one(j.store.Take(ctx, &Row{
		Principal: record.Principal, Provider: record.Provider, RequestID: record.RequestID, State: record.State, Version: record.Version,
		Owner: record.Owner,
	}, j.lease.replica))
}
