package postgres

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/enlist-dev/enlist/journal"
)

// Look reports what is in the database of a DSN. Its session cannot write.
func Look(ctx context.Context, dsn string) (*journal.Peek, error) {
	config, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config.ConnConfig, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SET default_transaction_read_only = on`)
		return err
	}))
	defer db.Close() //nolint:errcheck // it was only read
	found, err := look(ctx, db)
	if err != nil {
		return nil, failed("look", err)
	}
	return found, nil
}

func look(ctx context.Context, db *sql.DB) (*journal.Peek, error) {
	provider, err := newProvider(db, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	sources := provider.ListSources()
	if _, err := migrated(ctx, db, sources[len(sources)-1].Version); err != nil {
		return nil, err
	}
	found := &journal.Peek{}
	var there bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('enlist.records') IS NOT NULL`).Scan(&there); err != nil || !there {
		return &journal.Peek{New: true}, err
	}
	err = db.QueryRowContext(ctx, `SELECT value FROM enlist.secrets WHERE name = $1`, journal.IndexSecret).Scan(&found.IndexKey)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, keys+` SELECT key_id FROM keys`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var id uint32
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		found.KeyIDs = append(found.KeyIDs, id)
	}
	return found, rows.Err()
}
