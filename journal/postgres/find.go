package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// FindOpen implements journal.Store.
func (s *Store) FindOpen(ctx context.Context, exclusive []byte) (*journal.Row, error) {
	return s.readOne(ctx, "find an open record", `SELECT`+wholeRow+`
FROM enlist.open o JOIN enlist.operations r ON`+keyOf("o")+`WHERE o.exclusive = $1`, exclusive)
}

// FindCustomer implements journal.Store.
func (s *Store) FindCustomer(ctx context.Context, customer []byte, limit int) ([]*journal.Row, error) {
	return s.read(ctx, "find a customer", `SELECT`+witnessed+`,`+columns+`, r.outcome, r.request, x.payload
FROM enlist.exchanges x JOIN enlist.operations r ON`+keyOf("x")+`WHERE x.customer = $1 ORDER BY x.created DESC LIMIT $2`, customer, limit)
}

// groups returns a table of the existing pairs of principal and provider, in each class of rows.
// One index look-up past a pair finds the next one. rows selects the rows of a class c, which are
// together in an index, in the order of principal and provider.
func groups(classes, rows string) string {
	return `
  groups AS (
    SELECT c.held, first.* FROM (VALUES ` + classes + `) c (held) CROSS JOIN LATERAL (
      SELECT principal, provider FROM ` + rows + ` ORDER BY principal, provider LIMIT 1) first
    UNION ALL
    SELECT c.held, next.* FROM groups c CROSS JOIN LATERAL (
      (SELECT principal, provider FROM ` + rows + ` AND principal = c.principal AND provider > c.provider ORDER BY provider LIMIT 1)
      UNION ALL
      (SELECT principal, provider FROM ` + rows + ` AND principal > c.principal ORDER BY principal, provider LIMIT 1)
      LIMIT 1) next
  )`
}

// allRecords are the records with a payload, and those without.
const (
	bothClasses = `(true), (false)`
	allRecords  = `enlist.operations WHERE held = c.held`
)

// merged returns the statement of a list. The index holds each group in order. The newest row of
// each group shows which groups can be on the page. There are at most as many as the page has rows.
// If there are that many, those rows also show how old a row on the page can be.
func merged(classes, rows string) string {
	ofGroup := rows + ` AND principal = c.principal AND provider = c.provider AND ($2 = 0 OR state = $2)
      AND created < $4 AND created <= $5 AND (created < $5 OR (provider, request_id) > ($6, $7)) AND created >= `
	return `
WITH RECURSIVE` + groups(classes, rows) + `,
  newest AS MATERIALIZED (
    SELECT c.*, one.created FROM groups c CROSS JOIN LATERAL (
      SELECT created, request_id FROM ` + ofGroup + `$3 ORDER BY created DESC, request_id LIMIT 1) one
    WHERE cardinality($1::text[]) = 0 OR c.provider = ANY ($1)
    ORDER BY one.created DESC, c.provider, one.request_id LIMIT $8
  ),
  oldest AS MATERIALIZED (SELECT CASE WHEN count(*) < $8 THEN $3 ELSE min(created) END AS created FROM newest),
  page AS MATERIALIZED (
    SELECT found.* FROM newest c CROSS JOIN LATERAL (
      SELECT principal, provider, request_id, created FROM ` + ofGroup + `(SELECT created FROM oldest) ORDER BY created DESC, request_id LIMIT $8) found
    ORDER BY found.created DESC, found.provider, found.request_id LIMIT $8
  )
SELECT` + wholeRow + ` FROM page JOIN enlist.operations r ON` + keyOf("page") + `
ORDER BY r.created DESC, r.provider, r.request_id`
}

// listMost lists all states, or SUCCEEDED. listRare lists one of the states but INTENT and
// SUCCEEDED.
func listMost(whose string) string {
	return merged(bothClasses, allRecords+whose)
}

func listRare(whose string) string {
	return merged(`(true)`, `enlist.operations WHERE rare IS NOT NULL AND rare = $2`+whose)
}

