package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/sandbox"
)

// kept is a server whose journal a test damages.
type kept struct {
	*process
	t             *testing.T
	configuration *configv1.Config
	path          string // of its journal
}

func startKept(t *testing.T) *kept {
	t.Helper()
	vendors := httptest.NewServer(sandbox.New())
	t.Cleanup(vendors.Close)
	k := &kept{t: t, configuration: processConfig(vendors), path: filepath.Join(t.TempDir(), "enlist.db")}
	k.configuration.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: k.path}}}
	k.start()
	return k
}

func (k *kept) start() {
	k.t.Helper()
	k.process = startServer(k.t, filepath.Dir(k.path), k.configuration)
}

// create creates customers at Opencell, and returns how many responses have status 200.
func (k *kept) create(ids []string) (succeeded int) {
	k.t.Helper()
	var mu sync.Mutex
	var callers sync.WaitGroup
	turns := make(chan struct{}, 4)
	for _, id := range ids {
		turns <- struct{}{}
		callers.Go(func() {
			defer func() { <-turns }()
			body := fmt.Sprintf(`{"requestId": %q, "customer": {"id": "C%s", "name": {"familyName": "Smith"}, "billingAddress": {"countryCode": "FR"}}}`, id, id[:8])
			response, err := http.Post(k.rest+"/v1/providers/opencell/customers", "application/json", strings.NewReader(body))
			if err != nil {
				return
			}
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				mu.Lock()
				succeeded++
				mu.Unlock()
			}
		})
	}
	callers.Wait()
	return succeeded
}

func uuids(count int) (ids []string) {
	for range count {
		ids = append(ids, uuid.NewString())
	}
	return ids
}

// get returns the status and the body of a response of the admin port.
func (k *kept) get(path string) (int, string) {
	k.t.Helper()
	response, err := http.Get(k.admin + path)
	if err != nil {
		k.t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	_, _ = body.ReadFrom(response.Body)
	return response.StatusCode, body.String()
}

// becomes waits until /readyz has a status, and returns its body.
func (k *kept) becomes(want int) (body string) {
	k.t.Helper()
	status := 0
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if status, body = k.get("/readyz"); status == want {
			return body
		}
	}
	k.t.Fatalf("readyz: %d %s, want %d\n%s", status, body, want, k.said())
	return ""
}

// refuses checks that a server does not start, and what it says.
func (k *kept) refuses(want ...string) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 10*time.Second)
	defer cancel()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(k.configuration)
	if err != nil {
		k.t.Fatal(err)
	}
	out, err := exec.CommandContext(ctx, binary, "serve", "--config", write(k.t, string(text))).CombinedOutput()
	if err == nil || ctx.Err() != nil {
		k.t.Errorf("it serves: %s", out)
		return
	}
	for _, part := range want {
		if !strings.Contains(string(out), part) {
			k.t.Errorf("no %q in %s", part, out)
		}
	}
}

// checkSays checks what `check --connect` says of the journal.
func (k *kept) checkSays(failed bool, want string) {
	k.t.Helper()
	lines, _ := checkConnect(k.t, k.configuration)
	if line := lines["journal"]; strings.Contains(line, "FAILED") != failed || !strings.Contains(line, want) {
		k.t.Errorf("want %q in %q", want, line)
	}
}

func TestBitsFlipInTheLog(t *testing.T) {
	k := startKept(t)
	if succeeded := k.create(uuids(120)); succeeded != 120 {
		t.Fatalf("%d creations succeeded\n%s", succeeded, k.said())
	}
	k.end(syscall.SIGKILL)
	testkit.FlipBitsOfLog(t, k.path+"-wal")
	k.start()
	testkit.Eventually(t, "the log says it", func() bool {
		return strings.Contains(k.said(), "has forgotten records") && strings.Contains(k.said(), `"level":"ERROR"`)
	})
	if _, metrics := k.get("/metrics"); !strings.Contains(metrics, "\nenlist_journal_gap 1\n") {
		t.Error("the metrics say nothing")
	}
	k.checkSays(false, "a gap is open until")
	if status, body := k.get("/readyz"); status != http.StatusOK || !strings.Contains(body, `"gap":{"closes":"`) || !strings.Contains(body, `"since":"`) {
		t.Errorf("readyz: %d %s", status, body)
	}
}

