package journaltest

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

func claimDue(t *testing.T, f *fixture) {
	store := f.open(t)
	due := insertAs(t, store, unknown, 0)
	insertAs(t, store, unknown, 30*time.Minute)
	insertAs(t, store, unknown, never)
	insertAs(t, store, succeeded, never)
	insertAs(t, store, failed, never)
	insertAs(t, store, notSent, never)
	insertAs(t, store, needsPerson, never)

	rows := claim(t, store, "b", 10)
	sameSet(t, rows, due)
	got := rows[0]
	if got.Owner != "b" || got.Version != due.Version+1 || got.State != unknown {
		t.Errorf("claimed: owner %q, version %d, state %v", got.Owner, got.Version, got.State)
	}
	same(t, get(t, store, due), got)
	sameSet(t, claim(t, store, "b", 10))

	// A caller that read the row before the claim must not write any more.
	if err := store.Update(t.Context(), due, never); err == nil {
		t.Error("an update with the version of before the claim")
	}

	got.Owner = ""
	replace(t, store, got, 0)
	sameSet(t, claim(t, store, "b", 10), due)
}

func claimLimit(t *testing.T, f *fixture) {
	store := f.open(t)
	var all []*journal.Row
	for range 4 {
		all = append(all, insertAs(t, store, unknown, 0))
		row := newRow()
		row.Owner = "dead"
		all = append(all, insert(t, store, row))
	}
	var claimed []*journal.Row
	for _, want := range []int{3, 3, 2, 0} {
		rows := claim(t, store, "b", 3)
		if len(rows) != want {
			t.Fatalf("claimed %d rows, not %d", len(rows), want)
		}
		claimed = append(claimed, rows...)
	}
	sameSet(t, claimed, all...)
}

func claimOfDeadOwner(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insert(t, store, newRow()) // the owner is "a", which has never sent a heartbeat
	unowned := newRow()
	unowned.Owner = ""
	insert(t, store, unowned)
	sameSet(t, claim(t, store, "a", 10), unowned) // the claim itself shows that a is alive

	// The claim may have counted as a heartbeat.
	if err := store.Beat(t.Context(), "a", 0); err != nil {
		t.Fatal(err)
	}
	rows := claim(t, store, "b", 10)
	sameSet(t, rows, row, unowned)
	for _, row := range rows {
		if row.Owner != "b" || row.State != intent {
			t.Errorf("claimed: owner %q, state %v", row.Owner, row.State)
		}
	}

	// A replica claims a dead replica's UNKNOWN row when it is due, not sooner.
	held, waiting := rows[0], rows[1]
	held.State, held.Owner = unknown, "dead"
	replace(t, store, held, 0)
	waiting.State, waiting.Owner = unknown, "dead"
	replace(t, store, waiting, 30*time.Minute)
	sameSet(t, claim(t, store, "b", 10), held)
}

func claimOfClosedOwner(t *testing.T, f *fixture) {
	first := f.open(t)
	if err := first.Beat(t.Context(), "a", time.Hour); err != nil {
		t.Fatal(err)
	}
	row := insert(t, first, newRow())
	sameSet(t, claim(t, first, "a", 10))
	if err := first.Beat(t.Context(), "a", 0); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	sameSet(t, claim(t, f.open(t), "b", 10), row)
}

