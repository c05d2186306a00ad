package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/enlist-dev/enlist/journal"
)

// KeyIDs implements journal.Store.
func (s *Store) KeyIDs(ctx context.Context) ([]uint32, error) {
	ids, err := values[uint32](s.reads.keyIDs.QueryContext(ctx))
	if err != nil {
		return nil, err
	}
	if there, err := hasTable(ctx, s.readers, earlierTable); err != nil || !there {
		return ids, err
	}
	earlier, err := values[uint32](s.readers.QueryContext(ctx, `SELECT DISTINCT key_id FROM operations_v1`))
	ids = append(ids, earlier...)
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// writeSealed makes a write of a row that a key seals. The transaction of its first row notes the
// key.
func (s *Store) writeSealed(ctx context.Context, keyID uint32, run func(context.Context, *writeStatements) error) error {
	err := s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) error {
		if err := s.noteKey(ctx, sql, keyID); err != nil {
			return err
		}
		return run(ctx, sql)
	})
	if err == nil {
		s.noted.Store(&keyID)
	}
	return err
}

// noteKey notes that a key seals rows, unless it is the one that was noted last.
func (s *Store) noteKey(ctx context.Context, sql *writeStatements, keyID uint32) error {
	if noted := s.noted.Load(); noted != nil && *noted == keyID {
		return nil
	}
	_, err := sql.addKey.ExecContext(ctx, keyID)
	return err
}

// noteKeys notes the keys of rows.
func (s *Store) noteKeys(ctx context.Context, sql *writeStatements, rows []*journal.Row) error {
	for _, row := range rows {
		if err := s.noteKey(ctx, sql, row.KeyID); err != nil {
			return err
		}
	}
	return nil
}

// forgetKeys forgets keys that seal no row any more. It runs before the first write, which could be
// of a row that one of them seals.
func forgetKeys(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, sqlForgetKeys)
	return err
}

// SealedWith implements journal.Store. It goes by the order of the rows' ids.
func (s *Store) SealedWith(ctx context.Context, keyID uint32, after *journal.Row, limit int) ([]*journal.Row, error) {
	if after == nil {
		after = &journal.Row{}
	}
	return collect(s.reads.sealedWith.QueryContext(ctx, keyID, after.Principal, after.Provider, after.RequestID[:], limit))
}

// Reseal implements journal.Store.
func (s *Store) Reseal(ctx context.Context, row *journal.Row) error {
	return s.writeSealed(ctx, row.KeyID, func(ctx context.Context, sql *writeStatements) error {
		var id int64
		err := sql.reseal.QueryRowContext(ctx, row.Principal, row.Provider, row.RequestID[:], row.Version,
			row.KeyID, row.Outcome, orNull(row.Request)).Scan(&id)
		if err == nil && row.Exchanges != nil {
			_, err = sql.setExchanges.ExecContext(ctx, id, row.Exchanges)
		}
		return orConflict(err)
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
		changed, err := changedOne(sql.replaceSecret.ExecContext(ctx, name, old, value))
		if err == nil && !changed {
			err = journal.ErrConflict
		}
		return err
	})
}
