package byhand

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresTable is a table in PostgreSQL.
type postgresTable struct{ pool *pgxpool.Pool }

// WithPostgres returns a Durable whose table is in a PostgreSQL database. The pool has as many
// connections as Enlist's, 16. Commits are as durable as Enlist's: synchronous_commit is on.
func WithPostgres(ctx context.Context, vendor *Vendor, dsn string) (*Durable, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 16
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, `CREATE TABLE IF NOT EXISTS creations (
  request_id uuid PRIMARY KEY, customer_id text NOT NULL, state text NOT NULL, request bytea NOT NULL, response bytea,
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now())`)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &Durable{Bare: Bare{Vendor: vendor}, table: &postgresTable{pool}}, nil
}

func (t *postgresTable) intend(ctx context.Context, requestID, customerID string, request []byte) (state string, response []byte, fresh bool, err error) {
	// A row comes back only if the statement inserted it.
	err = t.pool.QueryRow(ctx, `INSERT INTO creations (request_id, customer_id, state, request) VALUES ($1, $2, $3, $4)
ON CONFLICT (request_id) DO NOTHING RETURNING state`, requestID, customerID, pending, request).Scan(&state)
	if !errors.Is(err, pgx.ErrNoRows) {
		return state, nil, err == nil, err
	}
	err = t.pool.QueryRow(ctx, `SELECT state, response FROM creations WHERE request_id = $1`, requestID).Scan(&state, &response)
	return state, response, false, err
}

func (t *postgresTable) conclude(ctx context.Context, requestID, state string, response []byte) error {
	_, err := t.pool.Exec(ctx, `UPDATE creations SET state = $2, response = $3, updated_at = now() WHERE request_id = $1`, requestID, state, response)
	return err
}

func (t *postgresTable) close() error {
	t.pool.Close()
	return nil
}
