package sqlite

import (
	"context"
	"database/sql"

	"github.com/enlist-dev/enlist/journal"
)

const earlierTable = "operations_v1"

// CountEarlier implements journal.Store.
func (s *Store) CountEarlier(ctx context.Context) (count int, err error) {
	if there, err := hasTable(ctx, s.readers, earlierTable); err != nil || !there {
		return 0, err
	}
	err = s.readers.QueryRowContext(ctx, `SELECT count(*) FROM operations_v1`).Scan(&count)
	return count, err
}

// Earlier implements journal.Store. Rows that were converted are gone, so it always begins at the
// start.
func (s *Store) Earlier(ctx context.Context, after *journal.EarlierRow, limit int) ([]*journal.EarlierRow, error) {
	if there, err := hasTable(ctx, s.readers, earlierTable); err != nil || !there {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT principal, provider, request_id, state, version, exclusive, customer, owner, due, created, updated,
    key_id, payload FROM operations_v1 ORDER BY id LIMIT ?`, limit)
	earlier, err := collectWith(scanEarlier, rows, err)
	if err != nil || len(earlier) > 0 || after != nil {
		return earlier, err
	}
	return nil, s.writer.exec(ctx, `DROP TABLE operations_v1`)
}

func scanEarlier(rows *sql.Rows) (*journal.EarlierRow, error) {
	row := &journal.EarlierRow{}
	return row, scanInto(rows, &row.Row, &row.Payload)
}

// The row keeps its id.
const (
	sqlConvert = `INSERT INTO operations (id, principal, provider, request_id, state, version, exclusive, customer, owner, due, created, updated, key_id,
    held, outcome, request)
    SELECT id, principal, provider, request_id, state, version, ?4, ?5, owner, due, created, updated, ?6, 1, ?7, ?8
    FROM operations_v1 WHERE principal = ?1 AND provider = ?2 AND request_id = ?3 RETURNING id`
	sqlConverted = `DELETE FROM operations_v1 WHERE id = ?1`
)

// Convert implements journal.Store.
func (s *Store) Convert(ctx context.Context, rows []*journal.Row) error {
	return s.writer.do(ctx, func(ctx context.Context, statements *writeStatements) error {
		if err := s.noteKeys(ctx, statements, rows); err != nil {
			return err
		}
		convert, err := s.writer.conn.PrepareContext(ctx, sqlConvert)
		if err != nil {
			return err
		}
		defer convert.Close() //nolint:errcheck // it was only used
		converted, err := s.writer.conn.PrepareContext(ctx, sqlConverted)
		if err != nil {
			return err
		}
		defer converted.Close() //nolint:errcheck // it was only used
		for _, row := range rows {
			if err := convertRow(ctx, statements, convert, converted, row); err != nil {
				return err
			}
		}
		return nil
	})
}

func convertRow(ctx context.Context, statements *writeStatements, convert, converted *sql.Stmt, row *journal.Row) error {
	var id int64
	err := convert.QueryRowContext(ctx, row.Principal, row.Provider, row.RequestID[:], orNull(row.Exclusive), orNull(row.Customer),
		row.KeyID, row.Outcome, row.Request).Scan(&id)
	if err == nil && row.Exchanges != nil {
		_, err = statements.setExchanges.ExecContext(ctx, id, row.Exchanges)
	}
	if err == nil {
		_, err = converted.ExecContext(ctx, id)
	}
	return err
}
