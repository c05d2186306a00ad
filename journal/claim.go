package journal

import (
	"context"
	"time"
)

// unreadableAgain is when a record that could not be opened is claimed again: perhaps by a replica that has its key.
const unreadableAgain = time.Minute

// Claim makes this replica the owner of records that nobody living works on: UNKNOWN ones that are due, and INTENT ones. One that cannot
// be opened is logged and passed over.
func (j *Journal) Claim(ctx context.Context, limit int) ([]*Record, error) {
	for {
		rows, err := j.store.Claim(ctx, j.lease.replica, limit)
		if err != nil {
			return nil, err
		}
		records := make([]*Record, 0, len(rows))
		for _, row := range rows {
			record, err := j.open(row)
			if err != nil {
				j.putBack(ctx, row, err)
				continue
			}
			records = append(records, record)
		}
		// Nothing but unreadable ones, and there may be more behind them. They are this replica's now, or due later: it ends.
		if len(rows) < limit || len(records) > 0 || limit <= 0 {
			return records, nil
		}
	}
}

// putBack leaves a record that cannot be opened for later. One in state INTENT stays with this replica as long as that lives, because
// without an owner it would be claimed again at once.
func (j *Journal) putBack(ctx context.Context, row *Row, reason error) {
	j.log.ErrorContext(ctx, "journal: cannot read a record; its outcome stays unresolved", "error", reason)
	if row.State != unknown {
		return
	}
	row.Owner = ""
	if err := j.store.Update(ctx, row, unreadableAgain); err != nil {
		j.log.ErrorContext(ctx, "journal: cannot release an unreadable record; this replica keeps it", "error", err)
	}
}

// Take makes this replica the owner of an open record, unless another living one is: then, or when the record has changed meanwhile, it
// returns nil.
func (j *Journal) Take(ctx context.Context, record *Record) (*Record, error) {
	return j.one(j.store.Take(ctx, &Row{
		Principal: record.Principal, Provider: record.Provider, RequestID: record.RequestID, State: record.State, Version: record.Version,
		Owner: record.Owner,
	}, j.lease.replica))
}
