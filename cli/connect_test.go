package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

const (
	keyOne     = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	keyAnother = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
)

// `check --connect` reports the state of each connection, creates nothing, and shows no secret.
func TestCheckConnect(t *testing.T) {
	vendors, vendorsURL := startSandbox(t)
	defer stop(t, vendors)
	nobody := "http://" + testkit.FreeAddress(t)
	byName := func(config *configv1.Config) map[string]*configv1.Provider {
		all := map[string]*configv1.Provider{}
		for _, provider := range config.GetProviders() {
			all[provider.GetName()] = provider
		}
		return all
	}
	for name, test := range map[string]struct {
		change func(*configv1.Config)
		faults []string          // vendors whose next response is slow, or an error
		fault  sandbox.FaultKind // slow or an error
		failed map[string]string // connection → the text of its line
	}{
		"all well": {},
		"wrong credentials": {
			change: func(config *configv1.Config) {
				all := byName(config)
				all["opencell"].GetOpencell().Password = "s3cret-wrong"
				all["sellandsign"].GetSellAndSign().Token = "s3cret-wrong"
				all["valomnia"].GetValomnia().Password = "s3cret-wrong"
				all["caliq"].GetCaliq().ApiKey = "s3cret-wrong"
				all["avvio"].GetAvvio().Password = "s3cret-wrong"
			},
			failed: map[string]string{
				"opencell": "rejected the credentials", "sellandsign": "rejected the credentials", "valomnia": "rejected the credentials",
				"caliq": "rejected the credentials", "avvio": "rejected the credentials",
			},
		},
		"unreachable": {
			change: func(config *configv1.Config) { byName(config)["caliq"].GetCaliq().BaseUrl = nobody },
			failed: map[string]string{"caliq": "cannot connect to " + nobody + ": connection refused. Check base_url, the network and the proxy."},
		},
		"unreachable login": {
			change: func(config *configv1.Config) {
				byName(config)["valomnia"].GetValomnia().BaseUrl = nobody
			},
			failed: map[string]string{"valomnia": "cannot connect to " + nobody + ": connection refused."},
		},
		"another base_url": {
			change: func(config *configv1.Config) {
				byName(config)["opencell"].GetOpencell().BaseUrl = vendorsURL + "/elsewhere"
			},
			failed: map[string]string{"opencell": "base_url"},
		},
		"slow":        {faults: []string{"caliq"}, fault: sandbox.Latency, failed: map[string]string{"caliq": "deadline exceeded"}},
		"500":         {faults: []string{"avvio", "opencell"}, fault: sandbox.Status500, failed: map[string]string{"avvio": "HTTP status 500", "opencell": "Repeat the command later."}},
		"no database": {change: func(config *configv1.Config) { usePostgres(config, nobody) }, failed: map[string]string{"journal": "connection refused"}},
	} {
		t.Run(name, func(t *testing.T) {
			config := cli.EmbeddedConfig(vendorsURL)
			folder := t.TempDir()
			config.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: filepath.Join(folder, "enlist.db")}}}
			if test.change != nil {
				test.change(config)
			}
			for _, vendor := range test.faults {
				order := fmt.Sprintf(`{"vendor":%q,"operation":"*","kind":%q}`, vendor, test.fault)
				if test.fault == sandbox.Latency {
					order = fmt.Sprintf(`{"vendor":%q,"operation":"*","kind":"latency","delay_ms":60000}`, vendor)
				}
				sandboxtest.Order(t, vendorsURL, order)
			}
			began := time.Now()
			lines, failed := checkConnect(t, config)
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("it took %s with a timeout of 2s", took)
			}
			if failed != (len(test.failed) > 0) {
				t.Errorf("failed %t", failed)
			}
			for _, connection := range []string{"journal", "opencell", "sellandsign", "valomnia", "caliq", "avvio"} {
				line, want := lines[connection], test.failed[connection]
				if (want == "") == strings.Contains(line, "FAILED") || !strings.Contains(line, want) {
					t.Errorf("want %q in %q", want, line)
				}
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
				t.Errorf("it made %v, %v", left, err)
			}
		})
	}
}

func usePostgres(config *configv1.Config, address string) {
	config.Journal = &configv1.Journal{
		Store: &configv1.Journal_Postgres{Postgres: &configv1.Postgres{
			Dsn: "postgres://enlist:s3cret-dsn@" + strings.TrimPrefix(address, "http://") + "/enlist?sslmode=disable",
		}},
		EncryptionKeys: []string{keyOne},
	}
}

