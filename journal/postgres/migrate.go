package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/enlist-dev/enlist/journal"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	versionTable = "enlist.schema_version"
	// lockID identifies the advisory lock that one replica at a time holds while it migrates. It is
	// "enlist" in ASCII.
	lockID = 0x656e6c697374
	// lockWait limits the wait for that lock.
	lockWait = 5 * time.Minute
)

// migrate brings the database to this version of Enlist. It only reads a database that is up to
// date, so the user needs no right to create tables. It reports whether it has changed the
// database. The change is not durable before the next durable write.
func migrate(ctx context.Context, config *pgx.ConnConfig, logger *slog.Logger) (changed bool, err error) {
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	provider, err := newProvider(db, logger)
	if err != nil {
		return false, err
	}
	sources := provider.ListSources()
	target := sources[len(sources)-1].Version
	if done, err := migrated(ctx, db, target); done || err != nil {
		return false, err
	}
	unlock, err := lock(ctx, db)
	if err != nil {
		return false, fmt.Errorf("wait for the replica that migrates: %w", err)
	}
	defer unlock()
	if err := createSchema(ctx, db); err != nil {
		return false, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return false, err
	}
	for _, result := range results {
		logger.Info("migrated the journal's PostgreSQL database", "version", result.Source.Version, "duration_ms", result.Duration.Milliseconds())
	}
	// A replica of a newer version may have migrated first.
	_, err = migrated(ctx, db, target)
	return true, err
}

// lock waits for the advisory lock and holds it until unlock. A transaction of its own holds it,
// because behind a pooler a session does not stay. Between attempts it needs no session, so waiting
// replicas leave the pooler's sessions to the one that migrates. Earlier versions of Enlist hold
// the same lock with their session.
func lock(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	for end := time.Now().Add(lockWait); ; {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		unlock = func() { _ = tx.Rollback() }
		if held, err := tryLock(ctx, tx); held {
			return unlock, nil
		} else if err != nil {
			unlock()
			return nil, err
		}
		unlock()
		if time.Now().After(end) {
			return nil, fmt.Errorf("it still migrates after %v", lockWait)
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func tryLock(ctx context.Context, tx *sql.Tx) (held bool, err error) {
	// The transaction is idle while another connection migrates.
	const patient = `SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')`
	if _, err := tx.ExecContext(ctx, patient); err != nil {
		return false, err
	}
	err = tx.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock($1)`, int64(lockID)).Scan(&held)
	return held, err
}

func newProvider(db *sql.DB, logger *slog.Logger) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true), goose.WithSlog(logger))
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// migrated reports whether the database has the target version, or a later one that permits this
// version of Enlist. It fails if a later one does not permit it.
func migrated(ctx context.Context, db querier, target int64) (bool, error) {
	var there bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, versionTable).Scan(&there); err != nil || !there {
		return false, err
	}
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable).Scan(&version); err != nil {
		return false, err
	}
	err := journal.CheckSchema(version, target, func(name string) ([]byte, error) { return storedSecret(ctx, db, name) })
	return err == nil && version >= target, err
}

// storedSecret returns the value under a name, or nil if no row has the name.
func storedSecret(ctx context.Context, db querier, name string) (value []byte, err error) {
	err = db.QueryRowContext(ctx, `SELECT value FROM enlist.secrets WHERE name = $1`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, err
}

// createSchema first checks whether the schema exists. CREATE SCHEMA IF NOT EXISTS needs the right
// to create schemas even if the schema exists.
func createSchema(ctx context.Context, db *sql.DB) error {
	there := func() (yes bool, err error) {
		err = db.QueryRowContext(ctx, `SELECT to_regnamespace('enlist') IS NOT NULL`).Scan(&yes)
		return yes, err
	}
	if yes, err := there(); yes || err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS enlist`)
	if err == nil {
		return nil
	}
	// Two replicas may create it at once. IF NOT EXISTS does not keep the second one from failing.
	if yes, again := there(); yes || again != nil {
		return again
	}
	return errors.Join(errNoSchema, err)
}

var errNotOwner = errors.New(`cannot create tables in the schema "enlist". Make the DSN's user its owner`)

var errNoSchema = errors.New(`cannot create the schema "enlist". Create it with the DSN's user as its owner`)
