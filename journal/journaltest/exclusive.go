package journaltest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

func exclusiveWhileOpen(t *testing.T, f *fixture) {
	store := f.open(t)
	exclusive := []byte("customer 1")
	for i, end := range []enlistv1.OperationState{succeeded, failed, notSent, needsPerson} {
		first := newRow()
		first.Exclusive = exclusive
		insert(t, store, first)

		second := newRow()
		second.Exclusive = exclusive
		second.Principal = "another" // exclusivity ignores principals: the customer is the same
		for _, state := range []enlistv1.OperationState{intent, unknown} {
			first.State = state
			replace(t, store, first, never)
			existing, busy, err := store.Insert(t.Context(), second)
			if err != nil || existing != nil {
				t.Fatalf("existing %v, %v", existing, err)
			}
			same(t, busy, first)
			if got := get(t, store, second); got != nil {
				t.Fatalf("a busy insert has inserted %v", got)
			}
			found, err := store.FindOpen(t.Context(), exclusive)
			if err != nil {
				t.Fatal(err)
			}
			same(t, found, first)
		}

		other := newRow()
		other.Exclusive = []byte{byte(i)}
		insert(t, store, other)

		first.State, first.Owner = end, ""
		replace(t, store, first, never)
		if found, err := store.FindOpen(t.Context(), exclusive); err != nil || found != nil {
			t.Fatalf("%v is open: %v, %v", end, found, err)
		}
		insert(t, store, second)
		second.State = succeeded
		replace(t, store, second, never)
	}
}

func exclusiveRace(t *testing.T, f *fixture) {
	store := f.open(t)
	stores := []journal.Store{store, f.second(t, store)}
	for range 5 {
		exclusive := []byte(uuid.NewString())
		wins := race(t, 8, func(i int) (bool, error) {
			row := newRow()
			row.Exclusive = exclusive
			existing, busy, err := stores[i%2].Insert(t.Context(), row)
			if existing != nil {
				t.Errorf("racer %d: existing", i)
			}
			return busy == nil, err
		})
		if len(wins) != 1 {
			t.Fatalf("%d creates at once for one exclusive key, not 1", len(wins))
		}
	}
}

// A creation that was not sent starts again with an update. By then, another creation for its
// customer may be in progress.
func exclusiveIsTakenMeanwhile(t *testing.T, f *fixture) {
	store := f.open(t)
	first := newRow()
	exclusive := []byte("customer 1")
	first.Exclusive = exclusive
	insert(t, store, first)
	first.State, first.Owner = notSent, ""
	replace(t, store, first, never)
	second := newRow()
	second.Exclusive = exclusive
	insert(t, store, second)

	again := *first
	again.State, again.Exclusive = intent, exclusive
	err := store.Update(t.Context(), &again, never)
	if !errors.Is(err, journal.ErrBusy) || !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not ErrBusy, which is a conflict", err)
	}
	same(t, get(t, store, first), first)

	second.State = failed
	replace(t, store, second, never)
	again = *first
	again.State, again.Exclusive = intent, exclusive
	replace(t, store, &again, never)
}

func findCustomer(t *testing.T, f *fixture) {
	store := f.open(t)
	customer := []byte("customer 1")
	find := func() *journal.Row {
		t.Helper()
		rows, err := store.FindCustomer(t.Context(), customer, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			return nil
		}
		return rows[0]
	}
	if row := find(); row != nil {
		t.Fatalf("found %v in an empty store", row)
	}
	rows := make([]*journal.Row, 3)
	for i := range rows {
		rows[i] = insert(t, store, newRow())
		rows[i].State, rows[i].Customer = succeeded, customer
		replace(t, store, rows[i], never)
		f.database.SetCreated(t, rows[i].RequestID, time.Now().Add(-time.Duration(i+1)*time.Hour))
	}
	insertAs(t, store, succeeded, never)
	if row := find(); row == nil || row.RequestID != rows[0].RequestID {
		t.Fatalf("found %v, not the newest, %v", row, rows[0].RequestID)
	}
	f.database.SetCreated(t, rows[2].RequestID, time.Now())
	if row := find(); row == nil || row.RequestID != rows[2].RequestID {
		t.Fatalf("found %v, not the newest, %v", row, rows[2].RequestID)
	}
	if newest, err := store.FindCustomer(t.Context(), customer, 1); err != nil || len(newest) != 1 || newest[0].RequestID != rows[2].RequestID {
		t.Fatalf("found %v, %v", newest, err)
	}
	if all, err := store.FindCustomer(t.Context(), customer, 10); err != nil || len(all) != len(rows) || all[2].RequestID != rows[1].RequestID {
		t.Fatalf("found %v, %v", all, err)
	}
}
