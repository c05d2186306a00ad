package postgres

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// maxConns is the pool's size unless the DSN sets one. It lets commits that wait for the same
	// disk share its writes. Six replicas still fit into PostgreSQL's default of 100 connections.
	maxConns = 16
	// connectTimeout applies to each host, unless the DSN sets another timeout.
	connectTimeout = 10 * time.Second
)

// errDSN shows no part of the DSN. If the DSN does not parse, neither Enlist nor the driver can
// tell which part is the password.
var errDSN = errors.New("journal.postgres.dsn: cannot parse it (not shown, because it may hold a password). " +
	"Write postgres://USER:PASSWORD@HOST:5432/DATABASE, or libpq's host=… user=… dbname=…. " +
	"In a URL, write @ : / ? # % in the password as %40 %3A %2F %3F %23 %25. " +
	"sslmode must be disable, allow, prefer, require, verify-ca or verify-full, and the files that the DSN names must exist")

// CheckDSN returns an error if a DSN does not parse. It connects to nothing.
func CheckDSN(dsn string) error {
	_, err := parse(dsn)
	return err
}

// parse reads a DSN and adds the defaults.
func parse(dsn string) (*pgxpool.Config, error) {
	if ambiguous(dsn) {
		return nil, errDSN
	}
	single, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, errDSN
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("journal.postgres.dsn: it has an invalid driver parameter "+
			"(pool_…, default_query_exec_mode, …): %w", withoutDSN(err))
	}
	switch config.ConnConfig.DefaultQueryExecMode {
	case pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol: // in these the driver does not know the types of parameters
		return nil, errors.New("journal.postgres.dsn: it sets default_query_exec_mode to a mode that Enlist cannot use. Remove it")
	default:
	}
	if _, given := single.RuntimeParams["pool_max_conns"]; !given {
		config.MaxConns = maxConns
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.ValidateConnect == nil {
		// After a failover, the old primary may return as a standby. The driver skips a host that
		// does not accept writes.
		config.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "enlist"
	}
	return config, nil
}

// ambiguous reports whether a URL has an @ other than the one before the host. Then the password
// holds an unencoded @. The parser would take part of the password for the host or the database,
// and errors name those.
func ambiguous(dsn string) bool {
	_, rest, isURL := strings.Cut(dsn, "://")
	if !isURL || strings.ContainsAny(dsn[:len(dsn)-len(rest)-len("://")], "= ") {
		return false
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	return strings.Count(rest, "@") > 1 || strings.Contains(rest[len(authority):], "@")
}

// withoutDSN returns the reason inside an error of ParseConfig. That error repeats the DSN around
// the reason.
func withoutDSN(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return errors.New("the value is out of range")
}
