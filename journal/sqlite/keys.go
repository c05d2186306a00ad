package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
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

// SealedWith implements journal.Store.
func (s *Store) SealedWith(ctx context.Context, keyID uint32, after *journal.Row, limit int) ([]*journal.Row, error) {
	if after == nil {
		return collect(s.reads.sealedWith.QueryContext(ctx, keyID, int64(math.MinInt64), []byte{}, limit))
	}
	return collect(s.reads.sealedWith.QueryContext(ctx, keyID, after.Created.UnixMicro(), after.RequestID[:], limit))
}

// Reseal implements journal.Store.
func (s *Store) Reseal(ctx context.Context, row *journal.Row) error {
	return s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) error {
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
