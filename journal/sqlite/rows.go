package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	sqlite3 "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// Insert implements journal.Store.
func (s *Store) Insert(ctx context.Context, row *journal.Row) (existing, busy *journal.Row, err error) {
	now := s.clock()
	err = s.writeSealed(ctx, row.KeyID, func(ctx context.Context, sql *writeStatements) error {
		existing, busy = nil, nil
		result, err := sql.insert.ExecContext(ctx, row.Principal, row.Provider, row.RequestID[:], row.State,
			orNull(row.Exclusive), orNull(row.Customer), row.Owner, now.UnixMicro(), row.KeyID, row.Outcome, row.Request)
		if changed, err := changedOne(result, err); changed || err != nil {
			return err
		}
		existing, err = one(sql.get.QueryContext(ctx, row.Principal, row.Provider, row.RequestID[:]))
		if existing != nil || err != nil {
			return err
		}
		busy, err = one(sql.findOpen.QueryContext(ctx, orNull(row.Exclusive)))
		if busy == nil && err == nil {
			err = errors.New("SQLite refused a record without a conflict, so the indexes of the journal are damaged. Check it with PRAGMA integrity_check")
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if existing == nil && busy == nil {
		s.owners.add(row.Owner)
		row.Version = 1
		row.Due = time.Time{}
		row.Created = micros(now.UnixMicro())
		row.Updated = row.Created
	}
	return existing, busy, nil
}

// Get implements journal.Store.
func (s *Store) Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*journal.Row, error) {
	return one(s.reads.get.QueryContext(ctx, principal, provider, requestID[:]))
}

// Update implements journal.Store. A row is never due later than maxDue from now.
func (s *Store) Update(ctx context.Context, row *journal.Row, due time.Duration) error {
	now := s.clock()
	var at sql.NullInt64
	if due >= 0 {
		at = sql.NullInt64{Int64: now.Add(min(due, maxDue)).UnixMicro(), Valid: true}
	}
	err := s.writeSealed(ctx, row.KeyID, func(ctx context.Context, sql *writeStatements) error {
		return sql.replace(ctx, row, at, now)
	})
	var failure *sqlite3.Error
	if errors.As(err, &failure) && failure.Code() == codes.SQLITE_CONSTRAINT_UNIQUE {
		return journal.ErrBusy // the key does not change, so only the other unique index can conflict
	}
	if err != nil {
		return err
	}
	s.owners.add(row.Owner)
	row.Version++
	row.Updated = micros(now.UnixMicro())
	row.Due = time.Time{}
	if at.Valid {
		row.Due = micros(at.Int64)
	}
	return nil
}

// replace writes a row in place of its earlier version.
func (s *writeStatements) replace(ctx context.Context, row *journal.Row, due sql.NullInt64, now time.Time) error {
	var id int64
	var keyID uint32
	if err := s.version.QueryRowContext(ctx, row.Principal, row.Provider, row.RequestID[:], row.Version).Scan(&id, &keyID); err != nil {
		return orConflict(err)
	}
	_, err := s.update.ExecContext(ctx, id, row.State, orNull(row.Exclusive), orNull(row.Customer), row.Owner, due, now.UnixMicro(), row.Outcome)
	if err == nil && row.Request != nil {
		_, err = s.setRequest.ExecContext(ctx, id, row.Request)
	}
	if err == nil && keyID != row.KeyID {
		_, err = s.setKey.ExecContext(ctx, id, row.KeyID)
	}
	if err == nil && row.Exchanges != nil {
		_, err = s.setExchanges.ExecContext(ctx, id, row.Exchanges)
	}
	return err
}

// FindOpen implements journal.Store.
func (s *Store) FindOpen(ctx context.Context, exclusive []byte) (*journal.Row, error) {
	return one(s.reads.findOpen.QueryContext(ctx, orNull(exclusive)))
}

// FindCustomer implements journal.Store.
func (s *Store) FindCustomer(ctx context.Context, customer []byte, limit int) ([]*journal.Row, error) {
	return collect(s.reads.findCustomer.QueryContext(ctx, orNull(customer), limit))
}

// changedOne reports whether a write has changed a row.
func changedOne(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	changed, err := result.RowsAffected()
	return changed > 0, err
}

// orConflict returns ErrConflict if there is no row of that version.
func orConflict(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return journal.ErrConflict
	}
	return err
}

// one reads the only row of a result, or returns nil if the result is empty.
func one(rows *sql.Rows, err error) (*journal.Row, error) {
	all, err := collect(rows, err)
	if len(all) == 0 || err != nil {
		return nil, err
	}
	return all[0], nil
}

// collect reads all rows of a result.
func collect(rows *sql.Rows, err error) ([]*journal.Row, error) {
	return collectWith(scan, rows, err)
}

// collectWith reads all rows of a result, each with scan.
func collectWith[T any](scan func(*sql.Rows) (T, error), rows *sql.Rows, err error) (all []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err has told
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// values reads a result of one column.
func values[T any](rows *sql.Rows, err error) ([]T, error) {
	return collectWith(func(rows *sql.Rows) (one T, err error) {
		err = rows.Scan(&one)
		return one, err
	}, rows, err)
}

// scan reads the columns of one row.
func scan(rows *sql.Rows) (*journal.Row, error) {
	row := &journal.Row{}
	return row, scanInto(rows, row, &row.Outcome, &row.Request, &row.Exchanges)
}

// scanInto reads the columns of one row into a row, and the sealed parts, which come last.
func scanInto(rows *sql.Rows, row *journal.Row, parts ...any) error {
	var (
		id               []byte
		due              sql.NullInt64
		created, updated int64
		state            int32
	)
	err := rows.Scan(append([]any{
		&row.Principal, &row.Provider, &id, &state, &row.Version, &row.Exclusive, &row.Customer, &row.Owner,
		&due, &created, &updated, &row.KeyID,
	}, parts...)...)
	if err != nil {
		return err
	}
	if row.RequestID, err = uuid.FromBytes(id); err != nil {
		return err
	}
	row.State = enlistv1.OperationState(state)
	row.Created, row.Updated = micros(created), micros(updated)
	if due.Valid {
		row.Due = micros(due.Int64)
	}
	return nil
}

func micros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// orNull turns nil into NULL. SQLite's driver would make it an empty value.
func orNull(value []byte) any {
	if value == nil {
		return nil
	}
	return value
}
