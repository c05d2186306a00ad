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
	inUTC(r, due)
	return nil
}

// inUTC sets the due time of a row that was read, and the zone of its other times.
func inUTC(r *journal.Row, due *time.Time) {
	if due != nil {
		r.Due = due.UTC()
	}
	r.Created, r.Updated = r.Created.UTC(), r.Updated.UTC()
}

// insertRecords inserts records and opens them. It returns those that it has inserted. Others met a
// conflict, or the server is not the one that started at the time of server, so that nothing is
// written before the database is identified. If another row with the same exclusive was inserted in
// the meantime, the statement fails.
//
//nolint:gochecknoglobals // a constant
var insertRecords = `
WITH inserted AS (
  INSERT INTO enlist.operations AS r (principal, provider, request_id, state, version, exclusive, customer, owner, created, updated, key_id,
    rare, held, outcome, request)
  SELECT principal, provider, request_id, state, 1, exclusive, customer, owner, now(), now(), key_id, NULL, true, outcome, request
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::bytea[], $6::bytea[], $7::text[], $8::bigint[], $9::bytea[], $10::bytea[],
    $11::timestamptz[]) AS n (principal, provider, request_id, state, exclusive, customer, owner, key_id, outcome, request, server)
  WHERE NOT EXISTS (SELECT FROM enlist.open o WHERE o.exclusive = n.exclusive) AND ` + isVerified("n.server", "$12") + ` AND ` + durably + `
  ON CONFLICT DO NOTHING
  RETURNING r.principal, r.provider, r.request_id, r.version, r.due, r.created, r.updated, r.exclusive
), opened AS (
  INSERT INTO enlist.open (exclusive, request_id, principal, provider, intent)
  SELECT exclusive, request_id, principal, provider, true FROM inserted
)
SELECT` + writtenColumns + ` FROM inserted`

// writtenColumns are what the statements return of the rows that they have written.
const writtenColumns = ` principal, provider, request_id, version, due, created, updated`

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
		w := &write{row: *row, server: server}
		if err := s.inserts.do(ctx, w); err != nil && !isExclusive(err) {
			return nil, nil, failed("insert", err)
		}
		if made := w.made; made != nil {
			row.Version, row.Due, row.Created, row.Updated = made.Version, made.Due, made.Created, made.Updated
			return nil, nil, nil
		}
		if existing, err = s.Get(ctx, row.Principal, row.Provider, row.RequestID); existing != nil || err != nil {
			return existing, nil, err
		}
		if busy, err = s.FindOpen(ctx, row.Exclusive); busy != nil || err != nil {
			return nil, busy, err
		}
		// The other writer's creation ended in the meantime, or the server is another one.
		if err := s.verify(ctx); err != nil {
			return nil, nil, failed("insert", err)
		}
	}
	return nil, nil, failed("insert", errContended)
}

// insertAll inserts records.
func (s *Store) insertAll(ctx context.Context, all []*write) error {
	n := len(all)
	var (
		principals, providers, owners            = make([]string, n), make([]string, n), make([]string, n)
		ids, states, keyIDs                      = make([][16]byte, n), make([]int16, n), make([]int64, n)
		exclusives, customers, outcomes, request = make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
		servers                                  = make([]time.Time, n)
	)
	for i, w := range all {
		r := &w.row
		principals[i], providers[i], owners[i], ids[i] = r.Principal, r.Provider, r.Owner, r.RequestID
		states[i], keyIDs[i], servers[i] = int16(r.State), int64(r.KeyID), w.server //nolint:gosec // an enum
		exclusives[i], customers[i], outcomes[i], request[i] = r.Exclusive, r.Customer, bytesOf(r.Outcome), r.Request
	}
	return s.writeAll(ctx, all, insertRecords, principals, providers, ids, states, exclusives, customers, owners, keyIDs, outcomes, request,
		servers, s.database.needsStandby())
}

// writeAll runs a statement that writes rows, and notes which it has written.
func (s *Store) writeAll(ctx context.Context, all []*write, sql string, args ...any) error {
	written, err := collect(ctx, s, scanWritten, sql, args...)
	if err != nil {
		return err
	}
	for _, row := range written {
		for _, w := range all {
			if keyOfRow(&w.row) == keyOfRow(row) {
				w.made = row
				break
			}
		}
	}
	return nil
}

// scanWritten reads writtenColumns.
func scanWritten(row pgx.CollectableRow) (*journal.Row, error) {
	r, due := &journal.Row{}, (*time.Time)(nil)
	err := row.Scan(&r.Principal, &r.Provider, (*[16]byte)(&r.RequestID), &r.Version, &due, &r.Created, &r.Updated)
	inUTC(r, due)
	return r, err
}

// Get implements journal.Store.
func (s *Store) Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*journal.Row, error) {
	return s.readOne(ctx, "get", selectRecord+`WHERE`+byKey, principal, provider, [16]byte(requestID))
}

// maxDue limits how far ahead a row may be due. A later due time comes from a clock that had
// jumped.
const maxDue = time.Hour

