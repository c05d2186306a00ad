package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/enlist-dev/enlist/journal"
)

// Options are what may be chosen beside the DSN. The zero value is a good choice.
type Options struct {
	// Timeout bounds each call, waiting for a connection included, also when the caller's context has no deadline. Not migrations.
	// 0: 10 s.
	Timeout time.Duration
	// Logger is told of migrations, and of a server that is not durable; nil: slog.Default.
	Logger *slog.Logger

	// tracer sees each statement, for tests.
	tracer pgx.QueryTracer
}

// Store is a journal.Store in a PostgreSQL database. Safe for concurrent use, in this process and others.
//
// A connection that breaks is replaced by the next call that needs one. Whether a write that was under way on it has been made is not
// known: it returns an error, and is not tried again.
type Store struct {
	pool    *pgxpool.Pool
	timeout time.Duration
}

var _ journal.Store = (*Store)(nil)

// Open connects to the database of a DSN, a URL (postgres://…) or keywords and values as libpq takes them, and migrates it where it has to,
// waiting for another replica that does so. Beside libpq's, the DSN takes the parameters of pgxpool (pool_max_conns, here 16 unless
// it is given, and others).
//
// It fails when the DSN does not parse, when no server that accepts writes can be reached, when the user may not create what is
// missing, and when the database is newer than this version of Enlist. No error holds the password.
func Open(ctx context.Context, dsn string, options Options) (*Store, error) {
	if options.Timeout <= 0 {
		options.Timeout = 10 * time.Second
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	config, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.Tracer = options.tracer
	if err := migrate(ctx, config.ConnConfig, options.Logger); err != nil {
		return nil, fmt.Errorf("the journal's PostgreSQL database: %w", err)
	}
	config.AfterConnect = session{timeout: options.Timeout}.prepare
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, failed("open", err)
	}
	store := &Store{pool: pool, timeout: options.Timeout}
	if err := store.warn(ctx, options.Logger); err != nil {
		pool.Close()
		return nil, err
	}
	return store, nil
}

// Close waits for the calls that are under way, and closes all connections.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// bound is the context of one call.
func (s *Store) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.timeout)
}

// write runs a statement and returns how many rows it has changed.
func (s *Store) write(ctx context.Context, what, sql string, args ...any) (int, error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	tag, err := s.pool.Exec(ctx, sql, args...)
	if err != nil {
		return 0, failed(what, err)
	}
	return int(tag.RowsAffected()), nil
}

// rows runs a statement that returns the columns of records.
func (s *Store) rows(ctx context.Context, what, sql string, args ...any) ([]*journal.Row, error) {
	return query(ctx, s, what, func(row pgx.CollectableRow) (*journal.Row, error) { return scan(row) }, sql, args...)
}

// row is rows for a statement that returns at most one; nil for none.
func (s *Store) row(ctx context.Context, what, sql string, args ...any) (*journal.Row, error) {
	rows, err := s.rows(ctx, what, sql, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// query runs a statement and collects what it returns.
func query[T any](ctx context.Context, s *Store, what string, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(what, err)
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, failed(what, err)
	}
	return all, nil
}

// failed says what could not be done. PostgreSQL's detail, which quotes values, is not part of an error's text.
func failed(what string, err error) error {
	return fmt.Errorf("the journal's PostgreSQL database: %s: %w", what, err)
}

// errContended is the error of an insert that met another conflict each time it was tried.
var errContended = errors.New("other writers keep changing the same key. Try again")
