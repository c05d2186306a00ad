package journaltest

import (
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// takes takes a row. It fails the test if that fails.
func takes(t *testing.T, store journal.Store, row *journal.Row, replica string) *journal.Row {
	t.Helper()
	taken, err := store.Take(t.Context(), row, replica)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

func take(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insertAs(t, store, unknown, 20*time.Minute) // the due time does not matter
	row.Exclusive = []byte("customer 1")
	replace(t, store, row, 10*time.Minute)

	before := *row
	want := *row
	want.Owner, want.Version = "b", row.Version+1
	got := takes(t, store, row, "b")
	if got == nil {
		t.Fatal("a row of nobody's was not taken")
	}
	want.Updated = got.Updated
	same(t, got, &want)
	same(t, row, &before)
	same(t, get(t, store, row), got)
	if again := takes(t, store, row, "b"); again != nil {
		t.Fatalf("taken with the version of before: %v", again)
	}
	if again := takes(t, store, got, "b"); again == nil || again.Version != got.Version+1 {
		t.Fatalf("its own owner cannot take it again: %v", again)
	}

	orphan := newRow()
	orphan.Owner = "dead"
	insert(t, store, orphan)
	if got := takes(t, store, orphan, "b"); got == nil || got.Owner != "b" || got.State != intent {
		t.Fatalf("that of a dead replica was not taken: %v", got)
	}

	for _, state := range []enlistv1.OperationState{succeeded, failed, notSent, needsPerson} {
		if got := takes(t, store, insertAs(t, store, state, never), "b"); got != nil {
			t.Fatalf("taken in state %v", state)
		}
	}
	gone := newRow()
	gone.Version = 1
	if got := takes(t, store, gone, "b"); got != nil {
		t.Fatalf("taken and not there: %v", got)
	}
}

func takeLeavesTheLiving(t *testing.T, f *fixture) {
	if !f.Shared {
		t.Skip("whoever has the database open is the only one alive")
	}
	store := f.open(t)
	if err := store.Beat(t.Context(), "a", time.Hour); err != nil {
		t.Fatal(err)
	}
	row := insert(t, store, newRow())
	if got := takes(t, store, row, "b"); got != nil {
		t.Fatalf("taken from the living: %v", got)
	}
	same(t, get(t, store, row), row)
	if err := store.Beat(t.Context(), "a", 0); err != nil {
		t.Fatal(err)
	}
	if got := takes(t, store, row, "b"); got == nil || got.Owner != "b" {
		t.Fatalf("not taken from the dead: %v", got)
	}
}

func takeRace(t *testing.T, f *fixture) {
	store := f.open(t)
	stores := []journal.Store{store, f.second(t, store)}
	for range 5 {
		row := insertAs(t, store, unknown, 0)
		wins := race(t, 8, func(i int) (bool, error) {
			got, err := stores[i%2].Take(t.Context(), row, string("abcdefgh"[i]))
			return got != nil, err
		})
		if len(wins) != 1 {
			t.Fatalf("%d have taken it, not 1", len(wins))
		}
	}
}
