//go:build linux

package journal_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal"
)

// register is a store that notes which replicas were said to be dead.
type register struct {
	heart
	mutex sync.Mutex
	dead  []string
	fails bool
}

func (r *register) Beat(ctx context.Context, replica string, alive time.Duration) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if alive == 0 && r.fails {
		return errors.New("away")
	}
	if alive == 0 {
		r.dead = append(r.dead, replica)
	}
	return r.heart.Beat(ctx, replica, alive)
}

func (r *register) buried() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.dead)
}

// openIn opens a journal with a state folder. Journals with the same index secret are the same.
func openIn(t *testing.T, folder, replica string, r *register, log *slog.Logger) *journal.Journal {
	t.Helper()
	j, err := journal.New(t.Context(), r, journal.Options{
		Keys: [][]byte{key('a')}, Replica: replica, Lease: 200 * time.Millisecond, StateFolder: folder, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// replicaProcess is a process of this test with a replica in a state folder.
const replicaProcess = "ENLIST_TEST_MARK"

// TestReplicaProcess is no test: it is the process that startReplica starts.
func TestReplicaProcess(t *testing.T) {
	folder := os.Getenv(replicaProcess)
	if folder == "" {
		t.Skip("it runs only as the process of another test")
	}
	secret, err := os.ReadFile(filepath.Join(folder, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	r := &register{}
	r.secret = secret
	openIn(t, filepath.Join(folder, "replicas"), "earlier", r, slog.New(slog.DiscardHandler))
	_, _ = os.Stdout.WriteString("ready\n")
	_, _ = io.Copy(io.Discard, os.Stdin) // for ever
}

// startReplica starts a replica named "earlier" in a folder. Later replicas there need the secret
// to have the same journal.
func startReplica(t *testing.T) (process *exec.Cmd, folder string, secret []byte) {
	t.Helper()
	folder = t.TempDir()
	first := &register{}
	openIn(t, "", "first", first, slog.New(slog.DiscardHandler))
	if err := os.WriteFile(filepath.Join(folder, "secret"), first.secret, 0o600); err != nil {
		t.Fatal(err)
	}
	process = exec.Command(os.Args[0], "-test.run=^TestReplicaProcess$")
	process.Env = append(os.Environ(), replicaProcess+"="+folder)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = process.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the replica does not start: %q, %v", line, err)
	}
	return process, filepath.Join(folder, "replicas"), first.secret
}

func onlyMark(t *testing.T, folder string) string {
	t.Helper()
	marks, err := filepath.Glob(filepath.Join(folder, "*-earlier"))
	if err != nil || len(marks) != 1 {
		t.Fatalf("marks %q, %v", marks, err)
	}
	return marks[0]
}

// A replica takes over at once from a replica whose process was killed, and not while that process
// may still run.
func TestMark(t *testing.T) {
	process, folder, secret := startReplica(t)
	mark := onlyMark(t, folder)
	text, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	r := &register{fails: true}
	r.secret = secret
	log := &testkit.LogBuffer{}
	openIn(t, folder, "later", r, slog.New(slog.NewTextHandler(log, nil)))
	other := &register{} // another journal in the same folder
	openIn(t, folder, "stranger", other, slog.New(slog.DiscardHandler))
	forge := func(text []byte) error {
		return os.WriteFile(strings.TrimSuffix(mark, "earlier")+"forged", text, 0o600)
	}
	for what, do := range map[string]func() error{
		"it runs":                             func() error { return nil },
		"it sleeps":                           func() error { return process.Process.Signal(syscall.SIGSTOP) },
		"there is a copy of its mark":         func() error { return forge(text) },
		"there is a mark of an earlier start": func() error { return forge(append([]byte("0"), text[1:]...)) },
		"there is a mark without a text":      func() error { return forge(nil) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if time.Sleep(200 * time.Millisecond); len(r.buried()) > 0 { // four heartbeats
			t.Fatalf("%s, and it was said to be dead", what)
		}
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	if time.Sleep(200 * time.Millisecond); !strings.Contains(log.String(), "could not take over") { // the store fails
		t.Errorf("log %s", log.String())
	}
	r.mutex.Lock()
	r.fails = false
	r.mutex.Unlock()
	for end := time.Now().Add(10 * time.Second); len(r.buried()) == 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	if dead := r.buried(); !slices.Equal(dead, []string{"earlier"}) || len(other.buried()) > 0 {
		t.Errorf("dead: %q, and in the other journal %q", dead, other.buried())
	}
	if _, err := os.Stat(mark); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the mark of the dead replica is still there: %v", err)
	}
}

// A replica that ends leaves no mark. Without a folder that can serve, a replica starts all the
// same and says so.
func TestNoMark(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "replicas")
	if err := openIn(t, folder, "a", &register{}, slog.New(slog.DiscardHandler)).Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("left: %v, %v", files, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if err := openIn(t, filepath.Join(file, "x"), "a", &register{}, slog.New(slog.NewTextHandler(&log, nil))).Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "cannot use the state folder") {
		t.Errorf("log %s", log.String())
	}
}
