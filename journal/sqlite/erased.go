package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
)

const sqlErased = `SELECT principal, provider, request_id FROM operations WHERE state NOT IN (1, 2) AND state = 7`

// Erased lists the tombstones in the file at a path, which another process may have open.
func Erased(ctx context.Context, path string) ([]journal.Key, error) {
	db := openDB(path, readerPragmas, 1)
	defer db.Close() //nolint:errcheck // it was only read
	rows, err := db.QueryContext(ctx, sqlErased)
	keys, err := collectWith(func(rows *sql.Rows) (key journal.Key, err error) {
		var id []byte
		if err := rows.Scan(&key.Principal, &key.Provider, &id); err != nil {
			return key, err
		}
		key.RequestID, err = uuid.FromBytes(id)
		return key, err
	}, rows, err)
	if err != nil {
		return nil, fmt.Errorf("cannot read the erased operations of the journal %s: %w", path, explainDamage(err))
	}
	return keys, nil
}
