package once_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
)

// sweptWithin is more than the longest time for which a record stays without a job.
const sweptWithin = 15 * time.Second

// ticking has the reconciler run as in a server.
func ticking(f *fixture) { f.options.Tick = time.Second }

// forgets creates a customer, and then loses every write after the intent, as the failover to a
// standby does that lags. The record is in state INTENT, and its owner is this replica, which does
// not work on it.
func (f *fixture) forgets(bad *badStore, r *enlistv1.CreateCustomerRequest) {
	f.t.Helper()
	ctx, key := context.Background(), f.keyOf(r)
	gate, ended := f.sending(r)
	early, err := bad.Store.Get(ctx, key.Principal, key.Provider, key.RequestID)
	if err != nil || early == nil {
		f.t.Fatal(early, err)
	}
	close(gate)
	if err := <-ended; err != nil {
		f.t.Fatal(err)
	}
	late, err := bad.Store.Get(ctx, key.Principal, key.Provider, key.RequestID)
	if err != nil {
		f.t.Fatal(err)
	}
	early.Version = late.Version
	if err := bad.Store.Update(ctx, early, -1); err != nil {
		f.t.Fatal(err)
	}
	if record := f.inState(r, intent); record.Owner != f.journal.Replica() {
		f.t.Fatalf("owner %q", record.Owner)
	}
}

// A replica settles a record that it owns and does not work on, without a request of a caller.
func TestForgottenIntent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		f := start(t, newVendor(byKey, time.Second), failing(bad), ticking)
		r := request("c1")
		f.forgets(bad, r)
		time.Sleep(sweptWithin)
		f.inState(r, succeeded)
		f.succeeds(r)
		f.succeedsForAnother(r)
		f.holds(2, 2)
	})
}

// succeedsForAnother sends another creation for the same customer, which waits while one is open.
func (f *fixture) succeedsForAnother(r *enlistv1.CreateCustomerRequest) {
	f.t.Helper()
	f.succeeds(request(r.GetCustomer().GetId()))
}

// If the vendor offers no look-up, a person can decide.
func TestForgottenIntentIsResolved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		f := start(t, newVendor(noneClass, time.Second), failing(bad), ticking)
		f.vendor.breakLookups(cannotBeAsked())
		r := request("c1")
		f.forgets(bad, r)
		time.Sleep(sweptWithin)
		f.inState(r, needsPerson)
		_, _, err := f.Resolve(context.Background(), f.keyOf(r), once.Decision{
			Decision: enlistv1.Decision_DECISION_SUCCEEDED, CustomerID: "c1", By: "Jo", Reason: "seen", Unverified: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		f.succeeds(r)
		f.holds(1, 1)
	})
}

// As many forgotten records as there may be are settled, beside a vendor that hangs.
func TestManyForgottenIntents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		f := start(t, newVendor(byKey, time.Second), failing(bad), ticking, func(f *fixture) {
			f.others = map[string]*vendor{"hangs": newVendor(enforced, time.Hour)}
		})
		f.others["hangs"].whenSeen(func(ctx context.Context) { <-ctx.Done() })
		var all []*enlistv1.CreateCustomerRequest
		for i := range 30 {
			all = append(all, request(fmt.Sprint("c", i)))
			f.forgets(bad, all[i])
		}
		for i := range 20 {
			r := request(fmt.Sprint("d", i))
			r.Provider = "hangs"
			f.others["hangs"].then(send{acts: true, err: unknownError()})
			_, err := f.create(r, soon)
			f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		}
		time.Sleep(sweptWithin + 10*time.Second)
		for _, r := range all {
			f.inState(r, succeeded)
		}
		f.others["hangs"].whenSeen(nil)
	})
}

// A claim or a take that was made and returned an error leaves records that this replica owns and
// does not work on.
func TestForgottenClaim(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Claim", "Take"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bad := &badStore{}
				f := start(t, newVendor(byKey, time.Second), failing(bad), ticking)
				r := request("c1")
				f.becomesUnknown(r, send{acts: true, lag: time.Minute}) // no caller's look-up finds it
				f.vendor.show()
				bad.fail(at(method, 1, 1, true))
				time.Sleep(sweptWithin)
				f.inState(r, succeeded)
				f.holds(1, 1)
			})
		})
	}
}

// A write that is made only after it has returned an error, and after the job has looked for it,
// leaves an intent without a job.
func TestIntentThatArrivesLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		late := &lateStore{after: 3 * time.Second}
		f := start(t, newVendor(byKey, time.Second), ticking, func(f *fixture) {
			f.wrap = func(store journal.Store) journal.Store {
				late.Store = store
				return late
			}
		})
		r := request("c1")
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
		f.hasNone(r)
		time.Sleep(late.after)
		f.inState(r, intent)
		time.Sleep(sweptWithin)
		f.inState(r, succeeded) // sent without its caller, after a look-up found nothing
		f.holds(1, 1)
	})
}

// lateStore returns an error for each insert, and makes the first one later.
type lateStore struct {
	journal.Store
	after time.Duration
	once  sync.Once
}

func (s *lateStore) Insert(_ context.Context, row *journal.Row) (existing, busy *journal.Row, err error) {
	s.once.Do(func() {
		copied := *row
		go func() {
			time.Sleep(s.after)
			_, _, _ = s.Store.Insert(context.Background(), &copied)
		}()
	})
	return nil, nil, errOutage
}

// A creation in flight is left alone, however long it takes.
func TestSweepLeavesCreationsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second), ticking)
		r := request("c1")
		gate, ended := make(chan struct{}), make(chan error)
		f.vendor.then(send{acts: true, gate: gate})
		go func() {
			_, err := f.create(r, 10*sweptWithin)
			ended <- err
		}()
		time.Sleep(time.Second)
		before := f.inState(r, intent).Version
		time.Sleep(5 * sweptWithin)
		if after := f.inState(r, intent).Version; after != before {
			t.Errorf("written %d times", after-before)
		}
		close(gate)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, _, lookups := f.vendor.counts(); lookups != 0 {
			t.Errorf("%d look-ups", lookups)
		}
		f.holds(1, 1)
	})
}

// The sweep meets creations at every moment of their life, and disturbs none of them.
func TestSweepDuringCreations(t *testing.T) {
	t.Parallel()
	f := start(t, newVendor(byKey, time.Minute), func(f *fixture) { f.options.Tick = 50 * time.Microsecond })
	f.vendor.looksFirst = true
	const callers, each = 24, 20 // more callers than turns at a provider
	var working sync.WaitGroup
	for caller := range callers {
		working.Go(func() {
			for i := range each {
				if response := f.succeeds(request(fmt.Sprint("c", caller, "-", i))); response.GetReplayed() {
					t.Error("the response is a replay")
				}
			}
		})
	}
	working.Wait()
	f.holds(callers*each, callers*each)
	if _, _, lookups := f.vendor.counts(); lookups != callers*each { // each creation looks first
		t.Errorf("%d look-ups, want %d", lookups, callers*each)
	}
}
