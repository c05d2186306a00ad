package journaltest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/enlist-dev/enlist/journal"
)

// insertSealed inserts a row that names a key as its seal.
func insertSealed(t *testing.T, store journal.Store, keyID uint32) *journal.Row {
	t.Helper()
	row := newRow()
	row.KeyID = keyID
	return insert(t, store, row)
}

func keyIDs(t *testing.T, f *fixture) {
	store := f.open(t)
	check := func(want ...uint32) {
		t.Helper()
		got, err := store.KeyIDs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	}
	check()
	for range 3 {
		insertSealed(t, store, 2)
		insertSealed(t, store, 0xffffffff)
		insertSealed(t, store, 1)
	}
	row := insertSealed(t, store, 0x80000000)
	check(1, 2, 0x80000000, 0xffffffff)
	row.KeyID, row.Request = 3, nil // as for a row without its payload
	replace(t, store, row, never)
	check(1, 2, 3, 0xffffffff)
}

func sealedWith(t *testing.T, f *fixture) {
	store := f.open(t)
	var ofOne []*journal.Row
	for range 5 {
		ofOne = append(ofOne, insertSealed(t, store, 0xffffffff))
		insertSealed(t, store, 1)
	}
	var found []*journal.Row
	var last *journal.Row
	for _, want := range []int{2, 2, 1, 0} {
		rows, err := store.SealedWith(t.Context(), 0xffffffff, last, 2)
		if err != nil || len(rows) != want {
			t.Fatalf("%d rows, %v, not %d", len(rows), err, want)
		}
		if want > 0 {
			last = rows[want-1]
		}
		found = append(found, rows...)
	}
	sameSet(t, found, ofOne...)
	same(t, found[0], get(t, store, found[0]))
	none, err := store.SealedWith(t.Context(), 2, nil, 3)
	if err != nil || len(none) != 0 {
		t.Fatalf("%d rows, %v, not 0", len(none), err)
	}
}

func reseal(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insertSealed(t, store, 1)
	row.State, row.Customer, row.Owner, row.Exchanges = unknown, []byte("c"), "b", []byte("exchanges")
	replace(t, store, row, 10*time.Minute)
	want := *row
	want.KeyID, want.Outcome, want.Request, want.Exchanges = 2, []byte("anew 1"), []byte("anew 2"), []byte("anew 3")

	sealed := want
	sealed.State, sealed.Exclusive, sealed.Customer, sealed.Owner = failed, nil, nil, "c" // Reseal must write none of these
	if err := store.Reseal(t.Context(), &sealed); err != nil {
		t.Fatal(err)
	}
	got := get(t, store, row)
	got.Updated = want.Updated
	same(t, got, &want)

	// A caller that read the row before can still update it, because Reseal does not change the
	// version.
	row.Outcome, row.Request, row.Exchanges = []byte("an update"), []byte("meanwhile"), []byte("in all parts")
	replace(t, store, row, never)

	stale := want
	if err := store.Reseal(t.Context(), &stale); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict", err)
	}
	same(t, get(t, store, row), row)
	gone := newRow()
	gone.Version = 1
	if err := store.Reseal(t.Context(), gone); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict", err)
	}
}

func secret(t *testing.T, f *fixture) {
	store := f.open(t)
	for name, value := range map[string]string{"index": "one", "other": "two", "": "three"} {
		for _, initial := range []string{value, "later"} {
			got, err := store.Secret(t.Context(), name, []byte(initial))
			if err != nil || string(got) != value {
				t.Fatalf("%q: %q, %v, not %q", name, got, err, value)
			}
		}
	}
	store.Close()
	got, err := f.open(t).Secret(t.Context(), "index", []byte("later"))
	if err != nil || string(got) != "one" {
		t.Fatalf("after opening again: %q, %v", got, err)
	}
}

func secretRace(t *testing.T, f *fixture) {
	store := f.open(t)
	stores := []journal.Store{store, f.second(t, store)}
	var mutex sync.Mutex
	var values [][]byte
	race(t, 8, func(i int) (bool, error) {
		value, err := stores[i%2].Secret(t.Context(), "index", fmt.Appendf(nil, "of racer %d", i))
		mutex.Lock()
		values = append(values, value)
		mutex.Unlock()
		return false, err
	})
	for _, value := range values {
		if len(value) == 0 || !bytes.Equal(value, values[0]) {
			t.Fatalf("two at once were given %q and %q", values[0], value)
		}
	}
}

func replaceSecret(t *testing.T, f *fixture) {
	store := f.open(t)
	if err := store.ReplaceSecret(t.Context(), "index", []byte("one"), []byte("two")); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict: there is none yet", err)
	}
	if _, err := store.Secret(t.Context(), "index", []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := store.ReplaceSecret(t.Context(), "index", []byte("one"), []byte("two")); err != nil {
		t.Fatal(err)
	}
	if err := store.ReplaceSecret(t.Context(), "index", []byte("one"), []byte("three")); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict", err)
	}
	got, err := store.Secret(t.Context(), "index", []byte("later"))
	if err != nil || string(got) != "two" {
		t.Fatalf("%q, %v, not %q", got, err, "two")
	}
}
