package once_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// gapStore is a store whose gap a test opens.
type gapStore struct {
	journal.Store
	gap atomic.Pointer[journal.Gap]
}

func (s *gapStore) Gap() journal.Gap {
	if gap := s.gap.Load(); gap != nil {
		return *gap
	}
	return journal.Gap{}
}

// Insert fails with ErrGap, like that of a shared database.
func (s *gapStore) Insert(ctx context.Context, row *journal.Row) (existing, busy *journal.Row, err error) {
	if !row.Gap.Equal(s.Gap().Opened) {
		return nil, nil, journal.ErrGap
	}
	return s.Store.Insert(ctx, row)
}

func (s *gapStore) Update(ctx context.Context, row *journal.Row, due time.Duration) error {
	if row.State == intent && !row.Gap.Equal(s.Gap().Opened) {
		return journal.ErrGap
	}
	return s.Store.Update(ctx, row, due)
}

func (s *gapStore) open() {
	gap := journal.NewGap(time.Now(), time.Now().Add(-time.Minute), "a test", s.Gap(), 0)
	s.gap.Store(&gap)
}

func withGaps(s *gapStore) func(*fixture) {
	return func(f *fixture) {
		f.wrap = func(store journal.Store) journal.Store {
			s.Store = store
			return s
		}
	}
}

// forget deletes every creation that has ended.
func (f *fixture) forget() {
	f.t.Helper()
	soon := time.Now().Add(time.Second)
	if _, _, err := f.journal.Purge(context.Background(), "v", journal.Before{Payload: soon, Outcome: soon}, 100); err != nil {
		f.t.Fatal(err)
	}
}

func askable() map[string]enlistv1.DuplicateSafetyClass {
	return map[string]enlistv1.DuplicateSafetyClass{"enforced": enforced, "by key": byKey, "by match": byMatch}
}

// The record of a creation is lost, and the same request comes again while the gap is open. Enlist
// adopts the customer that the vendor shows, also if it shows it late.
func TestLostCreationIsFound(t *testing.T) {
	for name, class := range askable() {
		lostCreationIsFound(t, name, class, 0)
		if class != enforced { // that vendor refuses a second customer
			lostCreationIsFound(t, name+", late", class, settledAfter/2)
		}
	}
}

func lostCreationIsFound(t *testing.T, name string, class enlistv1.DuplicateSafetyClass, lag time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		gaps := &gapStore{}
		f := start(t, newVendor(class, settledAfter), withGaps(gaps))
		create := request("a")
		f.vendor.then(send{acts: true, lag: lag})
		f.succeeds(create)
		f.forget()
		gaps.open()
		response := f.succeeds(create)
		f.holds(1, 1)
		if !response.GetReplayed() {
			t.Errorf("%s: the response is %v", name, response)
		}
		if since := f.vendor.lastSent().Since; !since.Equal(gaps.Gap().Since) {
			t.Errorf("%s: looked up since %s, want %s", name, since, gaps.Gap().Since)
		}
		if record := f.inState(create, succeeded); !record.Payload.GetGap() {
			t.Errorf("%s: the record does not say that it began in a gap", name)
		}
	})
}

// A creation that was never sent is sent after a look-up. If the vendor does not refuse a second
// customer, that is one after the vendor's own limit.
func TestUnknownCreationInAGapIsSent(t *testing.T) {
	for name, class := range askable() {
		synctest.Test(t, func(t *testing.T) {
			gaps := &gapStore{}
			f := start(t, newVendor(class, settledAfter), withGaps(gaps))
			gaps.open()
			began := time.Now()
			f.succeeds(request("a"))
			f.holds(1, 1)
			if waited := time.Since(began); class != enforced && waited < settledAfter {
				t.Errorf("%s: sent after %v", name, waited)
			}
			if f.vendor.counted[0] {
				t.Errorf("%s: the circuit breaker does not count the send", name)
			}
			if _, _, lookups := f.vendor.counts(); lookups == 0 {
				t.Errorf("%s: sent without a look-up", name)
			}
			time.Sleep(journal.DefaultGapLasts)
			_, _, before := f.vendor.counts()
			f.succeeds(request("b"))
			if _, _, after := f.vendor.counts(); after != before {
				t.Errorf("%s: looked up after the gap has closed", name)
			}
		})
	}
}

func TestUnclearInAGapNeedsAPerson(t *testing.T) {
	for name, class := range askable() {
		synctest.Test(t, func(t *testing.T) {
			gaps := &gapStore{}
			f := start(t, newVendor(class, settledAfter), withGaps(gaps))
			f.vendor.put("a", "unclear")
			gaps.open()
			create := request("a")
			_, err := f.create(create, soon)
			if failure := f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN); !strings.Contains(failure.Message, "may have lost the record") {
				t.Errorf("%s: %s", name, failure.Message)
			}
			f.inState(create, needsPerson)
			f.holds(0, 1)
		})
	}
}