// leaveOpen updates a record that is open afterwards. before has the exclusive that the row had.
// The state INTENT permits a request to the vendor, so it is written only to the server that
// started at $14. The statement fails if another open row has the exclusive.
//
//nolint:gochecknoglobals // a constant
var leaveOpen = `
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
), opened AS (
  INSERT INTO enlist.open (exclusive, request_id, principal, provider, intent)
  SELECT $6::bytea, u.request_id, u.principal, u.provider, $5::smallint = 1 FROM before, updated u WHERE before.exclusive IS DISTINCT FROM $6::bytea
), changed AS (
  UPDATE enlist.open o SET intent = ($5::smallint = 1) FROM before, updated
  WHERE o.exclusive = before.exclusive AND before.exclusive = $6::bytea AND o.intent <> ($5::smallint = 1)
)
SELECT` + writtenColumns + ` FROM updated`

// endRecords updates records that are not open afterwards. before is the version of the row that
// the statement replaces, found once. If another writer replaces it in the meantime, its place is
// another one, and the statement returns nothing for it.
//
//nolint:gochecknoglobals // a constant
var endRecords = `
WITH updated AS (
  UPDATE enlist.operations r
  SET state = n.state, rare = CASE WHEN n.state NOT IN (1, 2) THEN n.state END, exclusive = NULL, customer = n.customer, owner = n.owner,
    due = now() + n.due, key_id = n.key_id, outcome = n.outcome, request = coalesce(n.request, r.request),
    held = coalesce(n.request, r.request) IS NOT NULL, version = r.version + 1, updated = now()
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::smallint[], $6::bytea[], $7::text[], $8::interval[], $9::bigint[], $10::bytea[],
    $11::bytea[], $12::bytea[]) AS n (principal, provider, request_id, version, state, customer, owner, due, key_id, outcome, request, payload)
  JOIN enlist.operations before ON before.request_id = n.request_id AND before.principal = n.principal AND before.provider = n.provider
    AND before.version = n.version
  WHERE r.ctid = before.ctid AND r.version = n.version AND ` + durably + `
  RETURNING r.principal, r.provider, r.request_id, r.version, r.due, r.created, r.updated, n.customer, n.payload, before.exclusive
), exchanged AS (
  INSERT INTO enlist.exchanges AS e (principal, provider, request_id, created, customer, payload)
  SELECT principal, provider, request_id, created, customer, payload FROM updated
  ON CONFLICT (request_id, principal, provider) DO UPDATE SET customer = excluded.customer, payload = coalesce(excluded.payload, e.payload)
), closed AS (
  DELETE FROM enlist.open o USING updated u WHERE o.exclusive = u.exclusive
)
SELECT` + writtenColumns + ` FROM updated`

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
	w := &write{row: *row, due: min(due, maxDue), server: server}
	var err error
	if row.Exclusive == nil {
		err = s.endings.do(ctx, w)
	} else {
		err = s.leaveOpen(ctx, w)
	}
	switch {
	case isExclusive(err):
		return journal.ErrBusy
	case err != nil:
		return failed("update", err)
	case w.made == nil:
		return journal.ErrConflict
	}
	row.Version, row.Due, row.Updated = w.made.Version, w.made.Due, w.made.Updated
	return nil
}

// interval returns a due time, or nil for none.
func interval(due time.Duration) *time.Duration {
	if due < 0 {
		return nil
	}
	return &due
}

// leaveOpen updates a record that is open afterwards.
func (s *Store) leaveOpen(ctx context.Context, w *write) error {
	r := &w.row
	return s.writeAll(ctx, []*write{w}, leaveOpen,
		r.Principal, r.Provider, [16]byte(r.RequestID), r.Version, int32(r.State),
		r.Exclusive, r.Customer, r.Owner, interval(w.due), int64(r.KeyID), bytesOf(r.Outcome), r.Request, r.Exchanges, w.server,
		s.database.needsStandby())
}

// endAll updates records that are not open afterwards.
func (s *Store) endAll(ctx context.Context, all []*write) error {
	n := len(all)
	var (
		principals, providers, owners          = make([]string, n), make([]string, n), make([]string, n)
		ids, versions, states, keyIDs          = make([][16]byte, n), make([]int64, n), make([]int16, n), make([]int64, n)
		dues                                   = make([]*time.Duration, n)
		customers, outcomes, request, payloads = make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
	)
	for i, w := range all {
		r := &w.row
		principals[i], providers[i], owners[i], ids[i] = r.Principal, r.Provider, r.Owner, r.RequestID
		versions[i], states[i], keyIDs[i], dues[i] = r.Version, int16(r.State), int64(r.KeyID), interval(w.due) //nolint:gosec // an enum
		customers[i], outcomes[i], request[i], payloads[i] = r.Customer, bytesOf(r.Outcome), r.Request, r.Exchanges
	}
	return s.writeAll(ctx, all, endRecords, principals, providers, ids, versions, states, customers, owners, dues, keyIDs, outcomes, request, payloads)
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
