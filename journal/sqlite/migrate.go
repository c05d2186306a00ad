package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/enlist-dev/enlist/journal"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to the newest migration. If the schema is newer still, it changes
// nothing, and fails unless the newer schema permits this version of Enlist.
func migrate(ctx context.Context, db *sql.DB) error {
	provider, err := newMigrations(db)
	if err != nil {
		return err
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("cannot read the version of the schema: %w", err)
	}
	if err := checkSchema(ctx, db, current, newest); err != nil || current > newest {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("cannot migrate the schema: %w", err)
	}
	return nil
}

func newMigrations(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
}

func checkSchema(ctx context.Context, db querier, current, newest int64) error {
	return journal.CheckSchema(current, newest, func(name string) ([]byte, error) { return storedSecret(ctx, db, name) })
}

// storedSecret returns the value under a name, or nil if no row has the name.
func storedSecret(ctx context.Context, db querier, name string) (value []byte, err error) {
	err = db.QueryRowContext(ctx, sqlKept, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, err
}
