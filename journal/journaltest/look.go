package journaltest

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/enlist-dev/enlist/journal"
)

// look checks that a look-up in a new database finds and creates nothing. While a store is open,
// the look-up finds the keys.
func look(t *testing.T, f *fixture) {
	for range 2 {
		f.sees(t, &journal.Peek{New: true})
	}
	store := f.open(t)
	f.sees(t, &journal.Peek{})
	for _, id := range []uint32{0xffffffff, 1, 1} {
		insertSealed(t, store, id)
	}
	if _, err := store.Secret(t.Context(), journal.IndexSecret, []byte("sealed")); err != nil {
		t.Fatal(err)
	}
	want := &journal.Peek{KeyIDs: []uint32{1, 0xffffffff}, IndexKey: []byte("sealed")}
	f.sees(t, want)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	f.sees(t, want)
	f.open(t) // no store has it open any more
}

func (f *fixture) sees(t *testing.T, want *journal.Peek) {
	t.Helper()
	found, err := f.database.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found.KeyIDs)
	if diff := cmp.Diff(want, found, cmpopts.IgnoreUnexported(journal.Gap{})); diff != "" {
		t.Error(diff)
	}
}

func lookAtNewer(t *testing.T, f *fixture) {
	if err := f.open(t).Close(); err != nil {
		t.Fatal(err)
	}
	f.database.MakeNewer(t)
	if found, err := f.database.Look(t.Context()); err == nil || errors.Is(err, journal.ErrInUse) {
		t.Errorf("found %v, %v in a database of a newer version", found, err)
	}
}

func lookAtNewerCompatible(t *testing.T, f *fixture) {
	store := f.open(t)
	insertSealed(t, store, 7)
	f.makeNewer(t, store, func(newest int64) int64 { return newest })
	f.sees(t, &journal.Peek{KeyIDs: []uint32{7}})
}
