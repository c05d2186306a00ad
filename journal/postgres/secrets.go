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
  INSERT INTO enlist.secrets (name, value) SELECT $1, $2 WHERE ` + durably + ` ON CONFLICT DO NOTHING RETURNING value
)
SELECT true, '0'::xid, pg_postmaster_start_time(), value FROM inserted
UNION ALL
SELECT false,` + witnessed + `, value FROM enlist.secrets r WHERE name = $1`

// Secret implements journal.Store.
func (s *Store) Secret(ctx context.Context, name string, initial []byte) ([]byte, error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	for range insertTries {
		var stored bool
		var seen witness
		values, err := query(ctx, s, "read a secret", func(row pgx.CollectableRow) (value []byte, err error) {
			err = row.Scan(&stored, &seen.xid, &seen.server, &value)
			return value, err
		}, keepSecret, name, bytesOf(initial))
		switch {
		case err != nil:
			return nil, err
		case len(values) > 0 && stored:
			return values[0], nil
		case len(values) > 0:
			if err := s.confirm(ctx, "read a secret", seen); err != nil {
				return nil, err
			}
			return values[0], nil
		}
	}
	return nil, failed("read a secret", errContended)
}

// ReplaceSecret implements journal.Store.
func (s *Store) ReplaceSecret(ctx context.Context, name string, old, value []byte) error {
	changed, err := s.write(ctx, "replace a secret", `UPDATE enlist.secrets SET value = $3 WHERE name = $1 AND value = $2 AND `+durably,
		name, bytesOf(old), bytesOf(value))
	if err == nil && changed == 0 {
		return journal.ErrConflict
	}
	return err
}
