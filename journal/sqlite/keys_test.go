package sqlite

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// A start forgets the keys that seal no row any more, and no others. A row that is sealed with a
// forgotten key again counts again.
func TestForgottenKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "enlist.db")
	reopened := func(store *Store) *Store {
		t.Helper()
		if store != nil {
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
		}
		store, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		return store
	}
	sealed := func(store *Store, keyID uint32) *journal.Row {
		t.Helper()
		id := uuid.New()
		row := &journal.Row{
			Principal: "a", Provider: "b", RequestID: id, State: enlistv1.OperationState_OPERATION_STATE_INTENT, Exclusive: id[:], Owner: "c",
			KeyID: keyID, Outcome: []byte("outcome"), Request: []byte("request"),
		}
		if existing, busy, err := store.Insert(t.Context(), row); err != nil || existing != nil || busy != nil {
			t.Fatal(existing, busy, err)
		}
		return row
	}
	check := func(store *Store, used, noted []uint32) {
		t.Helper()
		got, err := store.KeyIDs(t.Context())
		if err != nil || !slices.Equal(got, used) {
			t.Errorf("%v, %v, not %v", got, err, used)
		}
		if found, err := Look(t.Context(), path); err != nil || !slices.Equal(found.KeyIDs, used) {
			t.Errorf("from outside: %+v, %v, not %v", found, err, used)
		}
		got, err = values[uint32](store.readers.QueryContext(t.Context(), `SELECT id FROM keys`))
		if err != nil || !slices.Equal(got, noted) {
			t.Errorf("noted are %v, %v, not %v", got, err, noted)
		}
	}
	store := reopened(nil)
	check(store, nil, nil)
	old := sealed(store, 1)
	sealed(store, 2)
	sealed(store, 3)
	store = reopened(store)
	check(store, []uint32{1, 2, 3}, []uint32{1, 2, 3})
	old.KeyID = 3
	if err := store.Reseal(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	check(store, []uint32{2, 3}, []uint32{1, 2, 3})
	store = reopened(store)
	check(store, []uint32{2, 3}, []uint32{2, 3})
	sealed(store, 1)
	check(store, []uint32{1, 2, 3}, []uint32{1, 2, 3})
}
