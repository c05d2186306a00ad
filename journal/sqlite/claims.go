package sqlite

import (
	"context"
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
		claimed, err = collect(sql.claim.QueryContext(ctx, replica, now.UnixMicro(), now.Add(maxDue).UnixMicro(), limit))
		return err
	})
	if err != nil {
		return nil, err
	}
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
	return taken, nil
}

// Count implements journal.Store.
func (s *Store) Count(ctx context.Context, state enlistv1.OperationState, limit int) (count int, err error) {
	statement := s.reads.countUnknown
	if state == enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON {
		statement = s.reads.countNeedsPerson
	}
	err = statement.QueryRowContext(ctx, limit).Scan(&count)
	return count, err
}

// Beat implements journal.Store: it does nothing.
func (s *Store) Beat(ctx context.Context, _ string, _ time.Duration) error { return ctx.Err() }
