package postgrestest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// standbyName is the application_name of standbys.
const standbyName = "enlist_standby"

// Standby starts a synchronous standby of the cluster. From then on, each commit waits for it. The
// standby stops when the test ends.
func (c *Cluster) Standby(t testing.TB) *Cluster {
	t.Helper()
	s, err := prepare()
	check(t, err)
	t.Cleanup(s.Stop)
	data := filepath.Join(s.folder, "data")
	if err := s.run("pg_basebackup", "--no-sync", "--checkpoint=fast", "-D", data, "-d", c.DSN("postgres")); err != nil {
		t.Fatal(err)
	}
	err = s.configure(fmt.Sprintf(`
unix_socket_directories = '%s'
primary_conninfo = 'host=127.0.0.1 port=%d user=enlist application_name=%s'
wal_retrieve_retry_interval = 100ms
`, s.folder, c.port, standbyName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "standby.signal"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.startOnFreePort(); err != nil {
		t.Fatal(err)
	}
	if err := c.configure("synchronous_standby_names = '" + standbyName + "'\n"); err != nil {
		t.Fatal(err)
	}
	if err := c.control("reload"); err != nil {
		t.Fatal(err)
	}
	c.WaitFor(t, `SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')`)
	return s
}

// Halt stops the server until Launch.
func (c *Cluster) Halt(t testing.TB, mode Mode) {
	t.Helper()
	if err := c.control("stop", "-m", string(mode)); err != nil {
		t.Fatal(err)
	}
}

// Launch starts the server again, on the same port.
func (c *Cluster) Launch(t testing.TB) {
	t.Helper()
	if err := c.control("start"); err != nil {
		t.Fatal(err)
	}
}

// Promote makes a standby a primary.
func (c *Cluster) Promote(t testing.TB) {
	t.Helper()
	if err := c.control("promote"); err != nil {
		t.Fatal(err)
	}
}

// WaitFor waits until a query returns true. Meanwhile the server may be out of reach.
func (c *Cluster) WaitFor(t testing.TB, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience/4)
	defer cancel()
	for {
		holds, err := c.ask(ctx, sql)
		if holds {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%s: %t, %v", sql, holds, err)
		}
	}
}

func (c *Cluster) ask(ctx context.Context, sql string) (holds bool, err error) {
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, sql).Scan(&holds)
	return holds, err
}

// Host returns the host and the port of the server.
func (c *Cluster) Host() string { return fmt.Sprintf("127.0.0.1:%d", c.port) }

// Asynchronous makes commits no longer wait for a standby.
func (c *Cluster) Asynchronous(t testing.TB) {
	t.Helper()
	check(t, c.configure("synchronous_standby_names = ''\n"))
	check(t, c.control("reload"))
	c.WaitFor(t, `SELECT NOT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')`)
}

// CaughtUp waits until the standby has everything that the server has.
func (c *Cluster) CaughtUp(t testing.TB) {
	t.Helper()
	c.WaitFor(t, `SELECT EXISTS (SELECT FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_flush_lsn())`)
}
