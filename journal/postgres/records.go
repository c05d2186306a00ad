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

// columns lists the columns of a record, except its parts.
const columns = ` r.principal, r.provider, r.request_id, r.state, r.version, r.exclusive, r.customer, r.owner, r.due, r.created, r.updated, r.key_id`

// parts are the sealed parts. They come after columns.
const parts = ` r.outcome, r.request, (
  SELECT e.payload FROM enlist.exchanges e
  WHERE e.request_id = r.request_id AND e.principal = r.principal AND e.provider = r.provider)`

// wholeRow lists the columns that Store.read expects.
const wholeRow = witnessed + `,` + columns + `,` + parts

// byKey selects the record of a key.
const byKey = ` r.principal = $1 AND r.provider = $2 AND r.request_id = $3`

// selectRecord is for Store.read.
const selectRecord = `SELECT` + wholeRow + ` FROM enlist.operations r `

// keyOf joins a table that has the key of a record.
func keyOf(other string) string {
	return ` r.request_id = ` + other + `.request_id AND r.principal = ` + other + `.principal AND r.provider = ` + other + `.provider `
}

// scan reads columns and parts. The values in first come before them.
func scan(row pgx.CollectableRow, first ...any) (*journal.Row, error) {
	r := &journal.Row{}
	return r, scanInto(row, r, first, &r.Outcome, &r.Request, &r.Exchanges)
}

// scanInto reads columns into a row, the values that come before them, and the parts after them.
func scanInto(row pgx.CollectableRow, r *journal.Row, first []any, parts ...any) error {
	var (
		state int32
		due   *time.Time
	)
	err := row.Scan(append(append(first, &r.Principal, &r.Provider, (*[16]byte)(&r.RequestID), &state, &r.Version, &r.Exclusive, &r.Customer,
		&r.Owner, &due, &r.Created, &r.Updated, &r.KeyID), parts...)...)
	if err != nil {
		return err
	}
	r.State = enlistv1.OperationState(state)
	if due != nil {
		r.Due = due.UTC()
	}
	r.Created, r.Updated = r.Created.UTC(), r.Updated.UTC()
	return nil
}

// insertRecord returns rows of three kinds. 0 is the inserted row, without its parts. 1 is the row
// that has the key. 2 is the open row with the same exclusive. It returns nothing if it met a
// conflict that its snapshot does not show. In that case, the other writer committed, or its
// creation ended, in the meantime. It also returns nothing if the server is not the one that
// started at $11, so that nothing is written before the database is identified. If another row with
// the same exclusive was inserted in the meantime, the statement fails.
//
//nolint:gochecknoglobals // a constant
var insertRecord = `
WITH inserted AS (
  INSERT INTO enlist.operations AS r (principal, provider, request_id, state, version, exclusive, customer, owner, created, updated, key_id,
    rare, held, outcome, request)
  SELECT $1, $2, $3, $4, 1, $5, $6, $7, now(), now(), $8, NULL, true, $9, $10
  WHERE NOT EXISTS (SELECT FROM enlist.open WHERE exclusive = $5) AND ` + isVerified("$11", "$12") + ` AND ` + durably + `
  ON CONFLICT DO NOTHING
  RETURNING` + columns + `
), opened AS (
  INSERT INTO enlist.open (exclusive, request_id, principal, provider, intent)
  SELECT exclusive, request_id, principal, provider, true FROM inserted
)
SELECT 0, '0'::xid, pg_postmaster_start_time(),` + columns + `, NULL::bytea, NULL::bytea, NULL::bytea FROM inserted r
UNION ALL
SELECT 1,` + wholeRow + ` FROM enlist.operations r
WHERE` + byKey + ` AND NOT EXISTS (SELECT FROM inserted)
UNION ALL
SELECT 2,` + wholeRow + ` FROM enlist.open o JOIN enlist.operations r ON` + keyOf("o") + `
WHERE o.exclusive = $5 AND NOT EXISTS (SELECT FROM inserted)`

// insertTries limits the attempts of an insert. Each failed attempt means that another writer
// succeeded, so few attempts suffice.
const insertTries = 20

// Insert implements journal.Store.
func (s *Store) Insert(ctx context.Context, row *journal.Row) (existing, busy *journal.Row, err error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	for range insertTries {
		server, err := s.mayWrite(row)
		if err != nil {
			return nil, nil, err
		}
		found, err := query(ctx, s, "insert", scanFound, insertRecord, row.Principal, row.Provider, [16]byte(row.RequestID), int32(row.State),
			row.Exclusive, row.Customer, row.Owner, int64(row.KeyID), bytesOf(row.Outcome), row.Request, server, s.database.needsStandby())
		if err != nil && !isExclusive(err) {
			return nil, nil, err
		}
		if len(found) == 0 {
			if err := s.verify(ctx); err != nil {
				return nil, nil, failed("insert", err)
			}
			continue
		}
		// If one row has both the key and the exclusive, it comes twice. The first one is existing.
		first := found[0]
		if first.how == 0 {
			row.Version, row.Due, row.Created, row.Updated = first.row.Version, first.row.Due, first.row.Created, first.row.Updated
			return nil, nil, nil
		}
		if err := s.confirm(ctx, "insert", first.seen); err != nil {
			return nil, nil, err
		}
		if first.how == 1 {
			return first.row, nil, nil
		}
		return nil, first.row, nil
	}
	return nil, nil, failed("insert", errContended)
}

