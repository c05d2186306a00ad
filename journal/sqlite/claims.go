package sqlite

import (
	"context"
	"sync"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// maxDue limits how far ahead a row is ever due. If a row seems further ahead, the clock was set
// back after the row got its due time. Such a row is due.
const maxDue = time.Hour

// Claim implements journal.Store. Only the calling replica can be alive, because it locks the file.
func (s *Store) Claim(ctx context.Context, replica string, limit int) (claimed []*journal.Row, err error) {
	now := s.clock()
	err = s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) (err error) {
		claimed, err = collect(sql.claim.QueryContext(ctx, replica, now.UnixMicro(), now.Add(maxDue).UnixMicro(), limit, s.owners.others(replica)))
		return err
	})
	if err != nil {
		return nil, err
	}
	s.owners.claimed(replica, len(claimed) < limit)
	return claimed, nil
}

// Take implements journal.Store. As in Claim, any other owner is dead.
func (s *Store) Take(ctx context.Context, row *journal.Row, replica string) (taken *journal.Row, err error) {
	now := s.clock()
	err = s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) (err error) {
		taken, err = one(sql.take.QueryContext(ctx, row.Principal, row.Provider, row.RequestID[:], row.Version, replica, now.UnixMicro()))
		return err
	})
	if err != nil {
		return nil, err
	}
	s.owners.add(replica)
	return taken, nil
}

// Owned implements journal.Store.
func (s *Store) Owned(ctx context.Context, replica string, limit int) ([]*journal.Row, error) {
	return collect(s.reads.owned.QueryContext(ctx, replica, limit))
}

// Count implements journal.Store.
func (s *Store) Count(ctx context.Context, state enlistv1.OperationState, age time.Duration, limit int) (count int, err error) {
	statement := s.reads.countUnknown
	switch state {
	case enlistv1.OperationState_OPERATION_STATE_INTENT:
		statement = s.reads.countIntent
	case enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON:
		statement = s.reads.countNeedsPerson
	default:
	}
	err = statement.QueryRowContext(ctx, limit, s.clock().Add(-age).UnixMicro()).Scan(&count)
	return count, err
}

// Beat implements journal.Store: it does nothing.
func (s *Store) Beat(ctx context.Context, _ string, _ time.Duration) error { return ctx.Err() }

// owners knows who may own rows in state INTENT. A process that has read the rows that it found at
// its start need not look for owners other than itself.
type owners struct {
	mutex sync.Mutex
	found bool // whether the rows that were there at the start have been claimed
	names map[string]bool
}

// add notes an owner of a row.
func (o *owners) add(owner string) {
	if owner == "" {
		return
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.names == nil {
		o.names = map[string]bool{}
	}
	o.names[owner] = true
}

// others reports whether a replica other than this one may own rows.
func (o *owners) others(replica string) bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return !o.found || len(o.names) > 1 || len(o.names) == 1 && !o.names[replica]
}

// claimed notes that a replica owns rows, and whether it has claimed all.
func (o *owners) claimed(replica string, all bool) {
	o.add(replica)
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.found = o.found || all
}
