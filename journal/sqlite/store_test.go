package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/journaltest"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

func TestSuite(t *testing.T) {
	journaltest.Run(t, journaltest.Harness{
		New: func(t *testing.T) journaltest.Database {
			return &database{path: filepath.Join(t.TempDir(), "enlist.db")}
		},
	})
}

// database is a file.
type database struct{ path string }

func (d *database) Open(ctx context.Context) (journal.Store, error) {
	store, err := sqlite.Open(ctx, d.path, sqlite.Options{})
	if err != nil {
		return nil, err // return no store: a nil *sqlite.Store is not a nil journal.Store
	}
	return store, nil
}

func (d *database) Look(ctx context.Context) (*journal.Peek, error) { return sqlite.Look(ctx, d.path) }

func (d *database) SetCreated(t *testing.T, requestID uuid.UUID, created time.Time) {
	t.Helper()
	execute(t, d.path, `UPDATE operations SET created = ? WHERE request_id = ?`, created.UnixMicro(), requestID[:])
}

func (d *database) SetUpdated(t *testing.T, requestID uuid.UUID, updated time.Time) {
	t.Helper()
	execute(t, d.path, `UPDATE operations SET updated = ? WHERE request_id = ?`, updated.UnixMicro(), requestID[:])
}

func (d *database) MakeNewer(t *testing.T) (newest int64) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+d.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`INSERT INTO goose_db_version (version_id, is_applied) SELECT max(version_id) + 1, true FROM goose_db_version
		RETURNING version_id - 1`).Scan(&newest); err != nil {
		t.Fatal(err)
	}
	return newest
}

// execute runs a statement outside the store, over a connection of its own.
func execute(t *testing.T, path, text string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(text, args...); err != nil {
		t.Fatal(err)
	}
}
