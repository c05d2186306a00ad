package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/enlist-dev/enlist/journal"
)

// Look reports what is in the file at a path. Its connection cannot write, but SQLite itself
// recovers after a crash whenever it opens a file. Another process may have the file open. Look
// reports a missing file as new.
func Look(ctx context.Context, path string) (*journal.Peek, error) {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return &journal.Peek{New: true}, nil
	case err != nil:
		return nil, fmt.Errorf("cannot read the journal %s: %w", path, err)
	case info.Size() == 0:
		return &journal.Peek{New: true}, nil
	}
	db := openDB(path, readerPragmas, 1)
	defer db.Close() //nolint:errcheck // it was only read
	found, err := look(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("cannot read cannot read the journal %s: %w", path, err)
	}
	return found, nil
}

func look(ctx context.Context, db *sql.DB) (*journal.Peek, error) {
	provider, err := newMigrations(db)
	if err != nil {
		return nil, err
	}
	sources := provider.ListSources()
	var there bool
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'operations'`).Scan(&there); err != nil || !there {
		return &journal.Peek{New: true}, err
	}
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&version); err != nil {
		return nil, err
	}
	if err := tooNew(version, sources[len(sources)-1].Version); err != nil {
		return nil, err
	}
	found := &journal.Peek{}
	if err := db.QueryRowContext(ctx, sqlKept, journal.IndexSecret).Scan(&found.IndexKey); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, sqlKeyIDs)
	if err != nil {
		return nil, err
	}
	found.KeyIDs, err = scanKeyIDs(rows)
	return found, err
}
