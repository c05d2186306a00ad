package journaltest

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

func reopen(t *testing.T, f *fixture) {
	store := f.open(t)
	row := newRow()
	row.Exclusive = []byte("customer 1")
	insert(t, store, row)
	row.State = unknown
	replace(t, store, row, 20*time.Minute)
	done := insertAs(t, store, succeeded, never)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	store = f.open(t)
	same(t, get(t, store, row), row)
	same(t, get(t, store, done), done)
	other := newRow()
	other.Exclusive = row.Exclusive
	if _, busy, err := store.Insert(t.Context(), other); err != nil || busy == nil {
		t.Fatalf("exclusivity is forgotten: %v, %v", busy, err)
	}
}

func openTwice(t *testing.T, f *fixture) {
	store := f.open(t)
	other, err := f.database.Open(t.Context())
	if f.Shared {
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		row := insert(t, store, newRow())
		same(t, get(t, other, row), row)
		return
	}
	if !errors.Is(err, journal.ErrInUse) || len(err.Error()) < len(journal.ErrInUse.Error())+20 {
		t.Fatalf("%v: not a sentence around ErrInUse", err)
	}
	insert(t, store, newRow()) // the first store still works
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	f.open(t)
}

func migrateTwiceAtOnce(t *testing.T, f *fixture) {
	var mutex sync.Mutex
	var stores []journal.Store
	wins := race(t, 4, func(int) (bool, error) {
		store, err := f.database.Open(t.Context())
		if errors.Is(err, journal.ErrInUse) && !f.Shared {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		mutex.Lock()
		stores = append(stores, store)
		mutex.Unlock()
		return true, nil
	})
	defer func() {
		for _, store := range stores {
			store.Close()
		}
	}()
	if f.Shared && len(wins) != 4 || !f.Shared && len(wins) != 1 {
		t.Fatalf("%d have opened it", len(wins))
	}
	for _, store := range stores {
		insert(t, store, newRow())
	}
}

func newerDatabase(t *testing.T, f *fixture) {
	store := f.open(t)
	f.database.MakeNewer(t)
	f.refuses(t, store)
}

// newerCompatibleDatabase migrates the database while a store has it open, and opens it again.
func newerCompatibleDatabase(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insert(t, store, newRow())
	f.makeNewer(t, store, func(newest int64) int64 { return newest })
	insert(t, store, newRow())
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = f.open(t)
	same(t, get(t, store, row), row)
	insert(t, store, newRow())
}

// newerIncompatibleDatabase has a secret of the last migration that permits only versions which
// know that migration.
func newerIncompatibleDatabase(t *testing.T, f *fixture) {
	store := f.open(t)
	f.makeNewer(t, store, func(newest int64) int64 { return newest + 1 })
	f.refuses(t, store)
	// What an earlier migration permitted does not count for a later one.
	f = &fixture{Harness: f.Harness, database: f.New(t)}
	store = f.open(t)
	f.makeNewer(t, store, func(newest int64) int64 { return newest })
	f.database.MakeNewer(t)
	f.refuses(t, store)
}

// makeNewer raises the schema version by one, and stores the lowest version that is compatible.
func (f *fixture) makeNewer(t *testing.T, store journal.Store, lowest func(newest int64) int64) {
	t.Helper()
	newest := f.database.MakeNewer(t)
	text := strconv.FormatInt(lowest(newest), 10)
	if _, err := store.Secret(t.Context(), journal.CompatibleSecret(newest+1), []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// refuses closes the store. It fails the test if the database can be opened again.
func (f *fixture) refuses(t *testing.T, store journal.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := f.database.Open(t.Context())
	if err == nil {
		again.Close()
		t.Fatal("a database of a newer Enlist was opened")
	}
	if !strings.Contains(err.Error(), "newer") {
		t.Errorf("%v: does not say that the database is newer", err)
	}
}

func manyWriters(t *testing.T, f *fixture) {
	store := f.open(t)
	const writers, each = 16, 20
	rows := make([][]*journal.Row, writers)
	race(t, writers, func(i int) (bool, error) {
		for range each {
			row := newRow()
			if _, _, err := store.Insert(t.Context(), row); err != nil {
				return false, err
			}
			stale := *row
			row.State, row.Owner, row.Customer = succeeded, "", row.RequestID[:]
			if err := store.Update(t.Context(), row, never); err != nil {
				return false, err
			}
			// One update fails among updates that succeed.
			if err := store.Update(t.Context(), &stale, never); !errors.Is(err, journal.ErrConflict) {
				t.Errorf("%v, not a conflict", err)
			}
			rows[i] = append(rows[i], row)
		}
		return true, nil
	})
	for _, own := range rows {
		if len(own) != each {
			t.Fatalf("a writer has written %d rows, not %d", len(own), each)
		}
		for _, row := range own {
			same(t, get(t, store, row), row)
		}
	}
}

func contextOver(t *testing.T, f *fixture) {
	store := f.open(t)
	kept := insert(t, store, newRow())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	row := newRow()
	if _, _, err := store.Insert(ctx, row); !errors.Is(err, context.Canceled) {
		t.Errorf("insert: %v", err)
	}
	changed := *kept
	changed.State = failed
	if err := store.Update(ctx, &changed, never); !errors.Is(err, context.Canceled) {
		t.Errorf("update: %v", err)
	}
	if _, err := store.Claim(ctx, "b", 10); !errors.Is(err, context.Canceled) {
		t.Errorf("claim: %v", err)
	}
	if _, err := store.Get(ctx, row.Principal, row.Provider, row.RequestID); !errors.Is(err, context.Canceled) {
		t.Errorf("get: %v", err)
	}
	if got := get(t, store, row); got != nil {
		t.Errorf("inserted nevertheless: %v", got)
	}
	same(t, get(t, store, kept), kept)
	insert(t, store, row)
}

func closed(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insert(t, store, newRow())
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Insert(t.Context(), newRow()); err == nil {
		t.Error("an insert into a closed store")
	}
	if err := store.Update(t.Context(), row, never); err == nil || errors.Is(err, journal.ErrConflict) {
		t.Errorf("an update in a closed store: %v", err)
	}
	if _, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID); err == nil {
		t.Error("a read from a closed store")
	}
}
