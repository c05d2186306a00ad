package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/enlist-dev/enlist/journal"
)

// Options are the settings beside the DSN. The zero value is a good choice.
type Options struct {
	// Timeout limits each method call, including the wait for a connection. It applies even if the
	// caller's context has no deadline. It does not limit migrations. 0 means 10 s.
	Timeout time.Duration
	// Durability says what a promotion may lose.
	Durability Durability
	// GapLasts is how long a gap stays open. 0 means journal.DefaultGapLasts.
	GapLasts time.Duration
	// Logger receives messages about migrations, and about a server that is not durable. nil means
	// slog.Default.
	Logger *slog.Logger

	// tracer sees each statement, for tests.
	tracer pgx.QueryTracer
}

// Store is a journal.Store in a PostgreSQL database. It is safe for concurrent use, in this process
// and others.
//
// If a connection breaks, the next method call that needs one opens another. A write that was in
// progress on it may or may not be durable. It returns an error, and the store does not retry it.
type Store struct {
	pool    *pgxpool.Pool
	timeout time.Duration
	session session
	mode    pgx.QueryExecMode // of direct connections
	durable durability
	logger  *slog.Logger

	inserts, endings together

	database verification
}

var _ journal.Store = (*Store)(nil)

// Open connects to the database of a DSN and migrates the database if needed. The DSN is a URL
// (postgres://…) or libpq's keywords and values. If another replica migrates at the moment, Open
// waits for it. Beside libpq's parameters, the DSN accepts those of pgxpool. One of them is
// pool_max_conns, which defaults to 16 here.
//
// Open fails if the DSN does not parse, or if it cannot reach a server that accepts writes. It
// fails if the user lacks the rights to create what is missing. It also fails if the database is
// newer than this version of Enlist and not compatible with it (see journal.CheckSchema). No error
// holds the password.
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
	store := &Store{timeout: options.Timeout, session: session{timeout: options.Timeout}, mode: config.ConnConfig.DefaultQueryExecMode}
	store.durable.id = "barrier-" + uuid.NewString()
	store.logger = options.Logger
	store.inserts.run, store.inserts.timeout = store.insertAll, options.Timeout
	store.endings.run, store.endings.timeout = store.endAll, options.Timeout
	store.database.durability, store.database.lasts = options.Durability, options.GapLasts
	config.ConnConfig.DefaultQueryExecMode = pooledMode(store.mode)
	migrated, err := migrate(ctx, config.ConnConfig, options.Logger)
	if err != nil {
		return nil, failed("migrate", err)
	}
	config.AfterConnect, config.ConnConfig.OnNotice = store.session.prepare, onNotice
	if store.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, failed("open", err)
	}
	if err = store.warn(ctx, options.Logger); err == nil && migrated {
		_, err = store.writeBarrier(ctx) // the migrations are durable, too
	}
	if err == nil {
		if err = store.verify(ctx); errors.Is(err, errNoStandby) { // reads go on, and each creation verifies again
			options.Logger.ErrorContext(ctx, "journal: Enlist refuses creations", "cause", err)
			err = nil
		}
	}
	if err != nil {
		store.pool.Close()
		return nil, err
	}
	return store, nil
}

// Close waits for the method calls in progress, and closes all connections.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// bound returns the context of one method call.
func (s *Store) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.timeout)
}

// write runs a statement and returns the number of changed rows.
func (s *Store) write(ctx context.Context, what, sql string, args ...any) (changed int, err error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	err = s.run(ctx, sql, args, func(rows pgx.Rows) error {
		rows.Close()
		changed = int(rows.CommandTag().RowsAffected())
		return rows.Err()
	})
	if err != nil {
		return 0, failed(what, err)
	}
	return changed, nil
}

// rows runs a statement that writes and returns the columns of the records that it wrote.
func (s *Store) rows(ctx context.Context, what, sql string, args ...any) ([]*journal.Row, error) {
	return query(ctx, s, what, func(row pgx.CollectableRow) (*journal.Row, error) { return scan(row) }, sql, args...)
}

// row is like rows, for a statement that returns at most one row. It returns nil if there is no
// row.
func (s *Store) row(ctx context.Context, what, sql string, args ...any) (*journal.Row, error) {
	rows, err := s.rows(ctx, what, sql, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// query runs a statement and collects its result.
func query[T any](ctx context.Context, s *Store, what string, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	all, err := collect(ctx, s, scan, sql, args...)
	if err != nil {
		return nil, failed(what, err)
	}
	return all, nil
}

// collect is like query, and returns the server's own error.
func collect[T any](ctx context.Context, s *Store, scan pgx.RowToFunc[T], sql string, args ...any) (all []T, err error) {
	err = s.run(ctx, sql, args, func(rows pgx.Rows) (err error) {
		all, err = pgx.CollectRows(rows, scan)
		return err
	})
	return all, err
}

// failed says which operation failed. Its text omits PostgreSQL's detail, which quotes values.
func failed(what string, err error) error {
	database := "the journal's PostgreSQL database"
	if unreachable := (*pgconn.ConnectError)(nil); errors.As(err, &unreachable) {
		database = "journal.postgres.dsn: " + database
	}
	return fmt.Errorf("%s: %s: %w", database, what, err)
}

// errContended is the error of an insert that met a conflict at each attempt.
var errContended = errors.New("other writers keep changing the same key. Try again")
