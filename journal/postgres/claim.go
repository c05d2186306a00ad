package postgres

import (
	"context"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

// living selects the replicas that are alive. If a life ends too far ahead, the server's clock had
// jumped, and the replica counts as dead.
const living = `(SELECT id FROM enlist.replicas WHERE alive_until > now() AND alive_until <= now() + interval '1 hour')`

// nobodys selects rows that no living replica owns. The calling replica counts as alive, with or
// without a heartbeat.
const nobodys = `owner <> $1 AND owner NOT IN ` + living

// The claim skips locked rows. Another replica may have claimed and committed a row since this
// statement's snapshot. That row is no longer locked, and PostgreSQL reads its latest version. But
// in the snapshot, the other replica may not be alive yet. So the statement compares the row's
// version with the snapshot's version. Each of the three kinds of rows is one range of the index on
// open rows. The statement reads each range only up to the limit.
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

// The statement also deletes replicas that have been dead for a day. A replica that is not in the
// table counts as dead, too. The statement skips rows that another replica's heartbeat has locked.
// So two heartbeats never wait for each other.
const beat = `
WITH forgotten AS (
  DELETE FROM enlist.replicas WHERE id IN (
    SELECT id FROM enlist.replicas WHERE alive_until < now() - interval '1 day' AND id <> $1 FOR UPDATE SKIP LOCKED)
)
INSERT INTO enlist.replicas (id, alive_until) VALUES ($1, now() + $2::interval)
ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until`

// Beat implements journal.Store. A heartbeat counts for at most one hour. It is as durable as any
// other write. Otherwise a crash of the server could make the others count a living replica as
// dead.
func (s *Store) Beat(ctx context.Context, replica string, alive time.Duration) error {
	_, err := s.write(ctx, "beat", beat, replica, min(max(alive, 0), time.Hour))
	return err
}
