package journaltest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
)

func insertAndGet(t *testing.T, f *fixture) {
	store := f.open(t)
	row := newRow()
	if got := get(t, store, row); got != nil {
		t.Fatalf("a row before it is inserted: %v", got)
	}
	before := time.Now()
	insert(t, store, row)
	if row.Version != 1 {
		t.Errorf("version %d, not 1", row.Version)
	}
	if row.Created.IsZero() || !row.Created.Equal(row.Updated) || row.Created.Sub(before).Abs() > time.Minute {
		t.Errorf("created %v, updated %v, near %v", row.Created, row.Updated, before)
	}
	if !row.Due.IsZero() {
		t.Errorf("a new row is due at %v", row.Due)
	}
	same(t, get(t, store, row), row)
}

func insertTakenKey(t *testing.T, f *fixture) {
	store := f.open(t)
	first := newRow()
	first.Exclusive = []byte("customer 1")
	insert(t, store, first)
	again := newRow()
	again.RequestID, again.Exclusive = first.RequestID, first.Exclusive
	existing, busy, err := store.Insert(t.Context(), again)
	if err != nil || busy != nil {
		t.Fatalf("the same key is not busy, it exists: busy %v, %v", busy, err)
	}
	same(t, existing, first)
	same(t, get(t, store, first), first)

	first.State, first.Owner = succeeded, ""
	replace(t, store, first, never)
	existing, busy, err = store.Insert(t.Context(), again)
	if err != nil || busy != nil {
		t.Fatalf("busy %v, %v", busy, err)
	}
	same(t, existing, first)
}

func keysDoNotRunTogether(t *testing.T, f *fixture) {
	store := f.open(t)
	id := uuid.New()
	var rows []*journal.Row
	for _, key := range [][2]string{{"", ""}, {"", "ab"}, {"a", "b"}, {"ab", ""}, {"A", "b"}, {"a", "b "}, {"å", "b"}, {"a'--", "b%_"}} {
		row := newRow()
		row.Principal, row.Provider, row.RequestID = key[0], key[1], id
		rows = append(rows, insert(t, store, row))
	}
	for _, row := range rows {
		same(t, get(t, store, row), row)
	}
}

func everyFieldIsKept(t *testing.T, f *fixture) {
	store := f.open(t)
	row := newRow()
	row.Exclusive = []byte{0, 1, 2, 255}
	row.KeyID = 0xfffffffe // exceeds a signed 32-bit number
	row.Request = make([]byte, 1<<20)
	row.Request[len(row.Request)-1] = 1
	insert(t, store, row)
	same(t, get(t, store, row), row)

	row.State = unknown
	row.Exclusive, row.Customer = []byte{9, 0, 9}, []byte{0, 0}
	row.Owner = "b"
	row.KeyID = 1
	row.Outcome, row.Request, row.Exchanges = []byte{0}, []byte{0, 0}, []byte{0, 0, 0}
	replace(t, store, row, time.Minute)
	same(t, get(t, store, row), row)
	row.Exchanges = []byte("more")
	replace(t, store, row, time.Minute)
	same(t, get(t, store, row), row)

	row.State, row.Customer, row.Owner = succeeded, nil, ""
	replace(t, store, row, never)
	kept := *row
	row.Request, row.Exchanges = nil, nil // nil leaves them as they are
	replace(t, store, row, never)
	row.Request, row.Exchanges = kept.Request, kept.Exchanges
	got := get(t, store, row)
	same(t, got, row)
	if got.Exclusive != nil || got.Customer != nil {
		t.Errorf("none came back as %v and %v, not nil", got.Exclusive, got.Customer)
	}
}

func update(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insert(t, store, newRow())
	created := row.Created
	time.Sleep(2 * time.Millisecond)
	row.State = unknown
	replace(t, store, row, 20*time.Minute)
	if row.Version != 2 {
		t.Errorf("version %d, not 2", row.Version)
	}
	if wait := row.Due.Sub(row.Updated); wait < 20*time.Minute-time.Second || wait > 20*time.Minute+time.Second {
		t.Errorf("due %v after the write, not 20m", wait)
	}
	if !row.Created.Equal(created) || !row.Updated.After(created) {
		t.Errorf("created %v, now %v, updated %v", created, row.Created, row.Updated)
	}
	same(t, get(t, store, row), row)

	row.State = succeeded
	replace(t, store, row, never)
	if row.Version != 3 || !row.Due.IsZero() {
		t.Errorf("version %d, due %v", row.Version, row.Due)
	}
	same(t, get(t, store, row), row)
}

func updateStaleVersion(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insert(t, store, newRow())
	stale := *row
	replace(t, store, row, never)
	stale.State, stale.Exclusive, stale.Outcome = failed, nil, []byte("stale")
	kept := stale
	if err := store.Update(t.Context(), &stale, never); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict", err)
	}
	same(t, &stale, &kept)
	same(t, get(t, store, row), row)
	ahead := *row
	ahead.Version++
	if err := store.Update(t.Context(), &ahead, never); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict", err)
	}
}

func updateGone(t *testing.T, f *fixture) {
	store := f.open(t)
	row := newRow()
	row.Version = 1
	if err := store.Update(t.Context(), row, never); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict", err)
	}
	if got := get(t, store, row); got != nil {
		t.Fatalf("an update has inserted %v", got)
	}
}

func updateRace(t *testing.T, f *fixture) {
	store := f.open(t)
	stores := []journal.Store{store, f.second(t, store)}
	row := insert(t, store, newRow())
	const writers, rounds = 8, 5
	for range rounds {
		wins := race(t, writers, func(i int) (bool, error) {
			mine := *row
			mine.Outcome = fmt.Appendf(nil, "writer %d", i)
			err := stores[i%2].Update(t.Context(), &mine, never)
			if errors.Is(err, journal.ErrConflict) {
				return false, nil
			}
			return true, err
		})
		if len(wins) != 1 {
			t.Fatalf("%d of %d writers with the same version have won, not 1", len(wins), writers)
		}
		row = get(t, store, row)
		if want := fmt.Sprintf("writer %d", wins[0]); string(row.Outcome) != want {
			t.Fatalf("%q stands there, and %q has won", row.Outcome, want)
		}
	}
	if row.Version != rounds+1 {
		t.Errorf("version %d after %d updates", row.Version, rounds)
	}
}

func insertRace(t *testing.T, f *fixture) {
	store := f.open(t)
	stores := []journal.Store{store, f.second(t, store)}
	id := uuid.New()
	wins := race(t, 8, func(i int) (bool, error) {
		row := newRow()
		row.RequestID = id
		existing, busy, err := stores[i%2].Insert(t.Context(), row)
		if busy != nil {
			t.Errorf("writer %d: busy", i)
		}
		return existing == nil, err
	})
	if len(wins) != 1 {
		t.Fatalf("%d writers have inserted the same key, not 1", len(wins))
	}
}

// race starts n goroutines together. It returns those that report success.
func race(t *testing.T, n int, run func(i int) (bool, error)) []int {
	t.Helper()
	var (
		group sync.WaitGroup
		mutex sync.Mutex
		wins  []int
	)
	start := make(chan struct{})
	for i := range n {
		group.Go(func() {
			<-start
			won, err := run(i)
			if err != nil {
				t.Errorf("racer %d: %v", i, err)
				return
			}
			if won {
				mutex.Lock()
				wins = append(wins, i)
				mutex.Unlock()
			}
		})
	}
	close(start)
	group.Wait()
	return wins
}
