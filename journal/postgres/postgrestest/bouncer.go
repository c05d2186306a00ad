package postgrestest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var errNoBouncer = errors.New("found no PgBouncer. Run apt-get install pgbouncer, or make postgres")

// PoolMode is when PgBouncer gives a session to another client.
type PoolMode string

// The modes of PgBouncer.
const (
	// PerSession gives a session to another client when the client disconnects.
	PerSession PoolMode = "session"
	// PerTransaction gives it to another client after each transaction.
	PerTransaction PoolMode = "transaction"
)

// Bouncer starts a PgBouncer in front of the cluster, with a number of sessions for each database.
// It returns a function that turns a DSN of the cluster into one through PgBouncer. PgBouncer stops
// when the test ends.
func (c *Cluster) Bouncer(t testing.TB, mode PoolMode, sessions int) (through func(dsn string) string) {
	t.Helper()
	program, found := lookUp("pgbouncer")
	if !found {
		check(t, errNoBouncer)
	}
	folder, err := temporary("enlist-pgbouncer-", c.credential)
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	settings := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d user=enlist
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = %s
default_pool_size = %d
max_client_conn = 500
server_login_retry = 1
server_idle_timeout = 2
query_wait_timeout = 10
`, c.port, port, mode, sessions)
	if err := os.WriteFile(filepath.Join(folder, "pgbouncer.ini"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	const script = `"$1" -q "$2/pgbouncer.ini" </dev/null >"$2/log" 2>&1 & read -r _; kill -9 $!; rm -rf "$2"`
	stop, err := guard(c.credential, script, program, folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	for end := time.Now().Add(patience / 4); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(folder, "log"))
			t.Fatalf("PgBouncer does not start: %s", log)
		}
	}
	return func(dsn string) string {
		server, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		server.Host = address
		return server.String()
	}
}
