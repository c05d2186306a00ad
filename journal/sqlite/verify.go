package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const (
	// verifyWithin bounds the check at a start.
	verifyWithin = 5 * time.Second
	// verifyAfter is how long after a start the whole check begins, which the start has not time for.
	verifyAfter = 10 * time.Second
	// verifyAgain is when the whole check begins again after it was given up.
	verifyAgain = time.Hour
	// mostLog is the size of the log at which the whole check is given up. SQLite cannot reuse the
	// log while the check reads.
	mostLog = 256 << 20
)

// check runs one of SQLite's checks. An error that wraps errDamaged names the first damage.
func check(ctx context.Context, path, pragma string) error {
	db := openDB(path, readerPragmas, 1)
	defer db.Close() //nolint:errcheck // it was only read
	var found string
	err := db.QueryRowContext(ctx, "PRAGMA "+pragma+"(1)").Scan(&found)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isDamage(err):
		return fmt.Errorf("%w: %w", errDamaged, err)
	case err != nil:
		return fmt.Errorf("cannot check the database: %w", err)
	case found != "ok":
		return fmt.Errorf("%w: %s", errDamaged, found)
	}
	return nil
}

// verify checks the pages of the database at a start, for a limited time. It reports whether it
// checked all of them.
func verify(ctx context.Context, path string, limit time.Duration) (whole bool, err error) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err = check(within, path, "quick_check")
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// explainDamage adds the way out to an error that says that the database is damaged.
func explainDamage(err error) error {
	if !isDamage(err) {
		return err
	}
	return fmt.Errorf("%w. Enlist does not start on a damaged database, because it might create known customers again. "+
		"Restore a copy that `enlist backup` made, with `enlist restore`", err)
}

// keepVerifying checks the whole database once: its pages, and that each index agrees with its
// table. It gives up while the log grows too long, and begins again later.
func (s *Store) keepVerifying(ctx context.Context, path string, wait time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		err := s.verifyWhole(ctx, path)
		if ctx.Err() != nil {
			return
		}
		if err == nil || isDamage(err) {
			s.condition.noticed(err)
			return
		}
		s.condition.log.WarnContext(ctx, "journal: could not check the whole database; trying again later", "cause", err)
		wait = verifyAgain
	}
}

var errLongLog = errors.New("the log of SQLite grew too long during the check")

func (s *Store) verifyWhole(ctx context.Context, path string) error {
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	go func() {
		ticks := time.NewTicker(time.Second)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
			if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > mostLog {
				giveUp(errLongLog)
			}
		}
	}()
	err := check(ctx, path, "integrity_check")
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// syncLog syncs the log and copies it into the database. After a kill, SQLite reads frames of the
// log that were never synced. They must be durable before anything relies on them.
func syncLog(ctx context.Context, path string, db *sql.DB) error {
	if log, err := os.OpenFile(path+"-wal", os.O_RDWR, 0); err == nil { //nolint:gosec // the path is the operator's
		if err := errors.Join(log.Sync(), log.Close()); err != nil {
			return fmt.Errorf("cannot sync the log: %w", err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		return fmt.Errorf("cannot copy the log into the database: %w", err)
	}
	return nil
}

// background is work that goes on until its end.
type background struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

func inBackground(work func(context.Context)) *background {
	ctx, cancel := context.WithCancel(context.Background())
	b := &background{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(b.ended)
		work(ctx)
	}()
	return b
}

// end cancels the work and waits for it. It does nothing for a nil background.
func (b *background) end() {
	if b != nil {
		b.cancel()
		<-b.ended
	}
}