// A backup is restored as docs/operations.md says. The server opens it with a gap, and keeps the
// old files.
func TestRestore(t *testing.T) {
	k := startKept(t)
	folder := filepath.Dir(k.path)
	ids := uuids(6)
	if succeeded := k.create(ids[:3]); succeeded != 3 {
		t.Fatalf("%d creations succeeded\n%s", succeeded, k.said())
	}
	copied := filepath.Join(folder, "copy.db")
	if text, err := k.runs("backup", copied); err != nil {
		t.Fatal(text)
	}
	k.create(ids[3:])
	if text, err := k.runs("restore", copied); err == nil || !strings.Contains(text, "another process uses the database") {
		t.Errorf("while the server runs: %s", text)
	}
	k.end(syscall.SIGTERM)
	notes := filepath.Join(folder, "notes.txt")
	if err := os.WriteFile(notes, []byte("no database, but longer than nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := k.runs("restore", notes); err == nil {
		t.Errorf("notes were restored: %s", text)
	}
	text, err := k.runs("restore", copied)
	if kept, _ := filepath.Glob(k.path + ".before-restore-*"); err != nil || len(kept) == 0 || !strings.Contains(text, kept[0]) {
		t.Fatalf("%v: %s, %v", err, text, kept)
	}
	k.checkSays(false, "the next start opens a gap")
	k.start()
	if _, metrics := k.get("/metrics"); !strings.Contains(metrics, "\nenlist_journal_gap 1\n") {
		t.Error("no gap is open")
	}
	if succeeded := k.create(ids); succeeded != 6 { // the lost ones are found
		t.Errorf("%d creations succeeded\n%s", succeeded, k.said())
	}
	k.end(syscall.SIGTERM)
	if text, err := k.runs("restore", copied); err != nil {
		t.Errorf("again: %s", text)
	}
}

// runs runs a command of enlist on the server's configuration.
func (k *kept) runs(name, argument string) (string, error) {
	k.t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(k.configuration)
	if err != nil {
		k.t.Fatal(err)
	}
	out, err := exec.Command(binary, name, "--config", write(k.t, string(text)), argument).CombinedOutput()
	return string(out), err
}

func TestDatabaseOfAKeyIsGone(t *testing.T) {
	k := startKept(t)
	k.create(uuids(3))
	k.end(syscall.SIGTERM)
	k.checkSays(false, "the keys are correct")
	for _, suffix := range []string{"", ".seq"} { // without the .seq file, the key alone shows it
		_ = os.Remove(k.path + suffix)
		other := map[string]string{"": ".key", ".seq": ".key"}[suffix]
		k.refuses(k.path, k.path+other, "from a backup", "delete")
		k.checkSays(true, k.path+other)
	}
	if err := os.WriteFile(k.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k.refuses(k.path, k.path+".key")
	for _, suffix := range []string{"", ".key"} { // as the message says
		_ = os.Remove(k.path + suffix)
	}
	k.start()
}

// A first start that ended at any step does not block the next one.
func TestFirstStartIsKilled(t *testing.T) {
	for name, leave := range map[string]func(path string) error{
		"nothing": func(string) error { return nil },
		"a file":  func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"tables": func(path string) error {
			store, err := sqlite.Open(context.Background(), path, sqlite.Options{})
			if err != nil {
				return err
			}
			return store.Close()
		},
		"tables and a key": func(path string) error {
			store, err := sqlite.Open(context.Background(), path, sqlite.Options{})
			if err != nil {
				return err
			}
			_ = store.Close()
			return os.WriteFile(path+".key", []byte(keyOne+"\n"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			vendors := httptest.NewServer(sandbox.New())
			defer vendors.Close()
			k := &kept{t: t, configuration: processConfig(vendors), path: filepath.Join(t.TempDir(), "enlist.db")}
			k.configuration.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: k.path}}}
			if err := leave(k.path); err != nil {
				t.Fatal(err)
			}
			k.checkSays(false, "connected")
			k.start()
			if succeeded := k.create(uuids(2)); succeeded != 2 {
				t.Errorf("%d creations succeeded", succeeded)
			}
		})
	}
}

