package cli_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// The first start on PostgreSQL migrates it and logs nothing but JSON. `check --connect` says how
// the journal is reached.
func TestPostgres(t *testing.T) {
	cluster := postgrestest.Start(t)
	dsn := cluster.Database(t)
	through := cluster.Bouncer(t, postgrestest.PerTransaction, 5)
	vendors, vendorsURL := startSandbox(t)
	defer stop(t, vendors)
	config := cli.EmbeddedConfig(vendorsURL)
	config.Grpc.Address, config.Http.Address = testkit.FreeAddress(t), testkit.FreeAddress(t)
	config.Journal = &configv1.Journal{EncryptionKeys: []string{keyOne}}
	check := func(dsn, want string) {
		t.Helper()
		config.Journal.Store = &configv1.Journal_Postgres{Postgres: &configv1.Postgres{Dsn: dsn}}
		if lines, failed := checkConnect(t, config); failed || !strings.Contains(lines["journal"], want) {
			t.Errorf("%s: not %s", lines["journal"], want)
		}
	}
	check(dsn, "connected directly; the first start creates the schema")

	server := exec.Command(binary, "serve", "--config", asFile(t, config))
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if exec.Command(binary, "health", "--address", config.GetHttp().GetAddress()).Run() == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop(t, server)
	if !strings.Contains(log.String(), "migrated the journal") {
		t.Errorf("no migration in the log: %s", log.String())
	}
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}

	check(dsn, "connected directly, the keys are correct")
	check(through(dsn), "connected behind a pooler in transaction mode, the keys are correct")
	check(cluster.Bouncer(t, postgrestest.PerSession, 5)(dsn), "connected behind a pooler in session mode, the keys are correct")

	config.Journal.Store = &configv1.Journal_Postgres{Postgres: &configv1.Postgres{Dsn: dsn}}
	out, err := exec.Command(binary, "restore", "--config", asFile(t, config)).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "The journal has a gap until ") {
		t.Errorf("restore: %s", out)
	}
	check(dsn, "the keys are correct; a gap is open until ")
}
