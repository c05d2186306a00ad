package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal"
)

// keys lists the ids of the keys that seal rows. One index look-up past the previous id finds the
// next one.
const keys = `
WITH RECURSIVE keys AS (
  (SELECT key_id FROM enlist.records ORDER BY key_id LIMIT 1)
  UNION ALL
  SELECT next.key_id FROM keys k CROSS JOIN LATERAL (
    SELECT key_id FROM enlist.records WHERE key_id > k.key_id ORDER BY key_id LIMIT 1) next
)`

// KeyIDs implements journal.Store.
func (s *Store) KeyIDs(ctx context.Context) ([]uint32, error) {
	return query(ctx, s, "list keys", pgx.RowTo[uint32], keys+` SELECT key_id FROM keys`)
}

// SealedWith implements journal.Store. The oldest rows come first.
func (s *Store) SealedWith(ctx context.Context, keyID uint32, limit int) ([]*journal.Row, error) {
	return s.rows(ctx, "find records of a key", selectRecord+`WHERE key_id = $1 ORDER BY created LIMIT $2`, int64(keyID), limit)
}

// Reseal implements journal.Store.
func (s *Store) Reseal(ctx context.Context, row *journal.Row) error {
	changed, err := s.write(ctx, "reseal", `
UPDATE enlist.records SET key_id = $5, payload = $6
WHERE principal = $1 AND provider = $2 AND request_id = $3 AND version = $4`,
		row.Principal, row.Provider, [16]byte(row.RequestID), row.Version, int64(row.KeyID), bytesOf(row.Payload))
	if err == nil && changed == 0 {
		return journal.ErrConflict
	}
	return err
}

// For each key, the index holds rows in the order of their time. All but a few of the oldest rows
// have ended, and each purge reads past those few. The statement uses NOT IN, because with IN the
// planner would read another index. If a row starts again during the purge, the statement checks
// the row again and keeps it.
const purgeRecords = keys + `, old AS MATERIALIZED (
  SELECT o.* FROM keys k CROSS JOIN LATERAL (
    SELECT principal, provider, request_id, created FROM enlist.records
    WHERE key_id = k.key_id AND created < now() - $1::interval AND updated < now() - $1::interval AND state NOT IN (1, 5, 6)
    ORDER BY created LIMIT $2) o
  ORDER BY created LIMIT $2
)
DELETE FROM enlist.records r USING old
WHERE r.principal = old.principal AND r.provider = old.provider AND r.request_id = old.request_id AND r.state NOT IN (1, 5, 6)`

// Purge implements journal.Store.
func (s *Store) Purge(ctx context.Context, age time.Duration, limit int) (int, error) {
	return s.write(ctx, "purge", purgeRecords, age, limit)
}
