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

// outcome is an unknown outcome and what must follow from it.
type outcome struct {
	name             string
	class            enlistv1.DuplicateSafetyClass
	first            send     // the first send, which gets no response
	there            []string // owners of the customers with the same id at the vendor: "ours" or another
	broken           bool     // look-ups fail at first
	want             enlistv1.OperationState
	sends, customers int
}

const settledAfter = 300 * time.Millisecond

func outcomes() []outcome {
	shownLate := send{acts: true, lag: settledAfter / 3}
	made := send{acts: true}
	return []outcome{
		{name: "ours", class: enforced, first: made, want: succeeded, sends: 1, customers: 1},
		{name: "nothing", class: enforced, want: succeeded, sends: 2, customers: 1},
		{name: "another's", class: enforced, there: []string{"another's"}, want: failed, sends: 1, customers: 1},
		{name: "unclear", class: enforced, there: []string{"unclear"}, want: needsPerson, sends: 1, customers: 1},
		{name: "several", class: enforced, there: []string{"ours", "ours"}, want: needsPerson, sends: 1, customers: 2},
		{name: "broken for a while", class: enforced, first: made, broken: true, want: succeeded, sends: 1, customers: 1},

		{name: "ours", class: byKey, first: made, want: succeeded, sends: 1, customers: 1},
		{name: "nothing", class: byKey, want: succeeded, sends: 2, customers: 1},
		{name: "nothing at first", class: byKey, first: shownLate, want: succeeded, sends: 1, customers: 1},
		{name: "another's", class: byKey, there: []string{"another's"}, want: failed, sends: 1, customers: 1},
		{name: "ours beside another's", class: byKey, first: made, there: []string{"another's"}, want: succeeded, sends: 1, customers: 2},
		{name: "unclear", class: byKey, there: []string{"unclear"}, want: needsPerson, sends: 1, customers: 1},
		{name: "several", class: byKey, there: []string{"ours", "ours"}, want: needsPerson, sends: 1, customers: 2},
		{name: "broken for a while", class: byKey, first: made, broken: true, want: succeeded, sends: 1, customers: 1},

		{name: "ours", class: byMatch, first: made, want: succeeded, sends: 1, customers: 1},
		{name: "nothing", class: byMatch, want: succeeded, sends: 2, customers: 1},
		{name: "nothing at first", class: byMatch, first: shownLate, want: succeeded, sends: 1, customers: 1},
		{name: "another's that is alike", class: byMatch, there: []string{"another's"}, want: succeeded, sends: 2, customers: 2},
		{name: "unclear", class: byMatch, there: []string{"unclear"}, want: needsPerson, sends: 1, customers: 1},
		{name: "several", class: byMatch, first: made, there: []string{"unclear"}, want: needsPerson, sends: 1, customers: 2},

		{name: "cannot be asked", class: noneClass, first: made, want: needsPerson, sends: 1, customers: 1},
		{name: "cannot be asked", class: byKey, broken: true, first: send{body: "unasked"}, want: needsPerson, sends: 1},
	}
}

// settlers returns the callers that settle an unknown outcome.
func settlers() map[string]func(*fixture, *enlistv1.CreateCustomerRequest) {
	return map[string]func(*fixture, *enlistv1.CreateCustomerRequest){
		"retry": func(f *fixture, request *enlistv1.CreateCustomerRequest) { _, _ = f.create(request, soon) },
		"read": func(f *fixture, request *enlistv1.CreateCustomerRequest) {
			testkit.Eventually(f.t, "the reads settle it", func() bool {
				f.CustomerRead(context.Background(), "v", request.GetCustomer().GetId())
				return f.record(request).State != unknown
			})
		},
		"wait": func(f *fixture, request *enlistv1.CreateCustomerRequest) {
			ctx, cancel := context.WithTimeout(context.Background(), soon)
			defer cancel()
			_, _ = f.Wait(ctx, f.keyOf(request))
		},
		"reconciler": func(f *fixture, _ *enlistv1.CreateCustomerRequest) {
			f.options.Tick = 20 * time.Millisecond
			f.restart()
		},
	}
}

// What follows from a look-up depends on the class alone, and not on the settler.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for who, settle := range settlers() {
		for _, o := range outcomes() {
			t.Run(fmt.Sprintf("%s/%s/%s", who, o.class.String()[len("DUPLICATE_SAFETY_CLASS_"):], o.name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { o.test(t, settle) })
			})
		}
	}
}

func (o outcome) test(t *testing.T, settle func(*fixture, *enlistv1.CreateCustomerRequest)) {
	t.Helper()
	f := start(t, newVendor(o.class, settledAfter))
	r := request("c1")
	f.becomesUnknown(r, o.first)
	for _, whose := range o.there {
		if whose == "ours" {
			whose = r.GetRequestId()
		}
		f.vendor.put("c1", whose)
	}
	switch {
	case o.class == noneClass || o.first.body == "unasked":
		f.vendor.breakLookups(cannotBeAsked())
	case o.broken:
		f.vendor.breakLookups(notSentError())
		time.AfterFunc(settledAfter, func() { f.vendor.breakLookups(nil) })
	}
	settle(f, r)
	f.comesTo(r, o.want)
	f.holds(o.sends, o.customers)
	_, err := f.create(r, soon) // the response stays the same
	switch o.want {
	case succeeded:
		if err != nil {
			t.Error(err)
		}
	case failed:
		f.fails(err, enlistv1.ErrorReason_CUSTOMER_EXISTS)
	default:
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	}
	f.holds(o.sends, o.customers)
}

