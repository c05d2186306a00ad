package journaltest

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
)

// purge deletes rows. It fails the test if it does not delete the wanted number.
func purge(t *testing.T, store journal.Store, age time.Duration, limit, want int) {
	t.Helper()
	if got, err := store.Purge(t.Context(), age, limit); err != nil || got != want {
		t.Fatalf("purged %d, %v, not %d", got, err, want)
	}
}

// setAge makes a row look unchanged since a time.
func setAge(t *testing.T, f *fixture, requestID uuid.UUID, since time.Time) {
	t.Helper()
	f.database.SetCreated(t, requestID, since)
	f.database.SetUpdated(t, requestID, since)
}

func purgeAge(t *testing.T, f *fixture) {
	store := f.open(t)
	old, young := insertAs(t, store, succeeded, never), insertAs(t, store, succeeded, never)
	setAge(t, f, old.RequestID, time.Now().Add(-49*time.Hour))
	setAge(t, f, young.RequestID, time.Now().Add(-47*time.Hour))
	purge(t, store, 48*time.Hour, 10, 1)
	if get(t, store, old) != nil || get(t, store, young) == nil {
		t.Error("the wrong row has gone")
	}
	purge(t, store, 48*time.Hour, 10, 0)

	// This creation began long ago and ended lately. Its age counts from its end.
	late := insert(t, store, newRow())
	f.database.SetCreated(t, late.RequestID, time.Now().Add(-49*time.Hour))
	late.State, late.Owner = succeeded, ""
	replace(t, store, late, never)
	purge(t, store, 48*time.Hour, 10, 0)

	// The key is free again.
	old.State, old.Owner = intent, "a"
	insert(t, store, old)
	if old.Version != 1 {
		t.Errorf("version %d", old.Version)
	}
}

func purgeLimit(t *testing.T, f *fixture) {
	store := f.open(t)
	var rows []*journal.Row
	for i := range 7 {
		row := insertAs(t, store, succeeded, never)
		setAge(t, f, row.RequestID, time.Now().Add(time.Duration(i-100)*time.Hour))
		rows = append(rows, row)
	}
	for _, step := range []struct{ want, left int }{{3, 4}, {3, 1}, {1, 0}, {0, 0}} {
		purge(t, store, time.Hour, 3, step.want)
		left := list(t, store, journal.Query{Principal: "billing", Limit: 100})
		sameSet(t, left, rows[len(rows)-step.left:]...)
	}
}

func purgeStates(t *testing.T, f *fixture) {
	store := f.open(t)
	stay := []*journal.Row{
		insert(t, store, newRow()),
		insertAs(t, store, unknown, never),
		insertAs(t, store, unknown, 0),
		insertAs(t, store, needsPerson, never),
	}
	gone := []*journal.Row{
		insertAs(t, store, succeeded, never),
		insertAs(t, store, failed, never),
		insertAs(t, store, notSent, never),
	}
	for _, row := range append(stay[:len(stay):len(stay)], gone...) {
		setAge(t, f, row.RequestID, time.Now().Add(-1000*time.Hour))
	}
	purge(t, store, time.Hour, 100, len(gone))
	sameSet(t, list(t, store, journal.Query{Principal: "billing", Limit: 100}), stay...)
}
