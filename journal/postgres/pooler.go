package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connection is what the store knows of one connection. One goroutine at a time uses it.
type connection struct {
	// pooled: a pooler answers for the server. Each transaction may run in another session.
	pooled bool
	// warning is the first warning of the statement that runs.
	warning *pgconn.Notice
}

const connectionKey = "enlist"

// connectionOf returns the state of a connection, or nil before AfterConnect.
func connectionOf(conn *pgconn.PgConn) *connection {
	state, _ := conn.CustomData()[connectionKey].(*connection)
	return state
}

func onNotice(conn *pgconn.PgConn, notice *pgconn.Notice) {
	if state := connectionOf(conn); state != nil && state.warning == nil && doubts(notice) {
		state.warning = notice
	}
}

// run executes a statement in one round trip and passes its rows to collect. It fails if the server
// warns, because the commit is then doubtful.
//
// A direct connection keeps prepared statements and the session's settings. Behind a pooler neither
// stays. There run sends the settings before the statement, as one pipeline. A pipeline is one
// transaction, and an error rolls it back. The description of the statement is kept on this side.
func (s *Store) run(ctx context.Context, sql string, args []any, collect func(pgx.Rows) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	state := connectionOf(conn.Conn().PgConn())
	state.warning = nil
	if state.pooled {
		err = s.runPooled(ctx, conn, sql, args, collect)
	} else {
		err = collectFrom(collect)(conn.Query(ctx, sql, append([]any{s.mode}, args...)...))
	}
	if err == nil && state.warning != nil {
		err = fmt.Errorf("%w: %s", errNotConfirmed, state.warning.Message)
	}
	return err
}

func collectFrom(collect func(pgx.Rows) error) func(pgx.Rows, error) error {
	return func(rows pgx.Rows, err error) error {
		if err != nil {
			return err
		}
		return collect(rows)
	}
}

// readCommitted sets the isolation of the pipeline's transaction. It must come before any query.
// SET without LOCAL has the same effect, and draws no warning in a pipeline.
const readCommitted = `SET transaction_isolation = 'read committed'`

func (s *Store) runPooled(ctx context.Context, conn *pgxpool.Conn, sql string, args []any, collect func(pgx.Rows) error) error {
	batch := &pgx.Batch{}
	batch.Queue(readCommitted)
	batch.Queue(settings, s.session.milliseconds(), true, int32(0))
	batch.Queue(sql, args...)
	results := conn.SendBatch(ctx, batch)
	for range 2 {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			return err
		}
	}
	err := collectFrom(collect)(results.Query())
	if closed := results.Close(); err == nil {
		err = closed // the transaction commits at the end of the pipeline
	}
	return err
}

// pooledMode returns the mode of statements behind a pooler. They have no name, because another
// client's session does not know it. An operator's own mode in the DSN stays.
func pooledMode(direct pgx.QueryExecMode) pgx.QueryExecMode {
	if direct == pgx.QueryExecModeCacheStatement {
		return pgx.QueryExecModeCacheDescribe
	}
	return direct
}

// Pooling is how a DSN leads to the server.
type Pooling string

// The ways to the server.
const (
	Direct          Pooling = "directly"
	SessionPool     Pooling = "behind a pooler in session mode"
	TransactionPool Pooling = "behind a pooler in transaction mode"
)

// FindPooling reports whether a pooler is between this process and the server of a DSN. In
// transaction mode, two connections that are open at once get the same session. If other clients
// keep the pooler busy, FindPooling may take transaction mode for session mode.
func FindPooling(ctx context.Context, dsn string) (Pooling, error) {
	config, err := parse(dsn)
	if err != nil {
		return "", err
	}
	first, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return "", failed("connect", err)
	}
	defer first.Close(ctx) //nolint:errcheck // it was only read
	session, err := sessionOf(ctx, first)
	if err != nil {
		return "", failed("find a pooler", err)
	}
	if session == first.PgConn().PID() {
		return Direct, nil
	}
	// A pool of one session in session mode keeps the second connection waiting.
	within, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	second, err := pgx.ConnectConfig(within, config.ConnConfig)
	if err != nil {
		return SessionPool, ctx.Err()
	}
	defer second.Close(ctx) //nolint:errcheck // it was only read
	for range 10 {
		one, err := sessionOf(ctx, first)
		if err != nil {
			return "", failed("find a pooler", err)
		}
		if other, err := sessionOf(within, second); err != nil || one != session || other == one {
			if err != nil {
				break
			}
			return TransactionPool, nil
		}
	}
	return SessionPool, ctx.Err()
}

// sessionOf returns the process id of the session that a statement runs in.
func sessionOf(ctx context.Context, conn *pgx.Conn) (uint32, error) {
	var pid int32
	err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	return uint32(pid), err //nolint:gosec // a process id
}
