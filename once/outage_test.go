package once_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
)

// Each call to the journal may fail, before or after its effect, and more than once. Enlist then
// refuses the creation before it calls the vendor, or the response counts. In the end there is one
// customer, and the record shows it.
func TestOutage(t *testing.T) {
	t.Parallel()
	scenarios := map[string]func(*fixture, *enlistv1.CreateCustomerRequest){
		"create": func(*fixture, *enlistv1.CreateCustomerRequest) {},
		"retry": func(f *fixture, r *enlistv1.CreateCustomerRequest) {
			f.vendor.then(send{err: rejectedCredentials()})
			_, err := f.create(r, soon)
			f.fails(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED)
			f.inState(r, notSent)
		},
		"settle": func(f *fixture, r *enlistv1.CreateCustomerRequest) { f.becomesUnknown(r, send{acts: true}) },
		"resend": func(f *fixture, r *enlistv1.CreateCustomerRequest) { f.becomesUnknown(r, send{}) },
	}
	for name, prepare := range scenarios {
		for _, o := range outages() {
			t.Run(fmt.Sprintf("%s/%s/%d/%t/%d", name, o.method, o.call, o.half, o.count), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { o.test(t, prepare) })
			})
		}
	}
}

// outage is a failure of count calls of a method, from the given one on: after their effect if half
// is set, else before.
type outage struct {
	method      string
	call, count int
	half        bool
}

func outages() (all []outage) {
	for _, method := range []string{"Insert", "Get", "Update", "Take", "FindCustomer"} {
		counts := []int{1}
		if method == "Insert" || method == "Update" {
			counts = []int{1, 4} // more often than a write is repeated
		}
		for call := 1; call <= 3; call++ {
			for _, count := range counts {
				all = append(all, outage{method, call, count, false}, outage{method, call, count, true})
			}
		}
	}
	return all
}

func (o outage) test(t *testing.T, prepare func(*fixture, *enlistv1.CreateCustomerRequest)) {
	t.Helper()
	bad := &badStore{}
	v := newVendor(byMatch, time.Millisecond)
	v.looksFirst = o.call == 2
	f := start(t, v, failing(bad))
	r := request("c1")
	prepare(f, r)
	sends, _, _ := v.counts()
	bad.fail(at(o.method, o.call, o.count, o.half))
	_, err := f.create(r, soon)
	switch after, _, _ := v.counts(); {
	case isReason(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE):
		if after != sends {
			t.Error("refused with JOURNAL_UNAVAILABLE, and sent")
		}
	case err != nil && !isReason(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN):
		t.Error(err)
	}
	bad.fail(nil)
	testkit.Eventually(t, "it succeeds", func() bool { _, err := f.create(r, soon); return err == nil })
	f.inState(r, succeeded)
	if _, customers, _ := v.counts(); customers != 1 {
		t.Errorf("%d customers", customers)
	}
}

// A write that returned an error and was made is recognized. The creation goes on without a
// look-up, and its response is not a replay.
func TestOutageAfterTheWrite(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method  string
		adopts  bool
		outcome enlistv1.Outcome
		lookups int
	}{
		"the intent":  {"Insert", false, enlistv1.Outcome_OUTCOME_CREATED, 0},
		"the outcome": {"Update", true, enlistv1.Outcome_OUTCOME_ADOPTED, 1}, // the look-up before the send
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bad := &badStore{}
				v := newVendor(enforced, time.Second)
				f := start(t, v, failing(bad))
				r := request("c1")
				if test.adopts {
					v.looksFirst, v.adopts = true, true
					r.OnExisting = enlistv1.OnExisting_ON_EXISTING_ADOPT
					v.put("c1", "theirs")
				}
				bad.fail(at(test.method, 1, 1, true))
				if response := f.succeeds(r); response.GetReplayed() || response.GetOutcome() != test.outcome {
					t.Errorf("outcome %s, replayed %t", response.GetOutcome(), response.GetReplayed())
				}
				if _, customers, lookups := v.counts(); customers != 1 || lookups != test.lookups {
					t.Errorf("%d customers and %d look-ups, want 1 and %d", customers, lookups, test.lookups)
				}
			})
		})
	}
}

// If the journal fails when a response arrives, the caller gets the response at once. The journal
// gets it when it works again, even if the caller has changed its own copy.
func TestResponseIsRecordedAfterAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		f := start(t, newVendor(enforced, time.Second), failing(bad))
		r, gate := request("c1"), make(chan struct{})
		f.vendor.then(send{acts: true, gate: gate})
		go func() {
			testkit.Eventually(t, "it is sent", func() bool { sends, _, _ := f.vendor.counts(); return sends == 1 })
			bad.fail(down)
			close(gate)
		}()
		response := f.succeeds(r)
		want := proto.CloneOf(response)
		proto.Reset(response)
		bad.fail(nil)
		if got := f.comesTo(r, succeeded).Payload.GetResponse(); !proto.Equal(got, want) {
			t.Errorf("recorded %s, response %s", got, want)
		}
		f.holds(1, 1)
	})
}

// If the journal cannot be written, Enlist refuses a creation before it calls the vendor. Nothing
// stays open.
func TestNoJournalNoSend(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		f := start(t, newVendor(enforced, time.Second), failing(bad))
		bad.fail(func(method string, _ int) (before, after bool) { return method == "Insert", false })
		r := request("c1")
		_, err := f.create(r, soon)
		if refused := f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE); refused.RetryAfter == 0 || refused.Stage != enlistv1.SendStage_SEND_STAGE_UNSPECIFIED {
			t.Errorf("retry after %s, stage %s", refused.RetryAfter, refused.Stage)
		}
		bad.fail(nil)
		f.holds(0, 0)
		f.hasNone(r)
	})
}

// A process does not take an intent of a dead process for its own intent whose write returned an
// error.
func TestOutageDuringARequestAfterACrash(t *testing.T) {
	t.Parallel()
	for failures, name := range map[int]string{1: "begun again", 4: "taken back"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bad := &badStore{}
				f := start(t, newVendor(byKey, 200*time.Millisecond), failing(bad))
				r := f.dies(bad)
				if claimed, err := f.journal.Claim(context.Background(), 10); err != nil || len(claimed) != 1 {
					t.Fatalf("%d claimed: %v", len(claimed), err)
				}
				bad.fail(at("Insert", 1, failures, false))
				_, err := f.create(r, soon)
				if failures > 1 {
					f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
					f.inState(r, intent)
				}
				bad.fail(nil)
				f.succeeds(r)
				f.holds(1, 1)
			})
		})
	}
}

// dies sends a creation, and kills the process before it records the outcome. The vendor has made
// the customer. Another process follows.
func (f *fixture) dies(bad *badStore) *enlistv1.CreateCustomerRequest {
	f.t.Helper()
	r, gate := request("c1"), make(chan struct{})
	f.vendor.then(send{acts: true, gate: gate})
	go func() { _, _ = f.create(r, soon) }()
	testkit.Eventually(f.t, "it is sent", func() bool { sends, _, _ := f.vendor.counts(); return sends == 1 })
	bad.fail(down)
	f.restartWith(func() { bad.fail(nil) })
	f.inState(r, intent)
	return r
}
