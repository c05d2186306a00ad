package postgres

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// maxConns is the pool's size unless the DSN gives one: enough that commits which wait for the same disk share its writes, and few
	// enough that six replicas fit into PostgreSQL's default of 100 connections.
	maxConns = 16
	// connectTimeout is for one host, unless the DSN gives another.
	connectTimeout = 10 * time.Second
)

// errDSN tells nothing of the DSN: where it does not parse, what is the password in it is anyone's guess, the driver's too.
var errDSN = errors.New("cannot parse the DSN of the journal's PostgreSQL database (not shown, because it may hold a password). " +
	"Write postgres://USER:PASSWORD@HOST:5432/DATABASE, or libpq's host=… user=… dbname=…. " +
	"In a URL, write @ : / ? # % in the password as %40 %3A %2F %3F %23 %25. " +
	"sslmode must be disable, allow, prefer, require, verify-ca or verify-full, and the files that the DSN names must exist")

// parse reads a DSN and adds what it leaves open.
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
		return nil, fmt.Errorf("the DSN of the journal's PostgreSQL database has an invalid driver parameter "+
			"(pool_…, default_query_exec_mode, …): %w", withoutDSN(err))
	}
	if _, given := single.RuntimeParams["pool_max_conns"]; !given {
		config.MaxConns = maxConns
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.ValidateConnect == nil {
		// After a failover the old primary may come back as a standby: that host is passed over, not used in vain.
		config.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "enlist"
	}
	return config, nil
}

// ambiguous reports whether a URL has an @ other than the one before the host. The password has one that is not encoded then, and
// part of it would be taken for the host or the database, which errors name.
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

// withoutDSN is the reason inside an error of ParseConfig, which repeats the DSN around it.
func withoutDSN(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return errors.New("the value is out of range")
}
