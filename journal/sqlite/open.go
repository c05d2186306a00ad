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
	// Clock tells the time. nil: time.Now.
	Clock func() time.Time
	// Metrics is where the store's are registered. nil: nowhere.
	Metrics prometheus.Registerer
}

// Store is a journal.Store in an SQLite file. Safe for concurrent use.
type Store struct {
	clock   func() time.Time
	lock    *flock.Flock
	readers *sql.DB
	reads   readStatements
	writer  *writer
}

var _ journal.Store = (*Store)(nil)

// Open opens the file at a path, which it creates if it is not there (its folder must be), and migrates it. While it is open no other
// process can have it open: that is an error around journal.ErrInUse. The files (path, path-wal, path-shm, path.lock) become readable
// for this user alone.
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
	// The writer comes first: it makes the file a WAL database, which a connection that only reads cannot.
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

// Stats returns how many transactions were committed since the store was opened, and how many writes they held.
func (s *Store) Stats() (commits, writes int64) {
	return s.writer.commits.Load(), s.writer.writes.Load()
}

// Close refuses further writes, copies the log into the file and releases it. Closing again does nothing.
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
