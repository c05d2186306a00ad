package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to the newest migration. It fails if the schema is newer still,
// because this version does not know the meaning of the new columns.
func migrate(ctx context.Context, db *sql.DB) error {
	provider, err := newMigrations(db)
	if err != nil {
		return err
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("cannot read the version of the schema: %w", err)
	}
	if err := tooNew(current, newest); err != nil {
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

func tooNew(current, newest int64) error {
	if current <= newest {
		return nil
	}
	return fmt.Errorf("its schema has version %d, and this version of Enlist knows versions up to %d. "+
		"Use the newer version of Enlist, or restore the backup from before the update", current, newest)
}
