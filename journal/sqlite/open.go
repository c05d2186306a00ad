package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
}

// Store is a journal.Store in an SQLite file. It is safe for concurrent use.
type Store struct {
	clock   func() time.Time
	lock    *flock.Flock
	readers *sql.DB
	reads   readStatements
	writer  *writer
}

var _ journal.Store = (*Store)(nil)

// Open opens the file at a path and migrates it. It creates the file if it is missing, but not the
// folder. While the store is open, no other process can open the file. The error of such an attempt
// wraps journal.ErrInUse. Open makes the files (path, path-wal, path-shm, path.lock) readable for
// this user alone.
func Open(ctx context.Context, path string, options Options) (_ *Store, err error) {
	if options.Clock == nil {
		options.Clock = time.Now
	}
	path, err = prepareFiles(path)
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	s := &Store{clock: options.Clock, lock: lock}
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot open the journal %s: %w", path, errors.Join(err, s.Close()))
		}
	}()
	// The writer opens first and makes the file a WAL database. A connection that only reads cannot
	// do that.
	db := openDB(path, writerPragmas, 1)
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.writer, err = newWriter(ctx, db, commitSizes(options.Metrics)); err != nil {
		return nil, err
	}
	s.readers = openDB(path, readerPragmas, maxReaders)
	if err := s.reads.prepare(ctx, s.readers); err != nil {
		return nil, err
	}
	return s, nil
}

// Stats returns the number of committed transactions and of their writes since the store was
// opened.
func (s *Store) Stats() (commits, writes int64) {
	return s.writer.commits.Load(), s.writer.writes.Load()
}

// Close refuses further writes, copies the log into the file and releases it. A second Close does
// nothing.
func (s *Store) Close() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.reads.close(), s.readers.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
