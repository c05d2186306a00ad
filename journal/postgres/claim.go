package postgres

import (
	"context"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

// living are the replicas that are alive. A life that ends too far ahead was promised by a clock that had jumped.
const living = `(SELECT id FROM enlist.replicas WHERE alive_until > now() AND alive_until <= now() + interval '1 hour')`

// nobodys are rows that nobody living works on. Who asks is alive, whether it has said so or not.
const nobodys = `owner <> $1 AND owner NOT IN ` + living

// Rows that are locked are passed over. One that another replica has claimed and committed since this statement's snapshot is not locked
// any more, and PostgreSQL looks at its latest version then; by the snapshot that replica may not be alive yet. Hence the version
// is compared with the snapshot's. The three kinds of rows that may be claimed are each a stretch of the index on open rows, read
// only as far as the limit.
const claimRecords = `
WITH free AS MATERIALIZED (
  SELECT f.principal, f.provider, f.request_id
  FROM (
    (SELECT principal, provider, request_id, version FROM enlist.records WHERE state = 1 AND ` + nobodys + `)
    UNION ALL
    (SELECT principal, provider, request_id, version FROM enlist.records WHERE state = 5 AND due <= now() AND ` + nobodys + ` ORDER BY due)
    UNION ALL
    (SELECT principal, provider, request_id, version FROM enlist.records WHERE state = 5 AND due > now() + interval '1 hour' AND ` + nobodys + `)
  ) c JOIN enlist.records f ON f.principal = c.principal AND f.provider = c.provider AND f.request_id = c.request_id AND f.version = c.version
  LIMIT $2
  FOR UPDATE OF f SKIP LOCKED
)
UPDATE enlist.records r
SET owner = $1, version = r.version + 1, updated = now()
FROM free
WHERE r.principal = free.principal AND r.provider = free.provider AND r.request_id = free.request_id` + returned

const returned = `
RETURNING r.principal, r.provider, r.request_id, r.state, r.version, r.exclusive, r.customer, r.owner, r.due, r.created, r.updated, r.key_id, r.payload`

// Claim implements journal.Store. It does not return rows that the replica owns already.
func (s *Store) Claim(ctx context.Context, replica string, limit int) ([]*journal.Row, error) {
	return s.rows(ctx, "claim", claimRecords, replica, limit)
}

const takeRecord = `
UPDATE enlist.records
SET owner = $5, version = version + 1, updated = now()
WHERE principal = $1 AND provider = $2 AND request_id = $3 AND version = $4 AND state IN (1, 5)
  AND (owner = $5 OR owner NOT IN ` + living + `)
RETURNING` + columns + `, payload`

// Take implements journal.Store.
func (s *Store) Take(ctx context.Context, row *journal.Row, replica string) (*journal.Row, error) {
	return s.row(ctx, "take", takeRecord, row.Principal, row.Provider, [16]byte(row.RequestID), row.Version, replica)
}

// Replicas that have been dead for a day are forgotten on the way; who is not in the table is dead too. Rows that another replica's beat
// is at are left to it, so that two beats never wait for each other.
const beat = `
WITH forgotten AS (
  DELETE FROM enlist.replicas WHERE id IN (
    SELECT id FROM enlist.replicas WHERE alive_until < now() - interval '1 day' AND id <> $1 FOR UPDATE SKIP LOCKED)
)
INSERT INTO enlist.replicas (id, alive_until) VALUES ($1, now() + $2::interval)
ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until`

// Beat implements journal.Store. Nobody is alive for more than an hour at a time. It is as durable as any other write: a replica that relies
// on having been heard would be taken for dead after a crash of the server.
func (s *Store) Beat(ctx context.Context, replica string, alive time.Duration) error {
	_, err := s.write(ctx, "beat", beat, replica, min(max(alive, 0), time.Hour))
	return err
}
