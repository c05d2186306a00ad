package postgres

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

func TestPasswordIsNotInErrors(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"refused":                   "postgres://u:hunter2secret@127.0.0.1:1/db?sslmode=disable&connect_timeout=2",
		"refused, keywords":         "host=127.0.0.1 port=1 user=u password=hunter2secret dbname=db connect_timeout=2",
		"unknown host":              "postgres://u:hunter2secret@no.such.host.invalid/db?connect_timeout=2",
		"bad port":                  "postgres://u:hunter2secret@127.0.0.1:port/db",
		"port too large":            "postgres://u:hunter2secret@127.0.0.1:99999/db",
		"slash in the password":     "postgres://u:12/hunter2secret@127.0.0.1:1/db",
		"question mark in it":       "postgres://u:12?hunter2secret@127.0.0.1:1/db",
		"hash in it":                "postgres://u:12#hunter2secret@127.0.0.1:1/db",
		"at in it":                  "postgres://u:a@hunter2secret@127.0.0.1:1/db",
		"percent in it":             "postgres://u:%zzhunter2secret@127.0.0.1:1/db",
		"bracket in it":             "postgres://u:[hunter2secret@127.0.0.1:1/db",
		"control character in it":   "postgres://u:hunter2secret\x7f@127.0.0.1:1/db",
		"NUL in it":                 "postgres://u:hunter2secret\x00@127.0.0.1:1/db",
		"another scheme":            "mysql://u:hunter2secret@127.0.0.1:1/db",
		"no scheme":                 "u:hunter2secret@127.0.0.1:1/db",
		"quote not closed":          "host=127.0.0.1 password='hunter2secret",
		"space in it, not quoted":   "host=127.0.0.1 port=1 password=a hunter2secret",
		"sslmode":                   "postgres://u:hunter2secret@127.0.0.1:1/db?sslmode=hunter",
		"sslrootcert":               "postgres://u:hunter2secret@127.0.0.1:1/db?sslmode=verify-full&sslrootcert=/nowhere",
		"pool_max_conns":            "postgres://u:hunter2secret@127.0.0.1:1/db?pool_max_conns=many",
		"pool_max_conns too small":  "postgres://u:hunter2secret@127.0.0.1:1/db?pool_max_conns=0",
		"pool_max_conn_lifetime":    "postgres://u:hunter2secret@127.0.0.1:1/db?pool_max_conn_lifetime=x",
		"default_query_exec_mode":   "postgres://u:hunter2secret@127.0.0.1:1/db?default_query_exec_mode=x",
		"exec mode":                 "postgres://u:hunter2secret@127.0.0.1:1/db?default_query_exec_mode=exec",
		"simple protocol":           "postgres://u:hunter2secret@127.0.0.1:1/db?default_query_exec_mode=simple_protocol",
		"password as a parameter":   "postgres://127.0.0.1:1/db?user=u&password=hunter2secret&connect_timeout=2",
		"password and bad sslmode ": "host=127.0.0.1 password=hunter2secret sslmode=x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			store, err := Open(ctx, dsn, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if err == nil {
				store.Close()
				t.Fatal("opened")
			}
			if text := err.Error() + log.String(); strings.Contains(text, "hunter2secret") {
				t.Errorf("%s", text)
			}
			if !strings.HasPrefix(err.Error(), "journal.postgres.dsn: ") {
				t.Errorf("%v: does not say what it is about", err)
			}
			t.Log(err)
		})
	}
}

func TestWrongPasswordIsNotInErrors(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	dsn := strings.Replace(cluster.Database(t), "enlist@", "nobody_of_that_name:hunter2secret@", 1)
	if _, err := Open(t.Context(), dsn, Options{}); err == nil || strings.Contains(err.Error(), "hunter2secret") {
		t.Error(err)
	}
}

// Look fails for a user who may not create what the first start creates, as Open does.
func TestUserMayNotCreate(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	owner := cluster.Database(t)
	cluster.Exec(t, owner, `CREATE ROLE reader LOGIN`)
	dsn := strings.Replace(owner, "enlist@", "reader@", 1)
	if _, err := Look(t.Context(), dsn, SingleNode); !errors.Is(err, errNoSchema) {
		t.Errorf("without a schema: %v", err)
	}
	if _, err := Open(t.Context(), dsn, Options{}); !errors.Is(err, errNoSchema) {
		t.Errorf("Open: %v", err)
	}
	cluster.Exec(t, owner, `CREATE SCHEMA enlist`)
	cluster.Exec(t, owner, `GRANT USAGE ON SCHEMA enlist TO reader`)
	if _, err := Look(t.Context(), dsn, SingleNode); !errors.Is(err, errNotOwner) {
		t.Errorf("in a schema of another user: %v", err)
	}
	cluster.Exec(t, owner, `GRANT ALL ON SCHEMA enlist TO reader`)
	if found, err := Look(t.Context(), dsn, SingleNode); err != nil || !found.New {
		t.Errorf("with the right to create: %v", err)
	}
}

func TestPoolSize(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]int32{
		"postgres://u@h/db":                   maxConns,
		"postgres://u@h/db?pool_max_conns=3":  3,
		"host=h user=u":                       maxConns,
		"host=h user=u pool_max_conns=4":      4,
		"postgres://u:p%40%2F@h/db":           maxConns,
		"host=h user=u password='a://b@c@d'":  maxConns,
		"postgresql://u@h,h2:1/db":            maxConns,
		"postgres:///db?host=/var/run&user=u": maxConns,
	} {
		config, err := parse(dsn)
		if err != nil {
			t.Errorf("%s: %v", dsn, err)
			continue
		}
		if config.MaxConns != want {
			t.Errorf("%s: %d connections, not %d", dsn, config.MaxConns, want)
		}
	}
}

// Settings of the role or the DSN do not change how statements run.
func TestSessionSettings(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	for asked, want := range map[string]string{"0": "10s", "1234": "1234ms"} {
		store := open(t, cluster.Database(t)+"&statement_timeout="+asked+"&default_transaction_isolation=serializable")
		var timeout, isolation string
		err := store.pool.QueryRow(t.Context(), `SELECT current_setting('statement_timeout'), current_setting('transaction_isolation')`).
			Scan(&timeout, &isolation)
		if err != nil || timeout != want || isolation != "read committed" {
			t.Errorf("asked for %s: %s, %s, %v", asked, timeout, isolation, err)
		}
	}
}

// Errors do not repeat values that PostgreSQL refuses.
func TestValuesAreNotInErrors(t *testing.T) {
	t.Parallel()
	store := open(t, postgrestest.Shared(t).Database(t))
	for _, change := range []string{"hunter2secret\x00", "hunter2secret\xff", strings.Repeat("hunter2secret", 1000)} {
		row := newRow("a")
		row.Principal = change + strings.Repeat("x", len(change)%7)
		_, _, err := store.Insert(t.Context(), row)
		if err != nil && strings.Contains(err.Error(), "hunter2secret") {
			t.Error(err)
		}
		t.Log(err)
	}
}
