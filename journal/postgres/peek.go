package postgres

import (
	"context"
	"database/sql"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/enlist-dev/enlist/journal"
)

// Look reports what is in the database of a DSN. Its transaction cannot write.
func Look(ctx context.Context, dsn string, durability Durability) (*journal.Peek, error) {
	config, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.DefaultQueryExecMode = pooledMode(config.ConnConfig.DefaultQueryExecMode)
	db := stdlib.OpenDB(*config.ConnConfig)
	defer db.Close() //nolint:errcheck // it was only read
	found, err := look(ctx, db, durability)
	if err != nil {
		return nil, failed("look", err)
	}
	return found, nil
}

func look(ctx context.Context, db *sql.DB, durability Durability) (*journal.Peek, error) {
	provider, err := newProvider(db, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it was only read
	sources := provider.ListSources()
	if _, err := migrated(ctx, tx, sources[len(sources)-1].Version); err != nil {
		return nil, err
	}
	found := &journal.Peek{}
	var there, hasSchema, mayCreate bool
	var standbys string
	err = tx.QueryRowContext(ctx, selectState).Scan(&there, &hasSchema, &mayCreate, &standbys)
	switch {
	case err != nil:
		return nil, err
	case durability == Synchronous && standbys == "":
		return nil, errNoStandby
	case !there && !mayCreate && hasSchema:
		return nil, errNotOwner
	case !there && !mayCreate:
		return nil, errNoSchema
	case !there:
		return &journal.Peek{New: true}, nil
	}
	if found.IndexKey, err = storedSecret(ctx, tx, journal.IndexSecret); err != nil {
		return nil, err
	}
	now, err := lookAtIdentity(ctx, tx, durability)
	if err != nil {
		return nil, err
	}
	found.Gap, found.Lost = now.gap, now.was.compare(now.is, durability)
	for _, table := range []string{"enlist.operations", earlierTable} {
		if err := lookForKeys(ctx, tx, table, found); err != nil {
			return nil, err
		}
	}
	slices.Sort(found.KeyIDs)
	found.KeyIDs = slices.Compact(found.KeyIDs)
	return found, nil
}

// selectState reads whether the tables and their schema exist, whether the user may create them,
// and the standbys.
const selectState = `
SELECT to_regclass('enlist.secrets') IS NOT NULL, to_regnamespace('enlist') IS NOT NULL,
  coalesce(has_schema_privilege(to_regnamespace('enlist')::oid, 'CREATE'), has_database_privilege(current_database(), 'CREATE')),
  current_setting('synchronous_standby_names')`

// lookForKeys adds the keys that seal the rows of a table, if it exists.
func lookForKeys(ctx context.Context, tx *sql.Tx, table string, found *journal.Peek) error {
	var there bool
	if err := tx.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, table).Scan(&there); err != nil || !there {
		return err
	}
	rows, err := tx.QueryContext(ctx, keys(table))
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var id uint32
		if err := rows.Scan(&id, new(int64), new(time.Time)); err != nil {
			return err
		}
		found.KeyIDs = append(found.KeyIDs, id)
	}
	return rows.Err()
}

// lookAtIdentity goes on in the transaction after a refusal. A second connection might have to wait
// for the first in a pooler.
func lookAtIdentity(ctx context.Context, tx *sql.Tx, durability Durability) (now server, err error) {
	for _, text := range selectIdentities(durability) {
		if _, err := tx.ExecContext(ctx, `SAVEPOINT identity`); err != nil {
			return now, err
		}
		if err = now.scan(tx.QueryRowContext(ctx, text).Scan); !isRefused(err) {
			return now, err
		}
		if _, err := tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT identity`); err != nil {
			return now, err
		}
	}
	return now, err
}