func TestDamagedPages(t *testing.T) {
	k := startKept(t)
	ids := uuids(200)
	k.create(ids)
	k.end(syscall.SIGTERM)
	whole, err := os.ReadFile(k.path)
	if err != nil {
		t.Fatal(err)
	}
	k.start()
	testkit.OverwritePages(t, k.path, 0.25, 0.75)
	if succeeded := k.create(ids); succeeded == len(ids) {
		t.Fatal("no read met the damage")
	}
	if body := k.becomes(http.StatusServiceUnavailable); !strings.Contains(body, "NOT_SERVING") || !strings.Contains(body, "the journal is damaged; restore it from a backup") {
		t.Errorf("readyz: %s", body)
	}
	k.mustSay(t, "journal: the database is damaged", 1)
	k.end(syscall.SIGKILL)
	k.refuses("the database is damaged", "enlist backup")
	for _, suffix := range []string{"-wal", "-shm"} { // the way out
		_ = os.Remove(k.path + suffix)
	}
	if err := os.WriteFile(k.path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	k.start()
	if succeeded := k.create(ids); succeeded != len(ids) {
		t.Errorf("%d of %d creations repeated", succeeded, len(ids))
	}
}

func TestReadinessOfAFullDisk(t *testing.T) {
	k := startKept(t)
	limit := func(most uint64) {
		t.Helper()
		if err := unix.Prlimit(k.command.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: most, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	k.becomes(http.StatusOK)
	limit(0)
	if succeeded := k.create(uuids(1)); succeeded != 0 {
		t.Fatal("the disk is not full")
	}
	if body := k.becomes(http.StatusServiceUnavailable); !strings.Contains(body, "the journal cannot be written") {
		t.Errorf("readyz: %s", body)
	}
	if out, err := exec.Command(binary, "health", "--address", strings.TrimPrefix(k.admin, "http://")).CombinedOutput(); err == nil ||
		!strings.Contains(string(out), "the journal cannot be written") {
		t.Errorf("health: %v %s", err, out)
	}
	time.Sleep(3 * time.Second) // the store has tried to write
	k.becomes(http.StatusServiceUnavailable)
	for service, want := range map[string]healthv1.HealthCheckResponse_ServingStatus{
		"": healthv1.HealthCheckResponse_NOT_SERVING, "readiness": healthv1.HealthCheckResponse_NOT_SERVING,
		"liveness": healthv1.HealthCheckResponse_SERVING, "enlist.v1.CustomerService": healthv1.HealthCheckResponse_SERVING,
	} {
		got, err := healthv1.NewHealthClient(k.grpc).Check(t.Context(), &healthv1.HealthCheckRequest{Service: service})
		if err != nil || got.GetStatus() != want {
			t.Errorf("%q: %v, %v", service, got, err)
		}
	}
	limit(unix.RLIM_INFINITY)
	k.becomes(http.StatusOK)
	if succeeded := k.create(uuids(1)); succeeded != 1 {
		t.Error("no creation after it")
	}
}

// A check says whether a first start could make its files.
func TestCheckOfAFolderThatCannotBeWritten(t *testing.T) {
	vendors := httptest.NewServer(sandbox.New())
	defer vendors.Close()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(folder, "locked")
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(folder, "missing", "enlist.db"), filepath.Join(folder, "file", "enlist.db"), filepath.Join(locked, "enlist.db")} {
		if strings.HasPrefix(path, locked) && os.Getuid() == 0 {
			continue // root may write everywhere
		}
		config := cli.EmbeddedConfig(vendors.URL)
		config.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: path}}}
		if lines, failed := checkConnect(t, config); !failed || !strings.Contains(lines["journal"], "FAILED") {
			t.Errorf("%s: %s", path, lines["journal"])
		}
	}
}
