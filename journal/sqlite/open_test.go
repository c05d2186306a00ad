package sqlite_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// childPath makes this test binary a process that writes rows into a journal until a kill.
const childPath = "ENLIST_TEST_JOURNAL"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		writeUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}

func writeUntilKilled(path string) {
	store, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for range 8 {
		go func() {
			for {
				row := &journal.Row{
					Principal: "billing", Provider: "opencell", RequestID: uuid.New(), State: enlistv1.OperationState_OPERATION_STATE_INTENT,
					Owner: "child", Exclusive: []byte(rand.Text()), KeyID: 7, Outcome: []byte("sealed"),
				}
				if _, _, err := store.Insert(context.Background(), row); err == nil {
					fmt.Println(row.RequestID)
				}
			}
		}()
	}
	select {}
}

// After a kill, the file holds every row whose write the process has confirmed. Another process can
// open the file.
func TestKilledProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childPath+"="+path)
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []uuid.UUID
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		id, err := uuid.Parse(lines.Text())
		if err != nil {
			if len(ids) > 200 {
				break // the kill cut this line off
			}
			t.Fatal(lines.Text())
		}
		if ids = append(ids, id); len(ids) == 200 {
			if _, err := sqlite.Open(t.Context(), path, sqlite.Options{}); !errors.Is(err, journal.ErrInUse) {
				t.Errorf("%v: not that another process has it open", err)
			}
			child.Process.Kill()
		}
	}
	child.Wait()
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, id := range ids {
		if row, err := store.Get(t.Context(), "billing", "opencell", id); err != nil || row == nil {
			t.Fatalf("%v of %d: %v, %v", id, len(ids), row, err)
		}
	}
	if rows, err := store.Claim(t.Context(), "parent", 1000); err != nil || len(rows) < 200 {
		t.Fatalf("%d rows of the dead process were claimed, %v", len(rows), err)
	}
}

func TestPathsThatCannotBe(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(folder, "locked")
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                                  "is not a file path",
		":memory:":                          "is not a file path",
		filepath.Join(folder, "no", "x.db"): "the folder " + filepath.Join(folder, "no") + " of the journal does not exist. Create it",
		filepath.Join(file, "x.db"):         "is not a folder",
		folder:                              "Set the path of a file",
		file:                                "cannot open the journal " + file,
		filepath.Join(locked, "x.db"):       "Let this user write in the folder " + locked,
	} {
		if strings.HasPrefix(path, locked) && os.Getuid() == 0 {
			continue // root may write everywhere
		}
		store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err == nil {
			store.Close()
			t.Errorf("%q was opened", path)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v\nnot: %s", path, err, want)
		}
		checked := sqlite.CheckAccess(path)
		if isContent := path == file; isContent != (checked == nil) && !strings.HasPrefix(path, locked) || checked != nil && !strings.Contains(checked.Error(), want) {
			t.Errorf("%q: CheckAccess says %v", path, checked)
		}
	}
}

func TestFilesAreTheUsersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a name with %, # and ?.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v", suffix, info.Mode())
		}
	}
}

func TestCloseCopiesTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a log is left: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// After the clock is set back, no row waits longer than the limit.
func TestClockIsSetBack(t *testing.T) {
	now := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "enlist.db"), sqlite.Options{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	row := &journal.Row{
		Principal: "billing", Provider: "opencell", RequestID: uuid.New(), State: enlistv1.OperationState_OPERATION_STATE_INTENT,
		Owner: "a", KeyID: 7, Outcome: []byte("sealed"),
	}
	if _, _, err := store.Insert(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	row.State, row.Owner = enlistv1.OperationState_OPERATION_STATE_UNKNOWN, ""
	if err := store.Update(t.Context(), row, 1000*time.Hour); err != nil {
		t.Fatal(err)
	}
	if want := now.Add(time.Hour); !row.Due.Equal(want) {
		t.Fatalf("due at %v, not at %v at the latest", row.Due, want)
	}
	claimed := func() int {
		t.Helper()
		rows, err := store.Claim(t.Context(), "a", 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	if n := claimed(); n != 0 {
		t.Fatalf("%d claimed an hour too soon", n)
	}
	now = now.Add(-time.Microsecond)
	if n := claimed(); n != 1 {
		t.Fatalf("%d claimed, not the one that is due further ahead than any can be", n)
	}
}