// The configured keys must be able to read an existing journal, even while a server runs.
func TestCheckConnectJournal(t *testing.T) {
	vendors, vendorsURL := startSandbox(t)
	defer stop(t, vendors)
	config := cli.EmbeddedConfig(vendorsURL)
	config.Grpc.Address, config.Http.Address = testkit.FreeAddress(t), testkit.FreeAddress(t)
	config.Journal = &configv1.Journal{
		Store:          &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: filepath.Join(t.TempDir(), "enlist.db")}},
		EncryptionKeys: []string{keyOne},
	}
	server := exec.Command(binary, "serve", "--config", asFile(t, config))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer stop(t, server)
	for range 100 {
		if exec.Command(binary, "health", "--address", config.GetHttp().GetAddress()).Run() == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if lines, failed := checkConnect(t, config); failed || !strings.Contains(lines["journal"], "the keys are correct") {
		t.Errorf("beside a running server: %s", lines["journal"])
	}
	config.Journal.EncryptionKeys = []string{keyAnother}
	if lines, failed := checkConnect(t, config); !failed || !strings.Contains(lines["journal"], "Add that key to journal.encryption_keys again") {
		t.Errorf("with another key: %s", lines["journal"])
	}
}

// Beside another key, the key that Enlist generated is missing. The error names its file.
func TestRotateTheGeneratedKey(t *testing.T) {
	vendors, vendorsURL := startSandbox(t)
	defer stop(t, vendors)
	config := cli.EmbeddedConfig(vendorsURL)
	config.Grpc.Address, config.Http.Address = testkit.FreeAddress(t), testkit.FreeAddress(t)
	path := filepath.Join(t.TempDir(), "enlist.db")
	config.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: path}}}
	start := func() string {
		t.Helper()
		var said bytes.Buffer
		server := exec.Command(binary, "serve", "--config", asFile(t, config))
		server.Stdout, server.Stderr = &said, &said
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if exec.Command(binary, "health", "--address", config.GetHttp().GetAddress()).Run() == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
		return said.String()
	}
	start()
	if err := os.Chmod(path+".key", 0o644); err != nil {
		t.Fatal(err)
	}
	open := path + ".key can be read by others: chmod 600"
	if said := start(); !strings.Contains(said, open) {
		t.Errorf("serve says %s", said)
	}
	if lines, failed := checkConnect(t, config); failed || !strings.Contains(lines["journal"], "; "+open) {
		t.Errorf("check says %s", lines["journal"])
	}
	config.Journal.EncryptionKeys = []string{keyOne}
	want := `Enlist generated it: add "file:` + path + `.key"`
	if said := start(); !strings.Contains(said, want) {
		t.Errorf("serve says %s", said)
	}
	if lines, failed := checkConnect(t, config); !failed || !strings.Contains(lines["journal"], want) {
		t.Errorf("check says %s", lines["journal"])
	}
	config.Journal.EncryptionKeys = []string{"file:" + path + ".key", keyOne}
	if lines, failed := checkConnect(t, config); failed {
		t.Errorf("check says %s", lines["journal"])
	}

	// Another missing key is not that one.
	start()
	config.Journal.EncryptionKeys = []string{keyOne}
	if err := os.WriteFile(path+".key", []byte(keyAnother+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if lines, failed := checkConnect(t, config); !failed || strings.Contains(lines["journal"], "generated") {
		t.Errorf("check says %s", lines["journal"])
	}
}

// checkConnect runs `check --connect` and returns the line of each connection.
func checkConnect(t *testing.T, config *configv1.Config) (lines map[string]string, failed bool) {
	t.Helper()
	out, err := exec.Command(binary, "check", "--connect", "--timeout=2s", "--config", asFile(t, config)).CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("%v\n%s", err, out)
	}
	demo := sandboxtest.DemoCredentials()
	for _, secret := range []string{
		"s3cret", keyOne, demo.Opencell.Password, demo.Opencell.ClientSecret, demo.SellAndSign.Token, demo.Valomnia.Password, demo.Caliq.APIKey, demo.Avvio.Password,
	} {
		if strings.Contains(string(out), secret) {
			t.Errorf("a secret shows: %s", out)
		}
	}
	lines = map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, _, _ := strings.Cut(line, " ")
		lines[name] = line
	}
	return lines, err != nil
}

func asFile(t *testing.T, config *configv1.Config) string {
	t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, string(text))
}
