package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/enlist-dev/enlist/journal"
)

// Options change how a store works.
type Options struct {
	// Clock returns the current time. nil means time.Now.
	Clock func() time.Time
	// Metrics registers the store's metrics. nil means that the store registers none.
	Metrics prometheus.Registerer
	// GapLasts is how long a gap stays open. 0 means journal.DefaultGapLasts.
	GapLasts time.Duration
	// Log receives what the store finds wrong with its files. nil means slog.Default().
	Log *slog.Logger

	// verifyWithin bounds the check at the start, for tests. 0 means verifyWithin.
	verifyWithin time.Duration
}

// Store is a journal.Store in an SQLite file. It is safe for concurrent use.
type Store struct {
	clock     func() time.Time
	lock      *flock.Flock
	readers   *sql.DB
	reads     readStatements
	writer    *writer
	condition *condition
	verifying *background
	owners    owners
	gap       journal.Gap
	noted     atomic.Pointer[uint32] // the key that was noted last
}

var (
	_ journal.Store       = (*Store)(nil)
	_ journal.Conditioned = (*Store)(nil)
)

// Open opens the file at a path and migrates it. It creates the file if it is missing, but not the
// folder. While the store is open, no other process can open the file. The error of such an attempt
// wraps journal.ErrInUse. Open makes the files (path, path-wal, path-shm, path.lock, path.seq)
// readable for this user alone.
//
// If the database has lost records since path.seq was written, Open opens a gap.
//
// Open fails if the file is damaged, or if it is empty although path.seq shows that it was not.
func Open(ctx context.Context, path string, options Options) (_ *Store, err error) {
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	path, err = prepareFiles(path)
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	s := &Store{clock: options.Clock, lock: lock, condition: newCondition(options.Log, options.Metrics)}
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot open the journal %s: %w", path, errors.Join(explainDamage(err), s.Close()))
		}
	}()
	// The writer opens first and makes the file a WAL database. A connection that only reads cannot
	// do that.
	db := openDB(path, writerPragmas, 1)
	whole, err := prepareDatabase(ctx, path, db, cmp.Or(options.verifyWithin, verifyWithin))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.writer, err = newWriter(ctx, path, db, s.condition, options); err != nil {
		return nil, err
	}
	s.readers = openDB(path, readerPragmas, maxReaders)
	if err := s.reads.prepare(ctx, s.readers); err != nil {
		return nil, err
	}
	if s.gap, err = readGap(ctx, s.readers, s.clock()); err != nil {
		return nil, err
	}
	wait := verifyAfter
	if !whole {
		wait = 0
	}
	s.verifying = inBackground(func(ctx context.Context) { s.keepVerifying(ctx, path, wait) })
	return s, nil
}

// prepareDatabase makes the log durable, checks the database and migrates it. It reports whether
// the check was complete.
func prepareDatabase(ctx context.Context, path string, db *sql.DB, limit time.Duration) (whole bool, err error) {
	if err := syncLog(ctx, path, db); err != nil {
		return false, err
	}
	if whole, err = verify(ctx, path, limit); err != nil {
		return false, err
	}
	if err := migrate(ctx, db); err != nil {
		return whole, err
	}
	return whole, forgetKeys(ctx, db)
}

// Gap implements journal.Store. No gap opens while the store is open.
func (s *Store) Gap() journal.Gap { return s.gap }

// Stats returns the number of committed transactions and of their writes since the store was
// opened.
func (s *Store) Stats() (commits, writes int64) {
	return s.writer.commits.Load(), s.writer.writes.Load()
}

// Close refuses further writes, copies the log into the file and releases it. A second Close does
// nothing.
func (s *Store) Close() error {
	s.verifying.end()
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.reads.close(), s.readers.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