// A vendor that cannot be asked gets no unknown request while a gap is open.
func TestNoLookupInAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gaps := &gapStore{}
		f := start(t, newVendor(noneClass, settledAfter), withGaps(gaps))
		known, lost := request("a"), request("b")
		again := request("c")
		f.vendor.then(send{acts: true}, send{acts: true}, send{before: rejectedCredentials()})
		f.succeeds(lost)
		f.forget()
		f.succeeds(known)
		_, err := f.create(again, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED)
		f.inState(again, notSent)
		gaps.open()
		for _, create := range []*enlistv1.CreateCustomerRequest{lost, again} {
			_, err := f.create(create, soon)
			failure := f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
			if !strings.Contains(failure.Message, "offers no look-up") || failure.RetryAfter != journal.DefaultGapLasts {
				t.Errorf("%v after %v", failure, failure.RetryAfter)
			}
		}
		f.hasNone(lost)
		f.inState(again, notSent)
		f.succeeds(known)
		f.holds(2, 2)
		time.Sleep(journal.DefaultGapLasts)
		f.succeeds(again)
		f.holds(3, 3)
	})
}

// The journal shows a creation that was not sent, and the record that it was sent after that is
// lost.
func TestRestartInAGap(t *testing.T) {
	for _, class := range askable() {
		synctest.Test(t, func(t *testing.T) {
			gaps := &gapStore{}
			f := start(t, newVendor(class, settledAfter), withGaps(gaps))
			create := request("a")
			f.vendor.then(send{before: rejectedCredentials()})
			_, err := f.create(create, soon)
			f.fails(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED)
			f.vendor.put("a", create.GetRequestId())
			gaps.open()
			f.succeeds(create)
			f.holds(0, 1)
		})
	}
}

// A look-up after the vendor's limit is not followed by a send if a gap has opened since the wait
// began: a lost record may show a later send.
func TestGapBeginsTheWaitAgain(t *testing.T) {
	for _, class := range []enlistv1.DuplicateSafetyClass{byKey, byMatch} {
		synctest.Test(t, func(t *testing.T) {
			gaps := &gapStore{}
			f := start(t, newVendor(class, settledAfter), withGaps(gaps))
			create := request("a")
			f.becomesUnknown(create, send{})
			time.Sleep(2 * settledAfter)
			gaps.open()
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), soon) // a waiter begins no creation
			defer cancel()
			if _, err := f.Wait(ctx, f.keyOf(create)); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(began); waited < settledAfter {
				t.Errorf("sent again after %v", waited)
			}
			f.inState(create, succeeded)
			f.holds(2, 1)
		})
	}
}

// A caller that gives up early and repeats its request does not begin the wait again.
func TestImpatientCallerInAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gaps := &gapStore{}
		f := start(t, newVendor(byKey, 5*time.Second), withGaps(gaps))
		gaps.open()
		create := request("a")
		var err error
		for range 300 {
			if _, err = f.create(create, time.Second); err == nil {
				break
			}
			f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
			time.Sleep(100 * time.Millisecond)
		}
		if err != nil {
			t.Error(err)
		}
		f.holds(1, 1)
	})
}

// The process dies in a gap before it looks up. The next one looks up, and counts no send.
func TestDeathInAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gaps := &gapStore{}
		f := start(t, newVendor(byKey, settledAfter), withGaps(gaps))
		gaps.open()
		create := request("a")
		f.vendor.put("a", create.GetRequestId())
		f.vendor.breakLookups(notSentError())
		_, err := f.create(create, time.Second)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.vendor.breakLookups(nil)
		f.options.Tick = 20 * time.Millisecond
		f.restart()
		record := f.comesTo(create, succeeded)
		for _, try := range record.Payload.GetTries() {
			if try.GetKind() == enlistv1.TryKind_TRY_KIND_SEND {
				t.Error("the record shows a send")
			}
		}
		f.holds(0, 1)
	})
}

// The journal loses the intent after it was recorded and before the request leaves. Another replica
// may begin the creation anew, so this one sends nothing.
func TestGapStopsASend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gaps := &gapStore{}
		f := start(t, newVendor(byMatch, settledAfter), withGaps(gaps))
		create := request("a")
		f.vendor.then(send{ready: func(context.Context) { gaps.open() }})
		_, err := f.create(create, soon)
		f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
		f.holds(0, 0)
		began := time.Now()
		f.succeeds(create)
		if waited := time.Since(began); waited < settledAfter {
			t.Errorf("sent after %v", waited)
		}
		f.holds(1, 1)
	})
}
