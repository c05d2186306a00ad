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
	return s.row(ctx, "find an open record", selectRecord+`WHERE exclusive = $1 AND state IN (1, 5)`, exclusive)
}

// FindCustomer implements journal.Store.
func (s *Store) FindCustomer(ctx context.Context, customer []byte, limit int) ([]*journal.Row, error) {
	return s.rows(ctx, "find a customer", selectRecord+`WHERE customer = $1 ORDER BY created DESC LIMIT $2`, customer, limit)
}

// listRecords returns the statement of a list. The groups are the existing pairs of state and
// provider. In each state, one index look-up past the previous provider finds the next one. There
// are a few dozen pairs, and the number of look-ups does not depend on the number of rows. Each
// group then returns its newest rows in the index's order.
func listRecords(whose string) string {
	return `
WITH RECURSIVE groups AS (
  SELECT s.state, first.provider FROM unnest('{1,2,3,4,5,6}'::smallint[]) s (state) CROSS JOIN LATERAL (
    SELECT provider FROM enlist.records WHERE state = s.state` + whose + `
    ORDER BY provider LIMIT 1) first
  UNION ALL
  SELECT g.state, next.provider FROM groups g CROSS JOIN LATERAL (
    SELECT provider FROM enlist.records WHERE state = g.state` + whose + ` AND provider > g.provider
    ORDER BY provider LIMIT 1) next
)
SELECT newest.* FROM groups g CROSS JOIN LATERAL (
  SELECT` + columns + `, payload FROM enlist.records
  WHERE state = g.state` + whose + ` AND provider = g.provider
    AND created >= $3 AND created < $4
    AND created <= $5 AND (created < $5 OR (provider, request_id) > ($6, $7))
  ORDER BY created DESC, request_id LIMIT $8) newest
WHERE (cardinality($1::text[]) = 0 OR g.provider = ANY ($1)) AND ($2 = 0 OR g.state = $2)
ORDER BY created DESC, provider, request_id
LIMIT $8`
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
	if q.Everybody {
		return s.rows(ctx, "list", listRecords(""), values...)
	}
	return s.rows(ctx, "list", listRecords(` AND principal = $9`), append(values, q.Principal)...)
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
func (s *Store) Count(ctx context.Context, state enlistv1.OperationState, limit int) (int, error) {
	counts, err := query(ctx, s, "count", pgx.RowTo[int],
		fmt.Sprintf(`SELECT count(*) FROM (SELECT FROM enlist.records WHERE state = %d LIMIT $1) AS found`, state), limit)
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}
