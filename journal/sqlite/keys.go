package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/enlist-dev/enlist/journal"
)

// KeyIDs implements journal.Store.
func (s *Store) KeyIDs(ctx context.Context) ([]uint32, error) {
	rows, err := s.reads.keyIDs.QueryContext(ctx)
	if err != nil {
		return nil, err
	}
	return scanKeyIDs(rows)
}

func scanKeyIDs(rows *sql.Rows) (ids []uint32, err error) {
	defer rows.Close() //nolint:errcheck // rows.Err has told
	for rows.Next() {
		var id uint32
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// SealedWith implements journal.Store.
func (s *Store) SealedWith(ctx context.Context, keyID uint32, limit int) ([]*journal.Row, error) {
	return collect(s.reads.sealedWith.QueryContext(ctx, keyID, limit))
}

// Reseal implements journal.Store.
func (s *Store) Reseal(ctx context.Context, row *journal.Row) error {
	return s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) error {
		return orConflict(changedOne(sql.reseal.ExecContext(ctx, row.Principal, row.Provider, row.RequestID[:], row.Version,
			row.KeyID, row.Payload)))
	})
}

// Secret implements journal.Store.
func (s *Store) Secret(ctx context.Context, name string, initial []byte) (value []byte, err error) {
	err = s.reads.secret.QueryRowContext(ctx, name).Scan(&value)
	if !errors.Is(err, sql.ErrNoRows) {
		return value, err
	}
	err = s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) error {
		if _, err := sql.addSecret.ExecContext(ctx, name, initial); err != nil {
			return err
		}
		return sql.secret.QueryRowContext(ctx, name).Scan(&value)
	})
	if err != nil {
		return nil, err
	}
	return value, nil
}

// ReplaceSecret implements journal.Store.
func (s *Store) ReplaceSecret(ctx context.Context, name string, old, value []byte) error {
	return s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) error {
		return orConflict(changedOne(sql.replaceSecret.ExecContext(ctx, name, old, value)))
	})
}