// found is one line of insertRecord's result.
type found struct {
	how  int32
	seen witness
	row  *journal.Row
}

func scanFound(row pgx.CollectableRow) (found, error) {
	var f found
	var err error
	f.row, err = scan(row, &f.how, &f.seen.xid, &f.seen.server)
	return f, err
}

// Get implements journal.Store.
func (s *Store) Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*journal.Row, error) {
	return s.readOne(ctx, "get", selectRecord+`WHERE`+byKey, principal, provider, [16]byte(requestID))
}

// maxDue limits how far ahead a row may be due. A later due time comes from a clock that had
// jumped.
const maxDue = time.Hour

// updateRecord begins the two statements below. before has the exclusive that the row had. The
// state INTENT permits a request to the vendor, so it is written only to the server that started at
// $14.
//
//nolint:gochecknoglobals // a constant
var updateRecord = `
WITH before AS MATERIALIZED (
  SELECT r.exclusive FROM enlist.operations r WHERE` + byKey + ` AND r.version = $4
), updated AS (
  UPDATE enlist.operations r
  SET state = $5::smallint, rare = CASE WHEN $5::smallint NOT IN (1, 2) THEN $5::smallint END, exclusive = $6::bytea, customer = $7::bytea,
    owner = $8, due = now() + $9::interval,
    key_id = $10, outcome = $11, request = coalesce($12::bytea, request), held = coalesce($12::bytea, request) IS NOT NULL,
    version = version + 1, updated = now()
  WHERE` + byKey + ` AND r.version = $4 AND ($5::smallint <> 1 OR ` + isVerified("$14", "$15") + `) AND ` + durably + `
  RETURNING r.principal, r.provider, r.request_id, r.version, r.due, r.created, r.updated
), exchanged AS (
  INSERT INTO enlist.exchanges AS e (principal, provider, request_id, created, customer, payload)
  SELECT principal, provider, request_id, created, $7::bytea, $13::bytea FROM updated WHERE $13::bytea IS NOT NULL OR $5::smallint <> 1
  ON CONFLICT (request_id, principal, provider) DO UPDATE SET customer = excluded.customer, payload = coalesce(excluded.payload, e.payload)
), closed AS (
  DELETE FROM enlist.open o USING before, updated WHERE o.exclusive = before.exclusive AND before.exclusive IS DISTINCT FROM $6::bytea
)`

// endRecord is for a row that is not open afterwards, and leaveOpen for one that is. leaveOpen
// fails if another open row has the exclusive.
//
//nolint:gochecknoglobals // a constant
var (
	endRecord = updateRecord + `
SELECT version, due, updated FROM updated`

	leaveOpen = updateRecord + `, opened AS (
  INSERT INTO enlist.open (exclusive, request_id, principal, provider, intent)
  SELECT $6::bytea, u.request_id, u.principal, u.provider, $5::smallint = 1 FROM before, updated u WHERE before.exclusive IS DISTINCT FROM $6::bytea
), changed AS (
  UPDATE enlist.open o SET intent = ($5::smallint = 1) FROM before, updated
  WHERE o.exclusive = before.exclusive AND before.exclusive = $6::bytea AND o.intent <> ($5::smallint = 1)
)
SELECT version, due, updated FROM updated`
)

// Update implements journal.Store. It reduces a due time of more than an hour to one hour.
func (s *Store) Update(ctx context.Context, row *journal.Row, due time.Duration) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	for {
		server, err := s.mayWrite(row)
		isIntent := row.State == intent
		if err != nil && isIntent {
			return err
		}
		err = s.updateOn(ctx, row, due, server)
		if !isIntent || !errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrBusy) {
			return err
		}
		if again := s.verify(ctx); again != nil { // the server may be the cause
			return failed("update", again)
		}
		if now, _ := s.database.known(); now.Equal(server) {
			return err
		}
	}
}

const intent = enlistv1.OperationState_OPERATION_STATE_INTENT

func (s *Store) updateOn(ctx context.Context, row *journal.Row, due time.Duration, server time.Time) error {
	var after *time.Duration
	if due >= 0 {
		due = min(due, maxDue)
		after = &due
	}
	var version int64
	var dueAt *time.Time
	var updated time.Time
	statement := endRecord
	if row.Exclusive != nil {
		statement = leaveOpen
	}
	err := s.run(ctx, statement, []any{
		row.Principal, row.Provider, [16]byte(row.RequestID), row.Version, int32(row.State),
		row.Exclusive, row.Customer, row.Owner, after, int64(row.KeyID), bytesOf(row.Outcome), row.Request, row.Exchanges, server,
		s.database.needsStandby(),
	}, func(rows pgx.Rows) error {
		_, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&version, &dueAt, &updated)
		})
		return err
	})
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
	return errors.As(err, &violation) && violation.Code == "23505" && violation.ConstraintName == "open_pkey"
}

// bytesOf never returns NULL.
func bytesOf(value []byte) []byte {
	if value == nil {
		return []byte{}
	}
	return value
}
