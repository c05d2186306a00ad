package journaltest

import (
	"errors"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

// tombstoneOf returns the row that replaces another one.
func tombstoneOf(row *journal.Row) *journal.Row {
	return &journal.Row{
		Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID, State: erased, Version: row.Version,
		Customer: row.Customer, KeyID: 8, Outcome: []byte("tombstone"),
	}
}

// A tombstone keeps the key, the hash and the times of its row, and nothing else.
func erase(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insert(t, store, newRow())
	row.State, row.Owner, row.Customer, row.Exchanges = succeeded, "", []byte("customer"), []byte("exchanges")
	replace(t, store, row, never)
	old := time.Now().Add(-time.Hour).Truncate(time.Second).UTC()
	setAge(t, f, row.RequestID, old)
	tombstone := tombstoneOf(row)
	if err := store.Erase(t.Context(), tombstone); err != nil || tombstone.Version <= row.Version {
		t.Fatalf("version %d after %d, %v", tombstone.Version, row.Version, err)
	}
	want := *tombstone
	want.Created, want.Updated = old, old
	same(t, get(t, store, row), &want)
	sameSet(t, list(t, store, journal.Query{Everybody: true, State: erased, Limit: 10}), row)
	sameSet(t, list(t, store, journal.Query{Everybody: true, Limit: 10}), row)
	if found, err := store.FindCustomer(t.Context(), row.Customer, 10); err != nil || len(found) != 1 {
		t.Errorf("found %v, %v", found, err)
	}
	if _, err := store.Scrub(t.Context()); err != nil {
		t.Error(err)
	}
	purge(t, store, journal.Retention{Payload: time.Minute, Outcome: 2 * time.Hour}, 10, 0, 0)
	purge(t, store, after(time.Minute), 10, 0, 1)

	// An open row is open no longer, so another one may have its exclusive.
	open := insert(t, store, newRow())
	if err := store.Erase(t.Context(), tombstoneOf(open)); err != nil {
		t.Fatal(err)
	}
	if found, err := store.FindOpen(t.Context(), open.Exclusive); err != nil || found != nil {
		t.Errorf("%v is open, %v", found, err)
	}
	next := newRow()
	next.Exclusive = open.Exclusive
	insert(t, store, next)
}

// Another writer was first.
func eraseConflict(t *testing.T, f *fixture) {
	store := f.open(t)
	row := insertAs(t, store, succeeded, never)
	stale := tombstoneOf(row)
	replace(t, store, row, never)
	if err := store.Erase(t.Context(), stale); !errors.Is(err, journal.ErrConflict) {
		t.Errorf("got %v", err)
	}
	if kept := get(t, store, row); kept.State != succeeded || kept.Request == nil {
		t.Errorf("left: %+v", kept)
	}
	if err := store.Erase(t.Context(), tombstoneOf(newRow())); !errors.Is(err, journal.ErrConflict) {
		t.Errorf("of no row: %v", err)
	}
}
