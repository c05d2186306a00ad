package postgres

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// session holds the settings of each connection in the pool.
type session struct {
	timeout time.Duration
}

func (s session) milliseconds() string { return strconv.FormatInt(s.timeout.Milliseconds(), 10) }

// settings go in a statement instead of the startup message. In that message, PgBouncer refuses
// parameters that it does not know. They hold for the session, or for one transaction behind a
// pooler. No promise depends on them.
//
//   - default_transaction_isolation: an insert must see the rows that others committed while it
//     waited. At another isolation, the server refuses such a statement.
//   - statement_timeout: the server gives up no later than the caller. The statement keeps a
//     shorter timeout of the operator.
//   - lock_timeout: a row that another transaction keeps locked delays those that are written with
//     it, and each is then written apart. It is a quarter of statement_timeout, which would fail
//     all of them.
//   - plan_cache_mode: PostgreSQL plans each statement once per connection, not once per execution.
//   - enable_…, jit: every statement has an index that returns its rows in the wanted order, and
//     every join uses a key. So one plan is always good. This includes a plan for an empty table,
//     for which the planner would otherwise read the whole table. It also includes a plan that does
//     not know how small a limit is.
//
// $1 is the timeout in milliseconds. With $2, the settings are for the transaction. Otherwise they
// are for the session, unless it is not process $3.
const settings = `
SELECT set_config(name, value, $2) FROM (VALUES
  ('default_transaction_isolation', 'read committed'),
  ('statement_timeout', CASE current_setting('statement_timeout') WHEN '0' THEN $1::text ELSE current_setting('statement_timeout') END),
  ('lock_timeout', CASE current_setting('lock_timeout') WHEN '0' THEN ceil(250 * extract(epoch FROM
    CASE current_setting('statement_timeout') WHEN '0' THEN $1::text || 'ms' ELSE current_setting('statement_timeout') END::interval))::text
    ELSE current_setting('lock_timeout') END),
  ('enable_seqscan', 'off'),
  ('enable_bitmapscan', 'off'),
  ('enable_hashjoin', 'off'),
  ('enable_mergejoin', 'off'),
  ('plan_cache_mode', 'force_generic_plan'),
  ('jit', 'off')) AS wanted (name, value)
WHERE $2 OR pg_backend_pid() = $3`

// prepare configures a new connection in one round trip. The server names its process when a client
// connects, but a pooler names another number. Settings of a session that a pooler lends to other
// clients stay as they are.
func (s session) prepare(ctx context.Context, conn *pgx.Conn) error {
	pid := int32(conn.PgConn().PID()) //nolint:gosec // a pooler's number may be larger, and only has to differ
	tag, err := conn.Exec(ctx, settings, pgx.QueryExecModeSimpleProtocol, s.milliseconds(), false, pid)
	if err != nil {
		return err
	}
	conn.PgConn().CustomData()[connectionKey] = &connection{pooled: tag.RowsAffected() == 0}
	return nil
}

// warn logs a warning if the server may lose writes that it has confirmed.
func (s *Store) warn(ctx context.Context, logger *slog.Logger) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	var fsync, fullPageWrites string
	err := s.run(ctx, `SELECT current_setting('fsync'), current_setting('full_page_writes')`, nil, func(rows pgx.Rows) error {
		_, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&fsync, &fullPageWrites)
		})
		return err
	})
	if err != nil {
		return failed("read the server's settings", err)
	}
	if fsync != "on" || fullPageWrites != "on" {
		logger.Warn("the journal's PostgreSQL server may lose committed records in a crash; turn on fsync and full_page_writes",
			"fsync", fsync, "full_page_writes", fullPageWrites)
	}
	return nil
}
