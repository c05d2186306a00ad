package once_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
)

// The next process settles the creations of a dead process without a caller.
func TestReconcilerSettlesAfterACrash(t *testing.T) {
	t.Parallel()
	for name, looksFirst := range map[string]bool{"looks first": true, "does not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bad := &badStore{}
				v := newVendor(byKey, 200*time.Millisecond)
				v.looksFirst = looksFirst
				f := start(t, v, failing(bad))
				r := f.dies(bad)
				f.options.Tick = 20 * time.Millisecond
				f.restart()
				record := f.comesTo(r, succeeded)
				f.holds(1, 1)
				if kind := record.Payload.GetTries()[0].GetKind(); kind != enlistv1.TryKind_TRY_KIND_SEND {
					t.Errorf("the send that was cut off is shown as %s", kind)
				}
			})
		})
	}
}

// A creation that looks first is NOT_SENT if its process died before it recorded the release.
func TestDeadBeforeTheSend(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		v := newVendor(byKey, time.Hour)
		v.looksFirst = true
		f := start(t, v, failing(bad))
		r := request("c1")
		bad.fail(func(method string, _ int) (before, after bool) { return method == "Update", false }) // not even the release can be recorded
		_, err := f.create(r, 2*time.Second)
		f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
		f.options.Tick = 20 * time.Millisecond
		f.restartWith(func() { bad.fail(nil) })
		f.comesTo(r, notSent)
		f.holds(0, 0)
		f.succeeds(r)
		f.holds(1, 1)
	})
}

// After finish_within nothing is sent without the caller.
func TestReconcilerDoesNotFinishLate(t *testing.T) {
	t.Parallel()
	for _, class := range []enlistv1.DuplicateSafetyClass{enforced, byKey, byMatch} {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(class, 200*time.Millisecond), reconciling, func(f *fixture) { f.options.FinishWithin = new(time.Duration) })
				r := request("c1")
				f.vendor.then(send{err: unknownError()})
				_, err := f.create(r, soon)
				f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
				f.comesTo(r, notSent)
				f.holds(1, 0)
				f.succeeds(r) // the caller may
				f.holds(2, 1)
			})
		})
	}
}

// A creation is not NOT_SENT if the vendor offers no look-up.
func TestNotAskedIsNotMissing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 200*time.Millisecond), reconciling, func(f *fixture) { f.options.FinishWithin = new(time.Duration) })
		f.vendor.breakLookups(cannotBeAsked())
		r := request("c1")
		f.vendor.then(send{acts: true, err: unknownError()})
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.comesTo(r, needsPerson)
		f.holds(1, 1)
	})
}

// A request whose password was withheld cannot be sent from the journal.
func TestReconcilerDoesNotSendIncompleteRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 200*time.Millisecond), reconciling)
		r := withPassword(request("c1"), "hunter2")
		f.vendor.then(send{err: unknownError()})
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.comesTo(r, notSent)
		f.holds(1, 0)
		f.succeeds(r)
		f.holds(2, 1)
	})
}

// A vendor whose look-ups hang delays no other vendor, however many of its creations are due.
func TestReconcilerIsFairToProviders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		quick := newVendor(enforced, 200*time.Millisecond)
		f := start(t, newVendor(enforced, time.Hour), func(f *fixture) { f.others = map[string]*vendor{"quick": quick} })
		for i := range 100 {
			f.becomesUnknown(request(fmt.Sprint("c", i)), send{acts: true})
		}
		quick.then(send{acts: true, err: unknownError()})
		r := request("c1")
		r.Provider = "quick"
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.vendor.whenSeen(func(ctx context.Context) { <-ctx.Done() })
		f.options.Tick = 20 * time.Millisecond
		f.restart()
		f.comesTo(r, succeeded)
		f.vendor.whenSeen(nil)
	})
}

// A send without a caller that fails is not repeated at once. The vendor may be in trouble, or may
// have said that there were too many requests.
func TestSendsAgainAreSpread(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"too many": limitedError(0), "no answer": unknownError(), "wrong credentials": rejectedCredentials(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(enforced, 10*time.Millisecond), reconciling)
				for range 1000 {
					f.vendor.then(send{err: err})
				}
				f.vendor.mu.Lock()
				f.vendor.script[0].err = unknownError()
				f.vendor.mu.Unlock()
				_, err := f.create(request("c1"), soon)
				f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
				time.Sleep(3 * time.Second)
				if sends, _, lookups := f.vendor.counts(); sends > 6 || lookups > 8 {
					t.Errorf("%d sends and %d look-ups in 3 s", sends, lookups)
				}
			})
		})
	}
}

// A record that cannot be encrypted with the first key does not prevent the deletion of old
// records.
func TestRetention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		f := start(t, newVendor(enforced, 10*time.Millisecond), failing(bad), func(f *fixture) { f.options.Retention.Outcome = time.Millisecond })
		r := request("c1")
		f.succeeds(r)
		f.restartWith(func() {
			time.Sleep(time.Second)                // longer than the retention
			bad.fail(at("KeyIDs", 2, 1000, false)) // the first call opens the journal
		})
		time.Sleep(2 * time.Minute) // the slow clock catches up
		testkit.Eventually(t, "the record is deleted", func() bool {
			_, err := f.Operation(context.Background(), f.keyOf(r))
			return isReason(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND)
		})
	})
}

// A record in state NEEDS_PERSON is kept without limit.
func TestRetentionKeepsWhatNeedsAPerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, 10*time.Millisecond), func(f *fixture) { f.options.Retention.Outcome = time.Millisecond })
		f.vendor.breakLookups(cannotBeAsked())
		r, ended := request("c1"), request("c2")
		f.becomesUnknown(r, send{acts: true})
		_, _ = f.create(r, soon)
		f.succeeds(ended)
		f.restartWith(func() { time.Sleep(time.Second) }) // longer than the retention
		time.Sleep(2 * time.Minute)                       // the slow clock catches up
		testkit.Eventually(t, "the other record is deleted", func() bool {
			_, err := f.Operation(context.Background(), f.keyOf(ended))
			return isReason(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND)
		})
		f.inState(r, needsPerson)
	})
}

// A look-up after a take-over searches for customers made since the send, not since the take-over.
func TestTakenOverLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		v := newVendor(enforced, time.Hour)
		f := start(t, v, failing(bad))
		began := time.Now()
		r := f.dies(bad)
		died := time.Now()
		f.options.Tick = 20 * time.Millisecond
		f.restartWith(func() { time.Sleep(50 * time.Millisecond) })
		f.comesTo(r, succeeded)
		v.mu.Lock()
		defer v.mu.Unlock()
		if since := v.sent.Since; since.Before(began.Add(-time.Millisecond)) || since.After(died) {
			t.Errorf("looked for customers made since %s; sent %s, process dead %s", since, began, died)
		}
	})
}
