package sqlite

import (
	"context"
	"database/sql"

	"github.com/enlist-dev/enlist/journal"
)

// Providers implements journal.Store.
func (s *Store) Providers(ctx context.Context) ([]string, error) {
	return values[string](s.reads.providers.QueryContext(ctx))
}

// Purge implements journal.Store.
func (s *Store) Purge(ctx context.Context, provider string, before journal.Before, limit int) (dropped, deleted int, err error) {
	err = s.writer.do(ctx, func(ctx context.Context, sql *writeStatements) (err error) {
		if deleted, err = end(ctx, sql, sql.purge, provider, before.Outcome.UnixMicro(), limit); err != nil {
			return err
		}
		dropped, err = end(ctx, sql, sql.drop, provider, before.Payload.UnixMicro(), limit)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return dropped, deleted, nil
}

// end runs a statement that returns the ids of rows, and deletes their exchanges.
func end(ctx context.Context, sql *writeStatements, statement *sql.Stmt, provider string, before int64, limit int) (int, error) {
	ids, err := values[int64](statement.QueryContext(ctx, provider, before, limit))
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if _, err := sql.deleteExchanges.ExecContext(ctx, id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
