package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	versionTable = "enlist.schema_version"
	// lockID identifies the advisory lock that one replica at a time holds while it migrates. It is
	// "enlist" in ASCII.
	lockID = 0x656e6c697374
)

// migrate brings the database to this version of Enlist. It only reads a database that is up to
// date, so the user needs no right to create tables.
func migrate(ctx context.Context, config *pgx.ConnConfig, logger *slog.Logger) error {
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SELECT set_config('statement_timeout', '0', false), set_config('synchronous_commit', 'on', false)`)
		return err
	}))
	defer func() { _ = db.Close() }()
	provider, err := newProvider(db, logger)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	target := sources[len(sources)-1].Version
	if done, err := migrated(ctx, db, target); done || err != nil {
		return err
	}
	if err := createSchema(ctx, db); err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, result := range results {
		logger.Info("migrated the journal's PostgreSQL database", "version", result.Source.Version, "duration", result.Duration)
	}
	// A replica of a newer version may have migrated first.
	_, err = migrated(ctx, db, target)
	return err
}

func newProvider(db *sql.DB, logger *slog.Logger) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	// The locker retries once a second, for up to five minutes.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(lockID), lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName(versionTable), goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithSlog(logger))
}

// migrated reports whether the database has the target version. It fails if the database has a
// later one.
func migrated(ctx context.Context, db *sql.DB, target int64) (bool, error) {
	var there bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, versionTable).Scan(&there); err != nil || !there {
		return false, err
	}
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable).Scan(&version); err != nil {
		return false, err
	}
	if version > target {
		return false, fmt.Errorf("its schema has version %d, and this version of Enlist knows versions up to %d. "+
			"Use the newer version of Enlist", version, target)
	}
	return version == target, nil
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
	return errors.Join(errors.New(`cannot create the schema "enlist". Create it with the DSN's user as its owner`), err)
}
