package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

// Look reports what is in the file at a path. Its connection cannot write, but SQLite itself
// recovers after a crash whenever it opens a file. Another process may have the file open. Look
// reports a missing file as new.
func Look(ctx context.Context, path string) (*journal.Peek, error) {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist), err == nil && info.Size() == 0:
		return &journal.Peek{New: true}, refuseEmptied(path)
	case err != nil:
		return nil, fmt.Errorf("cannot read the journal %s: %w", path, err)
	}
	known, err := readKnown(path) // before the database, which only gets more records meanwhile
	if err != nil && !errors.Is(err, errDamagedSequence) {
		return nil, fmt.Errorf("cannot read the journal %s: %w", path, err)
	}
	db := openDB(path, readerPragmas, 1)
	defer db.Close() //nolint:errcheck // it was only read
	found, err := look(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("cannot read the journal %s: %w", path, explainDamage(err))
	}
	if known != nil && !found.New {
		found.Lost, err = lostNow(ctx, db, path, known)
	}
	return found, err
}

func look(ctx context.Context, db *sql.DB) (*journal.Peek, error) {
	provider, err := newMigrations(db)
	if err != nil {
		return nil, err
	}
	sources := provider.ListSources()
	if there, err := hasTable(ctx, db, "operations"); err != nil || !there {
		return &journal.Peek{New: true}, err
	}
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&version); err != nil {
		return nil, err
	}
	if err := checkSchema(ctx, db, version, sources[len(sources)-1].Version); err != nil {
		return nil, err
	}
	found := &journal.Peek{}
	if found.IndexKey, err = storedSecret(ctx, db, journal.IndexSecret); err != nil {
		return nil, err
	}
	if found.Gap, err = readGap(ctx, db, time.Now()); err != nil {
		return nil, err
	}
	text := sqlKeyIDs
	if version < keysSince {
		text = `SELECT DISTINCT key_id FROM operations`
	}
	found.KeyIDs, err = values[uint32](db.QueryContext(ctx, text))
	return found, err
}

// keysSince is the migration that adds the table of keys.
const keysSince = 6

func hasTable(ctx context.Context, db querier, name string) (there bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?`, name).Scan(&there)
	return there, err
}

// querier is a database or a connection.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
