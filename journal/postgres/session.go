package postgres

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// session is what each connection of the pool is set to.
type session struct {
	timeout time.Duration
}

// settings go by a statement, not with the startup message: PgBouncer refuses parameters there that it does not know.
//
//   - synchronous_commit: a commit that is reported is on disk. remote_apply is more, and stays.
//   - default_transaction_isolation: insert counts on seeing what was committed while it waited.
//   - statement_timeout: the server gives up no later than the caller; a shorter one of the operator's stays.
//   - plan_cache_mode: each statement is planned once for a connection, not for each call.
//   - enable_…, jit: every statement has an index that gives its rows in the order that it wants them, and every join is by a key. So that one
//     plan is good for ever, also one that was made while the table was empty and the planner would rather have read all of it, and
//     one that cannot know how small a limit will be.
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

// prepare sets a new connection up, in one round trip.
func (s session) prepare(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, settings, pgx.QueryExecModeSimpleProtocol, strconv.FormatInt(s.timeout.Milliseconds(), 10))
	return err
}

// warn logs when the server does not keep what it reports as written.
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
