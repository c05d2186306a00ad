package journaltest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

const erased = enlistv1.OperationState_OPERATION_STATE_ERASED

// purge drops payloads and deletes rows. It fails the test if the numbers are not the wanted ones.
func purge(t *testing.T, store journal.Store, age journal.Retention, limit, wantDropped, wantDeleted int) {
	t.Helper()
	now, err := store.Now(t.Context())
	if err != nil || time.Since(now).Abs() > time.Minute {
		t.Fatalf("the store's clock shows %s, %v", now, err)
	}
	if dropped, deleted, err := store.Purge(t.Context(), "opencell", age.Before(now), limit); err != nil || dropped != wantDropped || deleted != wantDeleted {
		t.Fatalf("dropped %d and deleted %d, %v, not %d and %d", dropped, deleted, err, wantDropped, wantDeleted)
	}
}

// after returns a retention of one age for everything.
func after(age time.Duration) journal.Retention { return journal.Retention{Payload: age, Outcome: age} }

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
	purge(t, store, after(48*time.Hour), 10, 0, 1)
	if get(t, store, old) != nil || get(t, store, young) == nil {
		t.Error("the wrong row has gone")
	}
	purge(t, store, after(48*time.Hour), 10, 0, 0)

	// This creation began long ago and ended lately. Its age counts from its end.
	late := insert(t, store, newRow())
	f.database.SetCreated(t, late.RequestID, time.Now().Add(-49*time.Hour))
	late.State, late.Owner = succeeded, ""
	replace(t, store, late, never)
	purge(t, store, after(48*time.Hour), 10, 0, 0)

	// The key is free again.
	old.State, old.Owner, old.Exclusive = intent, "a", []byte("again")
	insert(t, store, old)
	if old.Version != 1 {
		t.Errorf("version %d", old.Version)
	}
}

// The payload goes before the outcome. What is left can still be read, listed and found.
func purgePayload(t *testing.T, f *fixture) {
	store := f.open(t)
	old, other := insert(t, store, newRow()), newRow()
	other.Provider = "other"
	insert(t, store, other)
	for _, row := range []*journal.Row{old, other} {
		row.State, row.Owner, row.Customer, row.Exchanges = succeeded, "", []byte("customer "+row.Provider), []byte("exchanges")
		replace(t, store, row, never)
		setAge(t, f, row.RequestID, time.Now().Add(-49*time.Hour))
	}
	young := insertAs(t, store, succeeded, never)
	age := journal.Retention{Payload: 48 * time.Hour, Outcome: 1000 * time.Hour}
	purge(t, store, age, 10, 1, 0)
	purge(t, store, age, 10, 0, 0)
	dropped := get(t, store, old)
	if dropped.Request != nil || dropped.Exchanges != nil || string(dropped.Outcome) != string(old.Outcome) || dropped.Version <= old.Version {
		t.Errorf("left: %+v", dropped)
	}
	if kept := get(t, store, other); kept.Request == nil || kept.Exchanges == nil {
		t.Error("the payload of another provider is dropped, too")
	}
	sameSet(t, list(t, store, journal.Query{Everybody: true, Limit: 10}), old, other, young)
	if found, err := store.FindCustomer(t.Context(), old.Customer, 10); err != nil || len(found) != 1 {
		t.Errorf("found %v, %v", found, err)
	}

	// A creation that starts again brings its request.
	again := *dropped
	again.State, again.Exclusive, again.Customer, again.Owner, again.Request = intent, []byte("again"), nil, "a", []byte("request")
	replace(t, store, &again, never)
	again.State, again.Owner, again.Exclusive, again.Request, again.Exchanges = succeeded, "", nil, nil, []byte("exchanges")
	replace(t, store, &again, never)
	if got := get(t, store, old); string(got.Request) != "request" || string(got.Exchanges) != "exchanges" {
		t.Errorf("started again: %+v", got)
	}
	setAge(t, f, old.RequestID, time.Now().Add(-49*time.Hour))
	purge(t, store, age, 10, 1, 0)
	setAge(t, f, old.RequestID, time.Now().Add(-1001*time.Hour))
	purge(t, store, age, 10, 0, 1)
	providers, err := store.Providers(t.Context())
	if slices.Sort(providers); err != nil || !cmp.Equal(providers, []string{"opencell", "other"}) {
		t.Errorf("providers %v, %v", providers, err)
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
		purge(t, store, journal.Retention{Payload: 200 * time.Hour, Outcome: time.Hour}, 3, 0, step.want)
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
	tombstone := insertAs(t, store, erased, never)
	for _, row := range append(append(stay[:len(stay):len(stay)], gone...), tombstone) {
		setAge(t, f, row.RequestID, time.Now().Add(-1000*time.Hour))
	}
	purge(t, store, journal.Retention{Payload: time.Hour, Outcome: 2000 * time.Hour}, 100, len(gone), 0)
	purge(t, store, after(time.Hour), 100, 0, len(gone)+1)
	left := list(t, store, journal.Query{Principal: "billing", Limit: 100})
	sameSet(t, left, stay...)
	for _, row := range left {
		if row.Request == nil {
			t.Errorf("the payload of %v in state %v is dropped", row.RequestID, row.State)
		}
	}
}