// If the vendor does not refuse a second customer, nothing is sent again before its own limit has
// passed.
func TestResendWaitsForTheVendorsLimit(t *testing.T) {
	t.Parallel()
	for _, class := range []enlistv1.DuplicateSafetyClass{byKey, byMatch} {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(class, 700*time.Millisecond))
				r, began := request("c1"), time.Now()
				f.becomesUnknown(r, send{})
				f.succeeds(r)
				if took := time.Since(began); took < 700*time.Millisecond {
					t.Errorf("sent again after %s", took)
				}
				f.holds(2, 1)
			})
		})
	}
}

// A slow look-up shows the state at its start, not at its response.
func TestSlowLookupCountsFromItsStart(t *testing.T) {
	t.Parallel()
	for _, class := range []enlistv1.DuplicateSafetyClass{byKey, byMatch} {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(class, 400*time.Millisecond))
				f.vendor.whenSeen(func(context.Context) { time.Sleep(500 * time.Millisecond) })
				r := request("c1")
				f.becomesUnknown(r, send{acts: true, lag: 200 * time.Millisecond})
				f.succeeds(r)
				f.holds(1, 1)
			})
		})
	}
}

// A refusal of the second send proves nothing while the first may still have an effect.
func TestRefusalOfASendAgain(t *testing.T) {
	t.Parallel()
	for _, class := range []enlistv1.DuplicateSafetyClass{enforced, byKey, byMatch} {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(class, 600*time.Millisecond))
				r, began := request("c1"), time.Now()
				f.becomesUnknown(r, send{})
				f.vendor.then(send{err: rejectedError()})
				_, err := f.create(r, soon)
				f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
				f.inState(r, failed)
				if took := time.Since(began); took < 600*time.Millisecond {
					t.Errorf("final after %s", took)
				}
				f.holds(2, 0)
			})
		})
	}
}

// A second send that is refused because of the customer of the first one is a success.
func TestSendAgainFindsTheFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 10*time.Second))
		r := request("c1")
		f.becomesUnknown(r, send{acts: true, lag: time.Hour})
		f.vendor.whenSeen(func(context.Context) {
			if sends, _, _ := f.vendor.counts(); sends == 2 {
				f.vendor.show()
			}
		})
		if response := f.succeeds(r); response.GetOutcome() != enlistv1.Outcome_OUTCOME_CREATED {
			t.Errorf("outcome %s", response.GetOutcome())
		}
		f.holds(2, 1)
	})
}

// If the vendor says that the customer exists and never shows it, a person decides.
func TestExistsAndCannotBeFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 300*time.Millisecond))
		r := request("c1")
		f.becomesUnknown(r, send{acts: true, lag: time.Hour})
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.inState(r, needsPerson)
		f.holds(2, 1)
	})
}

// A customer that another creation has made is not ours, however similar the two are.
func TestMatchOfAnotherCreationIsNotOurs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 200*time.Millisecond))
		f.succeeds(request("c1"))
		r := request("c1")
		f.becomesUnknown(r, send{})
		f.vendor.mu.Lock()
		f.vendor.customers[0].requestID = r.GetRequestId() // by the vendor's data it is ours
		f.vendor.mu.Unlock()
		f.succeeds(r)
		f.holds(3, 2)
	})
}

// Without a caller a creation is sent at most twice more, in every class. After that the caller
// decides.
func TestTwoSendsAgain(t *testing.T) {
	t.Parallel()
	for name, class := range map[string]enlistv1.DuplicateSafetyClass{"by key": byKey, "by match": byMatch, "enforced": enforced} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				twoSendsAgain(t, class)
			})
		})
	}
}

func twoSendsAgain(t *testing.T, class enlistv1.DuplicateSafetyClass) {
	f := start(t, newVendor(class, 200*time.Millisecond), reconciling)
	r := request("c1")
	f.vendor.then(send{err: unknownError()}, send{err: unknownError()}, send{err: unknownError()})
	_, err := f.create(r, soon)
	f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	record := f.comesTo(r, notSent)
	if reason := record.Payload.GetFailure().GetReason(); reason != enlistv1.ErrorReason_VENDOR_UNAVAILABLE {
		t.Errorf("reason %s", reason)
	}
	f.holds(3, 0)
	f.succeeds(r)
	f.holds(4, 1)
}

