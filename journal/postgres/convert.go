package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/enlist-dev/enlist/journal"
)

// earlierTable is the table of the earlier format. Its name is another than in the earlier version,
// so a replica of that version that still runs cannot use it.
const earlierTable = "enlist.records_v1"

// hasEarlier reports whether the table of the earlier format is still there.
func (s *Store) hasEarlier(ctx context.Context) (bool, error) {
	there, err := query(ctx, s, "find earlier records", pgx.RowTo[bool], `SELECT to_regclass($1) IS NOT NULL`, earlierTable)
	return err == nil && there[0], err
}

// isGone reports whether a statement failed because another replica has removed the table.
func isGone(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == "42P01"
}

// CountEarlier implements journal.Store. It returns PostgreSQL's estimate.
func (s *Store) CountEarlier(ctx context.Context) (int, error) {
	counts, err := query(ctx, s, "count earlier records", pgx.RowTo[int],
		`SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass($1)`, earlierTable)
	if err != nil || len(counts) == 0 {
		return 0, err
	}
	return counts[0], nil
}

// Earlier implements journal.Store. Several replicas may read and convert the same rows. The first
// to convert one wins. It goes on after the last row, because PostgreSQL would read past the rows
// that were converted.
func (s *Store) Earlier(ctx context.Context, after *journal.EarlierRow, limit int) ([]*journal.EarlierRow, error) {
	if there, err := s.hasEarlier(ctx); err != nil || !there {
		return nil, err
	}
	last := journal.Row{}
	if after != nil {
		last = after.Row
	}
	rows, err := query(ctx, s, "read earlier records", scanEarlier, `
SELECT principal, provider, request_id, state, version, exclusive, customer, owner, due, created, updated, key_id, payload
FROM enlist.records_v1 WHERE (request_id, principal, provider) > ($1, $2, $3) ORDER BY request_id, principal, provider LIMIT $4`,
		[16]byte(last.RequestID), last.Principal, last.Provider, limit)
	switch {
	case isGone(err):
		return nil, nil
	case err != nil || len(rows) > 0 || after != nil:
		return rows, err
	}
	return nil, s.removeEarlier(ctx)
}

// removeEarlier removes the empty table. A user who must not keeps it, which does no harm.
func (s *Store) removeEarlier(ctx context.Context) error {
	_, err := s.write(ctx, "remove the table of earlier records", `DROP TABLE IF EXISTS enlist.records_v1`)
	var failure *pgconn.PgError
	if errors.As(err, &failure) && failure.Code == "42501" {
		return nil
	}
	return err
}

func scanEarlier(row pgx.CollectableRow) (*journal.EarlierRow, error) {
	r := &journal.EarlierRow{}
	return r, scanInto(row, &r.Row, nil, &r.Payload)
}

// The columns that do not change come from the earlier table.
const convertRecords = `
WITH new AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[])
    AS n (principal, provider, request_id, exclusive, customer, key_id, outcome, request, exchanges)
), gone AS (
  DELETE FROM enlist.records_v1 r USING new
  WHERE r.request_id = new.request_id AND r.principal = new.principal AND r.provider = new.provider AND ` + durably + `
  RETURNING r.request_id, r.principal, r.provider, r.state, r.version, r.owner, r.due, r.created, r.updated,
    new.exclusive, new.customer, new.key_id, new.outcome, new.request, new.exchanges
), added AS (
  INSERT INTO enlist.operations (principal, provider, request_id, state, rare, version, exclusive, customer, owner, due, created, updated, key_id, held,
    outcome, request)
  SELECT principal, provider, request_id, state, CASE WHEN state NOT IN (1, 2) THEN state END, version, exclusive, customer, owner, due,
    created, updated, key_id, true, outcome, request FROM gone
), opened AS (
  INSERT INTO enlist.open (exclusive, request_id, principal, provider, intent)
  SELECT exclusive, request_id, principal, provider, state = 1 FROM gone WHERE exclusive IS NOT NULL
)
INSERT INTO enlist.exchanges (principal, provider, request_id, created, customer, payload)
SELECT principal, provider, request_id, created, customer, exchanges FROM gone WHERE customer IS NOT NULL OR exchanges IS NOT NULL`

// Convert implements journal.Store.
func (s *Store) Convert(ctx context.Context, rows []*journal.Row) error {
	var (
		principals, providers                              = make([]string, len(rows)), make([]string, len(rows))
		ids                                                = make([][16]byte, len(rows))
		exclusives, customers, outcomes, requests, details = make([][]byte, len(rows)), make([][]byte, len(rows)), make([][]byte, len(rows)),
			make([][]byte, len(rows)), make([][]byte, len(rows))
		keyIDs = make([]int64, len(rows))
	)
	for i, row := range rows {
		principals[i], providers[i], ids[i], keyIDs[i] = row.Principal, row.Provider, row.RequestID, int64(row.KeyID)
		exclusives[i], customers[i], outcomes[i], requests[i], details[i] = row.Exclusive, row.Customer, row.Outcome, row.Request, row.Exchanges
	}
	_, err := s.write(ctx, "convert records", convertRecords,
		principals, providers, ids, exclusives, customers, keyIDs, outcomes, requests, details)
	if isGone(err) { // another replica has converted all
		return nil
	}
	return err
}
