package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/enlist-dev/enlist/journal"
)

// keys lists the ids of the keys that seal the rows of a table. One index look-up past the previous
// id finds the next one.
func keys(table string) string {
	return `
WITH RECURSIVE keys AS (
  (SELECT key_id FROM ` + table + ` ORDER BY key_id LIMIT 1)
  UNION ALL
  SELECT next.key_id FROM keys k CROSS JOIN LATERAL (
    SELECT key_id FROM ` + table + ` WHERE key_id > k.key_id ORDER BY key_id LIMIT 1) next
)
SELECT key_id, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1, pg_postmaster_start_time() FROM keys`
}

// KeyIDs implements journal.Store.
func (s *Store) KeyIDs(ctx context.Context) ([]uint32, error) {
	ids, err := s.keysOf(ctx, `enlist.operations`)
	if err != nil {
		return nil, err
	}
	if there, err := s.hasEarlier(ctx); err != nil || !there {
		return ids, err
	}
	earlier, err := s.keysOf(ctx, earlierTable)
	if err != nil && !isGone(err) {
		return nil, err
	}
	ids = append(ids, earlier...)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// keysOf lists the keys of a table. The result stands for rows that the statement does not return.
// So its witness is the latest transaction that its snapshot shows.
func (s *Store) keysOf(ctx context.Context, table string) ([]uint32, error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	var seen []witness
	ids, err := query(ctx, s, "list keys", func(row pgx.CollectableRow) (id uint32, err error) {
		var w witness
		var latest int64
		err = row.Scan(&id, &latest, &w.server)
		w.xid = uint32(latest) //nolint:gosec // modulo 2^32
		seen = append(seen, w)
		return id, err
	}, keys(table))
	if err != nil {
		return nil, err
	}
	return ids, s.confirm(ctx, "list keys", seen...)
}

// SealedWith implements journal.Store.
func (s *Store) SealedWith(ctx context.Context, keyID uint32, after *journal.Row, limit int) ([]*journal.Row, error) {
	if after == nil {
		after = &journal.Row{}
	}
	return s.read(ctx, "find records of a key", selectRecord+`
WHERE r.key_id = $1 AND (r.created, r.request_id) > ($2, $3) ORDER BY r.created, r.request_id LIMIT $4`,
		int64(keyID), bound(after.Created, pgtype.NegativeInfinity), [16]byte(after.RequestID), limit)
}

const resealRecord = `
WITH resealed AS (
  UPDATE enlist.operations r SET key_id = $5, outcome = $6, request = $7
  WHERE` + byKey + ` AND r.version = $4 AND ` + durably + `
  RETURNING r.principal, r.provider, r.request_id
), exchanged AS (
  UPDATE enlist.exchanges r SET payload = $8 FROM resealed x WHERE r.request_id = x.request_id AND r.principal = x.principal AND r.provider = x.provider
)
SELECT 1 FROM resealed`

// Reseal implements journal.Store.
func (s *Store) Reseal(ctx context.Context, row *journal.Row) error {
	resealed, err := query(ctx, s, "reseal", pgx.RowTo[int], resealRecord,
		row.Principal, row.Provider, [16]byte(row.RequestID), row.Version, int64(row.KeyID), bytesOf(row.Outcome), row.Request, row.Exchanges)
	if err == nil && len(resealed) == 0 {
		return journal.ErrConflict
	}
	return err
}

// Providers implements journal.Store.
func (s *Store) Providers(ctx context.Context) ([]string, error) {
	return query(ctx, s, "list providers", pgx.RowTo[string], `WITH RECURSIVE`+groups(bothClasses, allRecords)+` SELECT DISTINCT provider FROM groups`)
}

// oldest selects the oldest rows of each group at a provider. The few that must stay are skipped.
// The condition on states uses NOT IN, because with IN the planner would read another index.
func oldest(classes, states string) string {
	return `
WITH RECURSIVE` + groups(classes, allRecords) + `,
  old AS MATERIALIZED (
    SELECT o.* FROM groups c CROSS JOIN LATERAL (
      SELECT principal, provider, request_id, created FROM ` + allRecords + ` AND principal = c.principal AND provider = c.provider
        AND created < $2::timestamptz AND updated < $2::timestamptz AND state NOT IN (` + states + `)
      ORDER BY created LIMIT $3) o
    WHERE c.provider = $1 ORDER BY o.created LIMIT $3
  )`
}

// stillOld checks a row again that another writer has changed while the statement waited for it.
const stillOld = ` AND r.created < $2::timestamptz AND r.updated < $2::timestamptz AND `

// If a row changes in the meantime, the statements check it again and keep it.
var (
	//nolint:gochecknoglobals // a constant
	dropPayloads = oldest(`(true)`, `1, 5, 6, 7`) + `,
  dropped AS (
    UPDATE enlist.operations r SET held = false, request = NULL, version = version + 1
    FROM old WHERE` + keyOf("old") + `AND r.state NOT IN (1, 5, 6, 7)` + stillOld + durably + `
    RETURNING r.principal, r.provider, r.request_id
  ), exchanged AS (
    UPDATE enlist.exchanges r SET payload = NULL FROM dropped WHERE` + keyOf("dropped") + `
  )
SELECT count(*) FROM dropped`

	//nolint:gochecknoglobals // a constant
	purgeRecords = oldest(bothClasses, `1, 5, 6`) + `,
  deleted AS (
    DELETE FROM enlist.operations r USING old WHERE` + keyOf("old") + `AND r.state NOT IN (1, 5, 6)` + stillOld + durably + `
    RETURNING r.principal, r.provider, r.request_id
  ), exchanged AS (
    DELETE FROM enlist.exchanges r USING deleted WHERE` + keyOf("deleted") + `
  )
SELECT count(*) FROM deleted`
)

// Purge implements journal.Store.
func (s *Store) Purge(ctx context.Context, provider string, before journal.Before, limit int) (dropped, deleted int, err error) {
	counts, err := query(ctx, s, "purge", pgx.RowTo[int], purgeRecords, provider, before.Outcome, limit)
	if err != nil {
		return 0, 0, err
	}
	deleted = counts[0]
	counts, err = query(ctx, s, "drop payloads", pgx.RowTo[int], dropPayloads, provider, before.Payload, limit)
	if err != nil {
		return 0, deleted, err
	}
	return counts[0], deleted, nil
}

// Now implements journal.Store.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	times, err := query(ctx, s, "read the clock", pgx.RowTo[time.Time], `SELECT now()`)
	if err != nil {
		return time.Time{}, err
	}
	return times[0], nil
}