// The record remembers the look-up before the first send when the look-up before the second send
// prevents that one.
func TestLookupBeforeTheSendIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(byKey, 0)
		v.looksFirst = true
		f := start(t, v)
		r := request("c1")
		f.becomesUnknown(r, send{acts: true, lag: time.Hour})
		v.whenSeen(func(context.Context) { v.show() }) // right after the look-up that found nothing
		f.succeeds(r)
		if v.mu.Lock(); !v.sent.Looked {
			t.Error("the look-up does not know of the look-up before the send")
		}
		v.mu.Unlock()
		f.holds(1, 1)
	})
}

// A caller who leaves during a look-up does not delay the next one.
func TestImpatientCallerDelaysNoLookup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 200*time.Millisecond))
		r := request("c1")
		f.becomesUnknown(r, send{acts: true})
		f.vendor.whenSeen(func(ctx context.Context) { <-ctx.Done() })
		f.vendor.breakLookups(notSentError())
		for range 6 {
			_, _ = f.create(r, 200*time.Millisecond)
		}
		if next := time.Until(f.inState(r, unknown).Due); next > 2*time.Second {
			t.Errorf("the next look-up is due in %s", next)
		}
	})
}

// Equal content does not make a customer ours if another creation may have made it.
func TestEqualContentIsNotOurs(t *testing.T) {
	t.Parallel()
	person := func(f *fixture, r *enlistv1.CreateCustomerRequest) { // its customer exists, and its response was lost
		f.becomesUnknown(r, send{acts: true})
		f.vendor.put("c1", "unclear")
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.inState(r, needsPerson)
		f.vendor.mu.Lock()
		f.vendor.customers = f.vendor.customers[:1]
		f.vendor.mu.Unlock()
	}
	adopts := func(f *fixture, r *enlistv1.CreateCustomerRequest) {
		f.vendor.put("c1", "theirs")
		r.OnExisting = enlistv1.OnExisting_ON_EXISTING_ADOPT
		f.vendor.looksFirst, f.vendor.adopts = true, true
		f.succeeds(r)
		f.vendor.looksFirst, f.vendor.adopts = false, false
	}
	creates := func(f *fixture, r *enlistv1.CreateCustomerRequest) { f.succeeds(r) }
	unseen := func(f *fixture, _ *enlistv1.CreateCustomerRequest) { f.vendor.put("c1", "theirs") }
	for name, test := range map[string]struct {
		first  func(*fixture, *enlistv1.CreateCustomerRequest)
		second send // if the vendor responds, it says that the customer exists
		want   enlistv1.OperationState
	}{
		"one that created it":                     {creates, send{acts: true}, failed},
		"one that adopted it":                     {adopts, send{acts: true}, failed},
		"one that awaits a person":                {person, send{acts: true}, needsPerson},
		"one that created it, unanswered":         {creates, send{err: unknownError()}, needsPerson},
		"one that adopted it, unanswered":         {adopts, send{err: unknownError()}, needsPerson},
		"one that awaits a person, unanswered":    {person, send{err: unknownError()}, needsPerson},
		"one that created it, and was never seen": {unseen, send{acts: true}, succeeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(enforced, 100*time.Millisecond))
				test.first(f, request("c1"))
				sends, _, _ := f.vendor.counts()
				f.vendor.sameContent = true
				f.vendor.then(test.second)
				r := request("c1")
				_, _ = f.create(r, soon)
				_, _ = f.create(r, soon)
				f.inState(r, test.want)
				f.holds(sends+1, 1)
			})
		})
	}
}

// A customer that exists after a send of ours is looked up before it counts as adopted.
func TestAdoptsItsOwn(t *testing.T) {
	t.Parallel()
	ours := func(r *enlistv1.CreateCustomerRequest) string { return r.GetRequestId() }
	theirs := func(*enlistv1.CreateCustomerRequest) string { return "theirs" }
	for name, test := range map[string]struct {
		maker func(*enlistv1.CreateCustomerRequest) string
		want  enlistv1.Outcome
	}{"ours": {ours, enlistv1.Outcome_OUTCOME_CREATED}, "another's": {theirs, enlistv1.Outcome_OUTCOME_ADOPTED}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(enforced, 100*time.Millisecond)
				v.looksFirst, v.adopts = true, true
				f := start(t, v)
				r := request("c1")
				r.OnExisting = enlistv1.OnExisting_ON_EXISTING_ADOPT
				maker := test.maker(r)
				refused := v.description.CustomerExists(nil)
				v.then(send{err: refused, ready: func(context.Context) { v.put("c1", maker) }}) // between its look-up and its send
				if response := f.succeeds(r); response.GetOutcome() != test.want {
					t.Errorf("sent: %s", response.GetOutcome())
				}

				r = request("c2")
				r.OnExisting = enlistv1.OnExisting_ON_EXISTING_ADOPT
				maker = test.maker(r)
				f.becomesUnknown(r, send{})
				time.Sleep(600 * time.Millisecond) // the pause before the next send
				v.whenSeen(func(context.Context) { // after the look-up, and before the look-up of the next send
					v.whenSeen(nil)
					v.put("c2", maker)
				})
				if response := f.succeeds(r); response.GetOutcome() != test.want {
					t.Errorf("sent again: %s", response.GetOutcome())
				}
				f.holds(2, 2)
			})
		})
	}
}
