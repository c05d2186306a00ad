package sqlite_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// written are the parts of a row in all versions that it ever had.
type written struct {
	row   *journal.Row
	parts [][]byte
}

// Nothing of an erased row is left in the files, whatever pages its versions were on: also of those
// that were replaced, grew, or were moved by their neighbours.
func TestNothingIsLeftOfAnErasedRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	random := mathrand.New(mathrand.NewPCG(1, 2))
	part := func() []byte { // most on one page with others, some on pages of their own
		data := make([]byte, []int{200, 700, 2500, 9000, 60000}[random.IntN(5)]+random.IntN(300))
		_, _ = rand.Read(data)
		return data
	}
	var all []*written
	for range 100 {
		row := &journal.Row{
			Principal: "p", Provider: "v", RequestID: uuid.New(), State: enlistv1.OperationState_OPERATION_STATE_INTENT, Owner: "a",
			Exclusive: part()[:32], KeyID: 7, Outcome: part(), Request: part(),
		}
		if _, _, err := store.Insert(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		all = append(all, &written{row, [][]byte{row.Outcome, row.Request}})
	}
	for range 300 {
		one := all[random.IntN(len(all))]
		one.row.Outcome, one.row.Request, one.row.Exchanges = part(), part(), part()
		one.row.State, one.row.Exclusive, one.row.Owner = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED, nil, ""
		if err := store.Update(t.Context(), one.row, -1); err != nil {
			t.Fatal(err)
		}
		one.parts = append(one.parts, one.row.Outcome, one.row.Request, one.row.Exchanges)
	}
	for _, one := range all[:50] {
		tombstone := &journal.Row{
			Principal: "p", Provider: "v", RequestID: one.row.RequestID, Version: one.row.Version, KeyID: 7, Outcome: []byte("tombstone"),
			State: enlistv1.OperationState_OPERATION_STATE_ERASED,
		}
		if err := store.Erase(t.Context(), tombstone); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := store.Scrub(t.Context()); err != nil || len(left) > 0 {
		t.Fatalf("left %q, %v", left, err)
	}
	files := readAll(t, path)
	for i, one := range all {
		last := len(one.parts) - 3
		for version, part := range one.parts {
			erased := i < 50
			if !erased && version < max(last, 2) {
				continue // replaced and kept
			}
			if found := holds(files, part); found == erased && (erased || version >= last) {
				t.Errorf("row %d: part %d of %d (%d bytes): found %t", i, version, len(one.parts), len(part), found)
			}
		}
	}
}

// holds reports whether the files have any 24 bytes of a part, at its start, its middle or its end.
func holds(files []byte, part []byte) bool {
	for _, at := range []int{0, len(part) / 2, len(part) - 24} {
		if bytes.Contains(files, part[at:at+24]) {
			return true
		}
	}
	return false
}

func readAll(t *testing.T, path string) (all []byte) {
	t.Helper()
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content...)
	}
	return all
}

// While a reader holds the log, such as a backup, Scrub waits, and writes go on.
func TestScrubBesideAReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	insert := func() {
		t.Helper()
		within, cancel := context.WithTimeout(t.Context(), 3*time.Second) // less than a statement waits for a lock
		defer cancel()
		row := &journal.Row{Provider: "v", RequestID: uuid.New(), State: enlistv1.OperationState_OPERATION_STATE_INTENT, Exclusive: []byte(uuid.NewString()), Outcome: []byte("o")}
		if _, _, err := store.Insert(within, row); err != nil {
			t.Fatal(err)
		}
	}
	insert()
	reader, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	reading, err := reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Rollback()
	var rows int
	if err := reading.QueryRowContext(t.Context(), "SELECT count(*) FROM operations").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	insert()
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := store.Scrub(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beside a reader: %v", err)
	}
	scrubbed := make(chan error, 1)
	go func() {
		_, err := store.Scrub(t.Context())
		scrubbed <- err
	}()
	for began := time.Now(); time.Since(began) < time.Second; { // some are beside an attempt of Scrub
		insert()
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-scrubbed; err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the log: %v, %v", fmt.Sprint(info.Size()), err)
	}
}