// listIntent lists INTENT. There is one row per creation in progress, and the statement sorts them.
func listIntent(whose string) string {
	return `
SELECT` + wholeRow + ` FROM enlist.open o JOIN enlist.operations r ON` + keyOf("o") + `
WHERE o.intent AND r.state = $2` + whose + ` AND (cardinality($1::text[]) = 0 OR r.provider = ANY ($1))
  AND r.created >= $3 AND r.created < $4 AND r.created <= $5 AND (r.created < $5 OR (r.provider, r.request_id) > ($6, $7))
ORDER BY r.created DESC, r.provider, r.request_id LIMIT $8`
}

// listHashed lists the rows with one of some hashes. Few rows have one, and the statement sorts
// them. The limits keep the planner from a scan.
func listHashed(whose string) string {
	return `
WITH page AS MATERIALIZED (
  SELECT found.* FROM (
    SELECT request_id FROM enlist.exchanges WHERE customer = ANY ($9::bytea[])
    UNION
    SELECT request_id FROM enlist.open WHERE exclusive = ANY ($9::bytea[])) k
  CROSS JOIN LATERAL (
    SELECT r.principal, r.provider, r.request_id, r.created FROM enlist.operations r
    WHERE r.request_id = k.request_id AND (r.customer = ANY ($9::bytea[]) OR r.exclusive = ANY ($9::bytea[])) AND ($2 = 0 OR r.state = $2)` + whose + `
      AND (cardinality($1::text[]) = 0 OR r.provider = ANY ($1))
      AND r.created >= $3 AND r.created < $4 AND r.created <= $5 AND (r.created < $5 OR (r.provider, r.request_id) > ($6, $7))
    ORDER BY r.created DESC, r.provider LIMIT $8) found
  ORDER BY found.created DESC, found.provider, found.request_id LIMIT $8
)
SELECT` + wholeRow + ` FROM page JOIN enlist.operations r ON` + keyOf("page") + `
ORDER BY r.created DESC, r.provider, r.request_id`
}

// List implements journal.Store.
func (s *Store) List(ctx context.Context, q journal.Query) ([]*journal.Row, error) {
	after := journal.Position{}
	if q.After != nil {
		after = *q.After
	}
	values := []any{
		append([]string{}, q.Providers...), int32(q.State), bound(q.From, pgtype.NegativeInfinity), bound(q.Until, pgtype.Infinity),
		bound(after.Created, pgtype.Infinity), after.Provider, [16]byte(after.RequestID), q.Limit,
	}
	statement, whose := listRare, ` AND principal = $9`
	switch q.State {
	case enlistv1.OperationState_OPERATION_STATE_UNSPECIFIED, enlistv1.OperationState_OPERATION_STATE_SUCCEEDED:
		statement = listMost
	case enlistv1.OperationState_OPERATION_STATE_INTENT:
		statement, whose = listIntent, ` AND r.principal = $9`
	}
	if len(q.Hashes) > 0 {
		statement, whose, values = listHashed, ` AND r.principal = $10`, append(values, q.Hashes)
	}
	if q.Everybody {
		return s.read(ctx, "list", statement(""), values...)
	}
	return s.read(ctx, "list", statement(whose), append(values, q.Principal)...)
}

// bound returns a time, or an infinity for a zero time.
func bound(at time.Time, none pgtype.InfinityModifier) pgtype.Timestamptz {
	if at.IsZero() {
		return pgtype.Timestamptz{Valid: true, InfinityModifier: none}
	}
	return pgtype.Timestamptz{Valid: true, Time: at}
}

// Count implements journal.Store. The statement holds the state as a constant, because a partial
// index requires it.
func (s *Store) Count(ctx context.Context, state enlistv1.OperationState, age time.Duration, limit int) (int, error) {
	rows := fmt.Sprintf(`enlist.operations WHERE rare IS NOT NULL AND rare = %d`, state)
	if state == enlistv1.OperationState_OPERATION_STATE_INTENT {
		rows = `enlist.open o CROSS JOIN LATERAL (SELECT updated FROM enlist.operations r WHERE` + keyOf("o") + `AND r.state = 1 LIMIT 1) r WHERE o.intent`
	}
	counts, err := query(ctx, s, "count", pgx.RowTo[int],
		`SELECT count(*) FROM (SELECT FROM `+rows+` AND updated <= now() - $1::interval LIMIT $2) AS found`, age, limit)
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}
