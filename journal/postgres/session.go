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

// settings go in a statement instead of the startup message. In that message, PgBouncer refuses
// parameters that it does not know.
//
//   - synchronous_commit: a reported commit is on disk. remote_apply promises more, so the
//     statement keeps it.
//   - default_transaction_isolation: an insert must see the rows that others committed while it
//     waited.
//   - statement_timeout: the server gives up no later than the caller. The statement keeps a
//     shorter timeout of the operator.
//   - plan_cache_mode: PostgreSQL plans each statement once per connection, not once per execution.
//   - enable_…, jit: every statement has an index that returns its rows in the wanted order, and
//     every join uses a key. So one plan is always good. This includes a plan for an empty table,
//     for which the planner would otherwise read the whole table. It also includes a plan that does
//     not know how small a limit is.
const settings = `
SELECT set_config('synchronous_commit',
         CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('statement_timeout',
         CASE current_setting('statement_timeout') WHEN '0' THEN $1 ELSE current_setting('statement_timeout') END, false),
       set_config('enable_seqscan', 'off', false),
       set_config('enable_bitmapscan', 'off', false),
       set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false),
       set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('jit', 'off', false)`

// prepare configures a new connection in one round trip.
func (s session) prepare(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, settings, pgx.QueryExecModeSimpleProtocol, strconv.FormatInt(s.timeout.Milliseconds(), 10))
	return err
}

// warn logs a warning if the server may lose writes that it has confirmed.
func (s *Store) warn(ctx context.Context, logger *slog.Logger) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	var fsync, fullPageWrites string
	err := s.pool.QueryRow(ctx, `SELECT current_setting('fsync'), current_setting('full_page_writes')`).Scan(&fsync, &fullPageWrites)
	if err != nil {
		return failed("read the server's settings", err)
	}
	if fsync != "on" || fullPageWrites != "on" {
		logger.Warn("the journal's PostgreSQL server may lose committed records in a crash; turn on fsync and full_page_writes",
			"fsync", fsync, "full_page_writes", fullPageWrites)
	}
	return nil
}
