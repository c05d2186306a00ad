package byhand

import (
	"context"
	"database/sql"
	"errors"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// sqliteTable is a table in an SQLite file.
type sqliteTable struct {
	db                       *sql.DB
	insert, selected, update *sql.Stmt
}

// WithSQLite returns a Durable whose table is in an SQLite file. Commits are as durable as those of
// Enlist's journal: WAL, synchronous=FULL. All statements use one connection, because SQLite has
// one writer.
func WithSQLite(ctx context.Context, vendor *Vendor, path string) (*Durable, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	t := &sqliteTable{db: db}
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS creations (
  request_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, state TEXT NOT NULL, request BLOB NOT NULL, response BLOB,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL)`)
	for statement, text := range map[**sql.Stmt]string{
		&t.insert: `INSERT INTO creations (request_id, customer_id, state, request, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
ON CONFLICT (request_id) DO NOTHING`,
		&t.selected: `SELECT state, response FROM creations WHERE request_id = ?1`,
		&t.update:   `UPDATE creations SET state = ?2, response = ?3, updated_at = ?4 WHERE request_id = ?1`,
	} {
		if err == nil {
			*statement, err = db.PrepareContext(ctx, text)
		}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Durable{Bare: Bare{Vendor: vendor}, table: t}, nil
}

func (t *sqliteTable) intend(ctx context.Context, requestID, customerID string, request []byte) (state string, response []byte, fresh bool, err error) {
	result, err := t.insert.ExecContext(ctx, requestID, customerID, pending, request, time.Now().UnixMicro())
	if err != nil {
		return "", nil, false, err
	}
	if inserted, err := result.RowsAffected(); err != nil || inserted == 1 {
		return pending, nil, err == nil, err
	}
	err = t.selected.QueryRowContext(ctx, requestID).Scan(&state, &response)
	return state, response, false, err
}

func (t *sqliteTable) conclude(ctx context.Context, requestID, state string, response []byte) error {
	_, err := t.update.ExecContext(ctx, requestID, state, response, time.Now().UnixMicro())
	return err
}

func (t *sqliteTable) close() error { return t.db.Close() }
