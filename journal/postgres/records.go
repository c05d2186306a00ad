package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// columns lists the columns that scan reads, except the payload, which comes last.
const columns = ` principal, provider, request_id, state, version, exclusive, customer, owner, due, created, updated, key_id`

const selectRecord = `SELECT` + columns + `, payload FROM enlist.records `

// scan reads columns and payload. The values in first come before them.
func scan(row pgx.CollectableRow, first ...any) (*journal.Row, error) {
	var (
		r     journal.Row
		state int32
		due   *time.Time
	)
	err := row.Scan(append(first, &r.Principal, &r.Provider, (*[16]byte)(&r.RequestID), &state, &r.Version, &r.Exclusive, &r.Customer,
		&r.Owner, &due, &r.Created, &r.Updated, &r.KeyID, &r.Payload)...)
	if err != nil {
		return nil, err
	}
	r.State = enlistv1.OperationState(state)
	if due != nil {
		r.Due = due.UTC()
	}
	r.Created, r.Updated = r.Created.UTC(), r.Updated.UTC()
	return &r, nil
}

// insertRecord returns rows of three kinds. 0 is the inserted row, without its payload. 1 is the
// row that has the key. 2 is the open row with the same exclusive. It returns nothing if it met a
// conflict that its snapshot does not show. In that case, the other writer committed, or its
// creation ended, in the meantime.
const insertRecord = `
WITH inserted AS (
  INSERT INTO enlist.records AS r (principal, provider, request_id, state, version, exclusive, customer, owner, created, updated, key_id, payload)
  VALUES ($1, $2, $3, $4, 1, $5, $6, $7, now(), now(), $8, $9)
  ON CONFLICT DO NOTHING
  RETURNING` + columns + `
)
SELECT 0,` + columns + `, NULL::bytea FROM inserted
UNION ALL
SELECT 1,` + columns + `, payload FROM enlist.records
WHERE principal = $1 AND provider = $2 AND request_id = $3 AND NOT EXISTS (SELECT FROM inserted)
UNION ALL
SELECT 2,` + columns + `, payload FROM enlist.records
WHERE exclusive = $5 AND state IN (1, 5) AND NOT EXISTS (SELECT FROM inserted)`

// insertTries limits the attempts of an insert. Each failed attempt means that another writer
// succeeded, so few attempts suffice.
const insertTries = 20

// Insert implements journal.Store.
func (s *Store) Insert(ctx context.Context, row *journal.Row) (existing, busy *journal.Row, err error) {
	for range insertTries {
		found, err := query(ctx, s, "insert", scanFound, insertRecord, row.Principal, row.Provider, [16]byte(row.RequestID), int32(row.State),
			row.Exclusive, row.Customer, row.Owner, int64(row.KeyID), bytesOf(row.Payload))
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			continue
		}
		// If one row has both the key and the exclusive, it comes twice. The first one is existing.
		switch first := found[0]; first.how {
		case 0:
			row.Version, row.Due, row.Created, row.Updated = first.row.Version, first.row.Due, first.row.Created, first.row.Updated
			return nil, nil, nil
		case 1:
			return first.row, nil, nil
		default:
			return nil, first.row, nil
		}
	}
	return nil, nil, failed("insert", errContended)
}

// found is one line of insertRecord's result.
type found struct {
	how int32
	row *journal.Row
}

func scanFound(row pgx.CollectableRow) (found, error) {
	var f found
	var err error
	f.row, err = scan(row, &f.how)
	return f, err
}

// Get implements journal.Store.
func (s *Store) Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*journal.Row, error) {
	return s.row(ctx, "get", selectRecord+`WHERE principal = $1 AND provider = $2 AND request_id = $3`, principal, provider, [16]byte(requestID))
}

// maxDue limits how far ahead a row may be due. A later due time comes from a clock that had
// jumped.
const maxDue = time.Hour

const updateRecord = `
UPDATE enlist.records
SET state = $5, exclusive = $6, customer = $7, owner = $8, due = now() + $9::interval, key_id = $10, payload = $11,
  version = version + 1, updated = now()
WHERE principal = $1 AND provider = $2 AND request_id = $3 AND version = $4
RETURNING version, due, updated`

// Update implements journal.Store. It reduces a due time of more than an hour to one hour.
func (s *Store) Update(ctx context.Context, row *journal.Row, due time.Duration) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	var after *time.Duration
	if due >= 0 {
		due = min(due, maxDue)
		after = &due
	}
	var version int64
	var dueAt *time.Time
	var updated time.Time
	err := s.pool.QueryRow(ctx, updateRecord, row.Principal, row.Provider, [16]byte(row.RequestID), row.Version, int32(row.State),
		row.Exclusive, row.Customer, row.Owner, after, int64(row.KeyID), bytesOf(row.Payload)).Scan(&version, &dueAt, &updated)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return journal.ErrConflict
	case isExclusive(err):
		return journal.ErrBusy
	case err != nil:
		return failed("update", err)
	}
	row.Version, row.Due, row.Updated = version, time.Time{}, updated.UTC()
	if dueAt != nil {
		row.Due = dueAt.UTC()
	}
	return nil
}

// isExclusive reports whether another open row has the same exclusive.
func isExclusive(err error) bool {
	var violation *pgconn.PgError
	return errors.As(err, &violation) && violation.Code == "23505" && violation.ConstraintName == "records_exclusive"
}

// bytesOf never returns NULL.
func bytesOf(value []byte) []byte {
	if value == nil {
		return []byte{}
	}
	return value
}
