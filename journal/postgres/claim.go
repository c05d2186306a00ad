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
// version with the snapshot's version. The rows in state INTENT are few. The two kinds in state
// UNKNOWN are ranges of one index. The statement reads each range only up to the limit.
//
//nolint:gochecknoglobals // a constant
var claimRecords = `
WITH free AS MATERIALIZED (
  SELECT r.principal, r.provider, r.request_id
  FROM (
    (SELECT i.* FROM enlist.open o CROSS JOIN LATERAL (
      SELECT r.principal, r.provider, r.request_id, r.version FROM enlist.operations r
      WHERE` + keyOf("o") + `AND r.state = 1 AND ` + nobodys + ` LIMIT 1) i WHERE o.intent)
    UNION ALL
    (SELECT principal, provider, request_id, version FROM enlist.operations WHERE rare = 5 AND due <= now() AND ` + nobodys + ` ORDER BY due)
    UNION ALL
    (SELECT principal, provider, request_id, version FROM enlist.operations WHERE rare = 5 AND due > now() + interval '1 hour' AND ` + nobodys + `)
  ) c JOIN enlist.operations r ON` + keyOf("c") + `AND r.version = c.version
  LIMIT $2
  FOR UPDATE OF r SKIP LOCKED
)
UPDATE enlist.operations r
SET owner = $1, version = r.version + 1, updated = now()
FROM free
WHERE` + keyOf("free") + `AND ` + durably + returned

const returned = `
RETURNING` + columns + `,` + parts

// Claim implements journal.Store. It does not return rows that the replica owns already.
func (s *Store) Claim(ctx context.Context, replica string, limit int) ([]*journal.Row, error) {
	return s.rows(ctx, "claim", claimRecords, replica, limit)
}

// Owned implements journal.Store.
func (s *Store) Owned(ctx context.Context, replica string, limit int) ([]*journal.Row, error) {
	return s.read(ctx, "owned", `SELECT owned.* FROM enlist.open o CROSS JOIN LATERAL (`+selectRecord+`
WHERE`+keyOf("o")+`AND r.owner = $1 LIMIT 1) owned LIMIT $2`, replica, limit)
}

const takeRecord = `
UPDATE enlist.operations r
SET owner = $5, version = version + 1, updated = now()
WHERE` + byKey + ` AND r.version = $4 AND r.state IN (1, 5) AND ` + durably + `
  AND (r.owner = $5 OR r.owner NOT IN ` + living + `)` + returned

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
INSERT INTO enlist.replicas (id, alive_until) SELECT $1, now() + $2::interval WHERE ` + durably + `
ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until
RETURNING` + proved

// Beat implements journal.Store. A heartbeat counts for at most one hour. It is as durable as any
// other write. Otherwise a crash of the server could make the others count a living replica as
// dead. The heartbeat also notices another server, and reads the latest gap.
func (s *Store) Beat(ctx context.Context, replica string, alive time.Duration) error {
	server, err := s.prove(ctx, "beat", beat, replica, min(max(alive, 0), time.Hour))
	if verified, _ := s.database.known(); err == nil && !verified.Equal(server) {
		if err := s.verify(ctx); err != nil && s.database.isNew(err) { // the next creation tries again
			s.logger.WarnContext(ctx, "journal: could not identify the database; trying again", "cause", err)
		}
	}
	return err
}
