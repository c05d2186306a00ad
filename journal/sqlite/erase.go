package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

// Erase implements journal.Store. SQLite overwrites what it frees (secure_delete).
func (s *Store) Erase(ctx context.Context, row *journal.Row) error {
	err := s.writeSealed(ctx, row.KeyID, func(ctx context.Context, sql *writeStatements) error {
		var id int64
		err := sql.erase.QueryRowContext(ctx, row.Principal, row.Provider, row.RequestID[:], row.Version, row.State,
			orNull(row.Exclusive), orNull(row.Customer), row.Owner, row.KeyID, row.Outcome).Scan(&id)
		if err == nil {
			_, err = sql.deleteExchanges.ExecContext(ctx, id)
		}
		return orConflict(err)
	})
	if err != nil {
		return err
	}
	row.Version++
	row.Due = time.Time{}
	return nil
}

const (
	// scrubAgain is the pause between two attempts to empty the log.
	scrubAgain = 500 * time.Millisecond
	// scrubWait is how long one attempt waits for readers, in milliseconds. Our own reads end within
	// it. No write begins meanwhile, so it is much shorter than that of other statements.
	scrubWait = "50"
)

// errLogInUse is the error of Scrub while another connection reads from the log.
var errLogInUse = errors.New("another connection still reads old pages of the log, for example a backup in progress")

// Scrub implements journal.Store. The log has old pages until all of it is in the file, which needs
// a moment without a reader. Scrub waits for it, and writes go on meanwhile.
func (s *Store) Scrub(ctx context.Context) (left []string, err error) {
	for {
		emptied, err := s.writer.emptyLog(ctx)
		if emptied || err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", errLogInUse, ctx.Err())
		case <-time.After(scrubAgain):
		}
	}
}

// emptyLog copies the log into the file and empties it between two transactions. It reports whether
// it could.
func (w *writer) emptyLog(ctx context.Context) (emptied bool, err error) {
	done := make(chan error, 1)
	run := func() {
		ctx := context.Background()
		_, err := w.conn.ExecContext(ctx, "PRAGMA busy_timeout = "+scrubWait)
		if err == nil {
			var busy, frames, copied int
			err = w.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &copied)
			emptied = busy == 0
		}
		_, again := w.conn.ExecContext(ctx, "PRAGMA busy_timeout = "+busyTimeout)
		done <- errors.Join(err, again)
	}
	select {
	case w.between <- run:
		err = <-done
		return emptied && err == nil, err
	case <-ctx.Done():
		return false, ctx.Err()
	case <-w.stopped:
		return false, errClosed
	}
}