func claimLeavesTheLiving(t *testing.T, f *fixture) {
	if !f.Shared {
		t.Skip("whoever has the database open is the only one alive")
	}
	store := f.open(t)
	other := f.open(t)
	if err := store.Beat(t.Context(), "a", time.Hour); err != nil {
		t.Fatal(err)
	}
	row := insert(t, store, newRow())
	held := insertAs(t, store, unknown, 0)
	sameSet(t, claim(t, store, "a", 10), held)
	sameSet(t, claim(t, other, "b", 10))

	if err := store.Beat(t.Context(), "a", 10*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	sameSet(t, claim(t, other, "b", 10), row, held)
}

func claimRace(t *testing.T, f *fixture) {
	store := f.open(t)
	stores := []journal.Store{store, f.second(t, store)}
	const rows, claimers = 60, 6
	for range rows {
		insertAs(t, store, unknown, 0)
	}
	// If only one process can have the database open, one replica makes all claims. Otherwise each
	// claimer is a replica.
	replica := func(i int) string {
		if f.Shared {
			return string(rune('a' + i))
		}
		return "a"
	}
	for i := range claimers {
		if err := store.Beat(t.Context(), replica(i), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	var mutex sync.Mutex
	claimed := map[uuid.UUID]string{}
	deadline := time.Now().Add(30 * time.Second)
	race(t, claimers, func(i int) (bool, error) {
		for time.Now().Before(deadline) {
			got, err := stores[i%2].Claim(t.Context(), replica(i), 5)
			if err != nil {
				return false, err
			}
			mutex.Lock()
			for _, row := range got {
				if before, twice := claimed[row.RequestID]; twice {
					t.Errorf("%v was claimed by %s and by %s", row.RequestID, before, replica(i))
				}
				claimed[row.RequestID] = replica(i)
			}
			over := len(claimed) == rows
			mutex.Unlock()
			if over {
				break
			}
		}
		return false, nil
	})
	if len(claimed) != rows {
		t.Errorf("%d of %d rows were claimed", len(claimed), rows)
	}
}

func owned(t *testing.T, f *fixture) {
	store := f.open(t)
	mine := insert(t, store, newRow()) // the owner is "a"
	other := newRow()
	other.Owner = "b"
	insert(t, store, other)
	insertAs(t, store, unknown, 0)
	for _, state := range []enlistv1.OperationState{succeeded, failed, notSent, needsPerson} {
		row := insertAs(t, store, state, never)
		row.Owner = "a" // an owner of a row that is not open does not count
		replace(t, store, row, never)
	}
	late := insert(t, store, newRow())
	late.State = unknown
	replace(t, store, late, 30*time.Minute)

	rows := ownedBy(t, store, "a", 10)
	sameSet(t, rows, mine, late)
	for _, row := range rows {
		same(t, get(t, store, row), row) // the read changes nothing
	}
	if rows := ownedBy(t, store, "a", 1); len(rows) != 1 {
		t.Errorf("%d rows, not 1", len(rows))
	}
	sameSet(t, ownedBy(t, store, "c", 10))
}

func ownedBy(t *testing.T, store journal.Store, replica string, limit int) []*journal.Row {
	t.Helper()
	rows, err := store.Owned(t.Context(), replica, limit)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func count(t *testing.T, f *fixture) {
	store := f.open(t)
	old := insert(t, store, newRow())
	f.database.SetUpdated(t, old.RequestID, time.Now().Add(-time.Hour))
	insert(t, store, newRow())
	insertAs(t, store, succeeded, never)
	for range 3 {
		insertAs(t, store, unknown, 0)
	}
	insertAs(t, store, unknown, never)
	insertAs(t, store, needsPerson, never)
	insertAs(t, store, needsPerson, never)
	for _, c := range []struct {
		state       enlistv1.OperationState
		age         time.Duration
		limit, want int
	}{
		{unknown, 0, 1, 1},
		{unknown, 0, 3, 3},
		{unknown, 0, 4, 4},
		{unknown, 0, 100, 4},
		{unknown, time.Minute, 100, 0},
		{needsPerson, 0, 1, 1},
		{needsPerson, 0, 100, 2},
		{intent, 0, 100, 2},
		{intent, 0, 1, 1},
		{intent, time.Minute, 100, 1},
		{intent, 2 * time.Hour, 100, 0},
	} {
		if got, err := store.Count(t.Context(), c.state, c.age, c.limit); err != nil || got != c.want {
			t.Errorf("%s of %s, limit %d: %d, %v, not %d", c.state, c.age, c.limit, got, err, c.want)
		}
	}
}
