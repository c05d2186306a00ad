package sqlite_test

import (
	"bufio"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// opened is a store with its log and metrics.
type opened struct {
	*sqlite.Store
	log     testkit.LogBuffer
	metrics *prometheus.Registry
}

func openLogged(t *testing.T, path string) *opened {
	t.Helper()
	o := &opened{metrics: prometheus.NewRegistry()}
	var err error
	o.Store, err = sqlite.Open(t.Context(), path, sqlite.Options{Metrics: o.metrics, Log: slog.New(slog.NewTextHandler(&o.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

// hasGap checks whether the store has an open gap that says something.
func (o *opened) hasGap(t *testing.T, want bool, say string) {
	t.Helper()
	if gap := o.Gap(); gap.IsOpen() != want || !strings.Contains(gap.Why, say) {
		t.Errorf("the gap %+v, want open %v: %q", gap, want, say)
	}
}

// gauge returns the value of a metric.
func (o *opened) gauge(t *testing.T, name string) float64 {
	t.Helper()
	families, err := o.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// addRows adds rows that have ended.
func addRows(t *testing.T, store journal.Store, count int) (rows []*journal.Row) {
	t.Helper()
	for range count {
		row := &journal.Row{
			Principal: "billing", Provider: "opencell", RequestID: uuid.New(), State: enlistv1.OperationState_OPERATION_STATE_INTENT,
			Owner: "a", KeyID: 7, Outcome: []byte("sealed"),
		}
		if _, _, err := store.Insert(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		row.State, row.Owner = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED, ""
		if err := store.Update(t.Context(), row, -1); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// killedAfter runs a process that writes rows, and kills it after some of them. It returns the path
// of its journal.
func killedAfter(t *testing.T, rows int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "enlist.db")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childPath+"="+path)
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	for written := 0; lines.Scan(); {
		if written++; written == rows {
			child.Process.Kill()
		}
	}
	child.Wait()
	return path
}

// SQLite reads its log up to the first damaged frame, and says nothing.
func TestBitsFlipInTheLog(t *testing.T) {
	for range 3 {
		path := killedAfter(t, 120)
		testkit.FlipBitsOfLog(t, path+"-wal")
		if found, err := sqlite.Look(t.Context(), path); err != nil || !strings.Contains(found.Lost, "has forgotten records") {
			t.Errorf("Look: %+v, %v", found, err)
		}
		store := openLogged(t, path)
		store.hasGap(t, true, "has forgotten records: it once had record number")
		addRows(t, store, 300) // more than it has lost
		gap := store.Gap()
		store.Close()
		if again := openLogged(t, path).Gap(); !again.IsOpen() || !again.Opened.Equal(gap.Opened) { // it lasts
			t.Errorf("the gap is %+v after a start", again)
		}
		if found, err := sqlite.Look(t.Context(), path); err != nil || found.Lost != "" || !found.Gap.IsOpen() {
			t.Errorf("Look: %+v, %v", found, err)
		}
	}
}

// A kill alone forgets nothing, at any moment.
func TestKillForgetsNothing(t *testing.T) {
	for _, rows := range []int{1, 50, 400} {
		path := killedAfter(t, rows)
		if found, err := sqlite.Look(t.Context(), path); err != nil || found.Lost != "" {
			t.Errorf("Look: %+v, %v", found, err)
		}
		openLogged(t, path).hasGap(t, false, "")
	}
}

func TestOlderCopyOfTheDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	store := openLogged(t, path)
	newest := addRows(t, store, 10)[9]
	if err := sqlite.Backup(t.Context(), path, path+".copy"); err != nil {
		t.Fatal(err)
	}
	addRows(t, store, 5)
	store.Close()
	if err := os.Rename(path+".copy", path); err != nil {
		t.Fatal(err)
	}
	store = openLogged(t, path)
	store.hasGap(t, true, "had record number 15, and at a start the newest had number 10")
	if gap := store.Gap(); !gap.Since.Equal(newest.Created.Add(-10*time.Minute)) || !gap.Closes.Equal(gap.Opened.Add(journal.DefaultGapLasts)) {
		t.Errorf("the gap is %+v", gap)
	}
	store.Close()
	later := func() time.Time { return time.Now().Add(journal.DefaultGapLasts) }
	closed, err := sqlite.Open(t.Context(), path, sqlite.Options{Clock: later})
	if err != nil {
		t.Fatal(err)
	}
	if gap := closed.Gap(); gap.IsOpen() {
		t.Errorf("the gap is still %+v", gap)
	}
	closed.Close()
}

func TestAnotherDatabase(t *testing.T) {
	folder := t.TempDir()
	path, other := filepath.Join(folder, "enlist.db"), filepath.Join(folder, "other.db")
	for file, rows := range map[string]int{path: 3, other: 9} {
		store := openLogged(t, file)
		addRows(t, store, rows)
		store.Close()
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if found, err := sqlite.Look(t.Context(), path); err != nil || !strings.Contains(found.Lost, "another database") {
		t.Errorf("Look: %+v, %v", found, err)
	}
	openLogged(t, path).hasGap(t, true, "another database")
}

func TestDatabaseIsGone(t *testing.T) {
	for name, lose := range map[string]func(string) error{
		"deleted": os.Remove, "emptied": func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "enlist.db")
			store := openLogged(t, path)
			addRows(t, store, 3)
			store.Close()
			if err := lose(path); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the refusal changes nothing
				if _, err := sqlite.Look(t.Context(), path); err == nil || !strings.Contains(err.Error(), path+".seq") {
					t.Errorf("Look: %v", err)
				}
				again, err := sqlite.Open(t.Context(), path, sqlite.Options{})
				if err == nil {
					again.Close()
				}
				if err == nil || !strings.Contains(err.Error(), path+".seq") || !strings.Contains(err.Error(), "Restore a backup with") {
					t.Errorf("Open: %v", err)
				}
			}
			if err := os.Remove(path + ".seq"); err != nil {
				t.Fatal(err)
			}
			openLogged(t, path).hasGap(t, false, "")
		})
	}
}

// The number in the file is never higher than the database's, whatever a purge deletes.
func TestPurgeIsNoLoss(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	for step := range 4 {
		store := openLogged(t, path)
		store.hasGap(t, false, "")
		addRows(t, store, step)
		soon := time.Now().Add(time.Minute)
		if _, n, err := store.Purge(t.Context(), "opencell", journal.Before{Payload: soon, Outcome: soon}, 100); n != step || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if found, err := sqlite.Look(t.Context(), path); err != nil || found.Lost != "" {
			t.Errorf("Look: %+v, %v", found, err)
		}
		store.Close()
	}
}

// A file that is torn or missing is no loss, and neither is a journal of a version without the
// file.
func TestSequenceFileIsMissing(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path string){
		"missing": func(t *testing.T, path string) { os.Remove(path + ".seq") },
		"torn":    func(t *testing.T, path string) { os.Truncate(path+".seq", 30) },
		"changed": func(t *testing.T, path string) {
			text, _ := os.ReadFile(path + ".seq")
			text[39]++
			os.WriteFile(path+".seq", text, 0o600)
		},
		"older version": func(t *testing.T, path string) {
			os.Remove(path + ".seq")
			execute(t, path, `DELETE FROM secrets WHERE name = 'identity'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "enlist.db")
			store := openLogged(t, path)
			addRows(t, store, 3)
			store.Close()
			change(t, path)
			store = openLogged(t, path)
			store.hasGap(t, false, "")
			if warned := strings.Contains(store.log.String(), "missing or damaged"); warned != (name != "older version") {
				t.Errorf("the log: %s", store.log.String())
			}
			addRows(t, store, 2)
			store.Close()
			execute(t, path, `DELETE FROM operations WHERE id > 4`)
			openLogged(t, path).hasGap(t, true, "had record number 5, and at a start the newest had number 4")
		})
	}
}

// After a kill, the log is in the database before the store is used.
func TestLogIsCopiedAtTheStart(t *testing.T) {
	path := killedAfter(t, 50)
	count := func(path string) int {
		store := openLogged(t, path)
		rows, err := store.List(t.Context(), journal.Query{Everybody: true, Limit: 100_000})
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	all := count(path)
	database, err := os.ReadFile(path) // without its log
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "enlist.db")
	if err := os.WriteFile(alone, database, 0o600); err != nil {
		t.Fatal(err)
	}
	if rows := count(alone); rows != all || all < 50 {
		t.Errorf("%d of %d rows are in the database", rows, all)
	}
}
