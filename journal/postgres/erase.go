package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal"
)

//nolint:gochecknoglobals // a constant
var eraseRecord = `
WITH before AS MATERIALIZED (
  SELECT r.exclusive FROM enlist.operations r WHERE` + byKey + ` AND r.version = $4
), erased AS (
  UPDATE enlist.operations r
  SET state = $5::smallint, rare = $5::smallint, exclusive = NULL, customer = $6::bytea, owner = $7, due = NULL,
    key_id = $8, outcome = $9, request = NULL, held = false, version = version + 1
  WHERE` + byKey + ` AND r.version = $4 AND ` + durably + `
  RETURNING r.principal, r.provider, r.request_id, r.version
), exchanged AS (
  UPDATE enlist.exchanges r SET customer = $6::bytea, payload = NULL FROM erased WHERE` + keyOf("erased") + `
), closed AS (
  DELETE FROM enlist.open o USING before, erased WHERE o.exclusive = before.exclusive
)
SELECT version FROM erased`

// Erase implements journal.Store.
func (s *Store) Erase(ctx context.Context, row *journal.Row) error {
	versions, err := query(ctx, s, "erase", pgx.RowTo[int64], eraseRecord, row.Principal, row.Provider, [16]byte(row.RequestID), row.Version,
		int32(row.State), row.Customer, row.Owner, int64(row.KeyID), bytesOf(row.Outcome))
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return journal.ErrConflict
	}
	row.Version, row.Due = versions[0], time.Time{}
	return nil
}

// Scrub implements journal.Store. Only PostgreSQL itself can overwrite old row versions.
func (s *Store) Scrub(context.Context) (left []string, err error) {
	return []string{
		"PostgreSQL keeps the old versions of the erased rows, encrypted, until VACUUM has removed them and new rows overwrite them. " +
			"VACUUM FULL of enlist.operations and enlist.exchanges removes them at once, and locks both tables.",
		"PostgreSQL's write-ahead log, its archive and its standbys have them for as long as you keep these.",
	}, nil
}
