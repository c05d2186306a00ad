package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal"
)

// Like insertRecord, it returns nothing if another replica stored the first value and committed in
// the meantime.
const keepSecret = `
WITH inserted AS (
  INSERT INTO enlist.secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING value
)
SELECT value FROM inserted UNION ALL SELECT value FROM enlist.secrets WHERE name = $1`

// Secret implements journal.Store.
func (s *Store) Secret(ctx context.Context, name string, initial []byte) ([]byte, error) {
	for range insertTries {
		values, err := query(ctx, s, "read a secret", pgx.RowTo[[]byte], keepSecret, name, bytesOf(initial))
		if err != nil {
			return nil, err
		}
		if len(values) > 0 {
			return values[0], nil
		}
	}
	return nil, failed("read a secret", errContended)
}

// ReplaceSecret implements journal.Store.
func (s *Store) ReplaceSecret(ctx context.Context, name string, old, value []byte) error {
	changed, err := s.write(ctx, "replace a secret", `UPDATE enlist.secrets SET value = $3 WHERE name = $1 AND value = $2`,
		name, bytesOf(old), bytesOf(value))
	if err == nil && changed == 0 {
		return journal.ErrConflict
	}
	return err
}
