package once_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
)

const (
	exists  = enlistv1.Decision_DECISION_SUCCEEDED
	missing = enlistv1.Decision_DECISION_FAILED
)

// decide records a decision of an operator. change may change it first.
func (f *fixture) decide(r *enlistv1.CreateCustomerRequest, decision enlistv1.Decision, change func(*once.Decision)) error {
	decided := once.Decision{Decision: decision, By: "Ada", Reason: "seen at the vendor", Corrects: true}
	if change != nil {
		change(&decided)
	}
	_, _, err := f.Resolve(context.Background(), f.keyOf(r), decided)
	return err
}

func of(id string) func(*once.Decision) { return func(d *once.Decision) { d.CustomerID = id } }

func unverified(id string) func(*once.Decision) {
	return func(d *once.Decision) { d.CustomerID, d.Unverified = id, true }
}

// failsAfterWait decides that nothing was created. The decision is refused until the vendor's limit
// has passed.
func (f *fixture) failsAfterWait(r *enlistv1.CreateCustomerRequest) {
	f.t.Helper()
	for deadline := time.Now().Add(soon); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		err := f.decide(r, missing, nil)
		if err == nil {
			f.inState(r, failed)
			return
		}
		if failure := f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS); failure.RetryAfter <= 0 || !strings.Contains(failure.Message, "Wait ") {
			f.t.Errorf("%+v", failure)
		}
		f.inState(r, needsPerson)
	}
	f.t.Fatal("the wait does not end")
}

// waits makes an operation wait for a person: the vendor shows a customer that may be its own.
func (f *fixture) waits() *enlistv1.CreateCustomerRequest {
	f.t.Helper()
	r := request("c1")
	f.vendor.put("c1", "unclear")
	f.vendor.then(send{err: unknownError()})
	for range 2 { // the reconciler may look it up in between
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	}
	f.inState(r, needsPerson)
	return r
}

// forget removes every customer.
func (v *vendor) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.customers = nil
}

// A person cannot decide that nothing was created while the vendor has a customer that may be the
// creation's.
func TestFailedIsLookedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		r := f.waits()
		time.Sleep(100 * time.Millisecond)
		err := f.decide(r, missing, nil)
		f.atFault(err, "decision")
		if strings.Contains(err.Error(), "c1") {
			t.Errorf("the error names the customer: %v", err)
		}
		f.vendor.breakLookups(notSentError())
		f.fails(f.decide(r, missing, nil), enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
		f.inState(r, needsPerson)
		f.vendor.breakLookups(nil)
		f.vendor.forget()
		f.failsAfterWait(r)
	})
}

// A decision that nothing was created waits for the vendor's lag.
func TestFailedWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		r := f.waits()
		f.vendor.forget()
		f.restartWith(func() { f.vendor.description.SettledAfter = time.Hour })
		err := f.decide(r, missing, nil)
		if failure := f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS); failure.RetryAfter < 59*time.Minute {
			t.Errorf("%+v", failure)
		}
		if err := f.decide(r, missing, unverified("")); err != nil {
			t.Error(err)
		}
		f.inState(r, failed)
	})
}

// If the vendor offers no look-up, the person decides after the wait.
func TestFailedWithoutALookup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, 50*time.Millisecond))
		r := f.needsDecision()
		f.vendor.breakLookups(nil)
		_, _, before := f.vendor.counts()
		f.failsAfterWait(r)
		if _, _, lookups := f.vendor.counts(); lookups != before {
			t.Error("it was looked up")
		}
	})
}

// A decision that cannot be checked now is refused with the reason, and can be recorded unverified.
func TestSucceededIsRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, time.Second))
		r := f.needsDecision()
		for _, c := range []struct {
			err  error
			want enlistv1.ErrorReason
		}{
			{notSentError(), enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
			{limitedError(time.Second), enlistv1.ErrorReason_VENDOR_RATE_LIMITED},
			{rejectedCredentials(), enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED},
		} {
			f.vendor.breakReads(c.err)
			if failure := f.fails(f.decide(r, exists, of("c1")), c.want); !strings.Contains(failure.Message, "unverified") {
				t.Errorf("message %q", failure.Message)
			}
		}
		f.vendor.breakReads(cannotBeAsked())
		f.atFault(f.decide(r, exists, of("c1")), "unverified")
		f.inState(r, needsPerson)
		f.atFault(f.decide(r, exists, func(d *once.Decision) { d.Unverified, d.Reason = true, " \n\t" }), "reason")
		if err := f.decide(r, exists, unverified("c1")); err != nil {
			t.Fatal(err)
		}
		record := f.inState(r, succeeded)
		if response := record.Payload.GetResponse(); !record.Payload.GetDecision().GetUnverified() || response.GetCustomer().GetId() != "c1" ||
			response.GetCustomer().GetSource() != enlistv1.RecordSource_RECORD_SOURCE_JOURNAL {
			t.Errorf("recorded %s", record.Payload)
		}
		log := f.log.String()
		if !strings.Contains(log, `"level":"WARN","msg":"recorded an unverified decision"`) || !strings.Contains(log, `"principal":"`) ||
			strings.Contains(log, "seen at the vendor") || strings.Contains(log, "Ada") {
			t.Errorf("log: %s", log)
		}
	})
}

// Without a read, the record has the customer as it was sent.
func TestUnverifiedSuccessIsAsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, time.Second))
		r := request("c1")
		r.Customer.Email = "jo@müller.example"
		f.vendor.breakLookups(cannotBeAsked())
		f.becomesUnknown(r, send{acts: true})
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.vendor.breakReads(cannotBeAsked())
		if err := f.decide(r, exists, unverified("c1")); err != nil {
			t.Fatal(err)
		}
		if email := f.inState(r, succeeded).Payload.GetResponse().GetCustomer().GetEmail(); email != "jo@xn--mller-kva.example" {
			t.Errorf("recorded %s", email)
		}
	})
}

// The record has the vendor's form of the id.
func TestSucceededTakesTheVendorsID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, time.Second))
		r := f.needsDecision()
		if err := f.decide(r, exists, of("C1")); err != nil {
			t.Fatal(err)
		}
		if record := f.inState(r, succeeded); record.Payload.GetCustomerId() != "c1" || record.Payload.GetDecision().GetUnverified() {
			t.Errorf("recorded %s", record.Payload)
		}
		again := func(d *once.Decision) { d.CustomerID, d.Corrects = "C1", false } // whose response was lost
		if err := f.decide(r, exists, again); err != nil {
			t.Error(err)
		}
		if err := f.decide(r, exists, of("C1")); err != nil || len(f.inState(r, succeeded).Payload.GetEarlierDecisions()) != 0 {
			t.Errorf("the same decision counts as a correction: %v", err)
		}
	})
}

// A decision that nothing was created names no customer. Enlist does not ignore the id.
func TestFailedNamesNoCustomer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, time.Second))
		r := f.needsDecision()
		f.atFault(f.decide(r, missing, unverified("c1")), "customer_id")
		f.inState(r, needsPerson)
	})
}

// Without its provider in the configuration, no decision can be checked.
func TestResolveWithoutTheProvider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := newVendor(noneClass, time.Second)
		f := start(t, newVendor(noneClass, time.Second), func(f *fixture) { f.others = map[string]*vendor{"w": other} })
		r := request("c1")
		r.Provider = "w"
		other.breakLookups(cannotBeAsked())
		other.then(send{acts: true, err: unknownError()})
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		_, err = f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.restartWith(func() { f.others = nil })
		f.inState(r, needsPerson)
		f.atFault(f.decide(r, exists, of("c1")), "unverified")
		f.atFault(f.decide(r, missing, nil), "unverified")
		f.atFault(f.decide(r, exists, unverified("")), "customer_id")
		if err := f.decide(r, exists, unverified("c1")); err != nil {
			t.Error(err)
		}
	})
}

// The customer of another operation is not this one's. The error names that operation only to a
// caller that may see it.
func TestSucceededWithTheCustomerOfAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		first := request("c1")
		f.succeeds(first)
		r := f.needsDecision()
		for _, c := range []struct {
			principal string
			sees      bool
			isNamed   bool
		}{{"", false, true}, {"stranger", false, false}, {"operator", true, true}} {
			err := f.decide(r, exists, func(d *once.Decision) { d.CustomerID, d.Principal, d.SeesOthers = "c1", c.principal, c.sees })
			f.atFault(err, "customer_id")
			said := f.fails(err, enlistv1.ErrorReason_INVALID_FIELD).Violations[0].Description
			if strings.Contains(said, first.GetRequestId()) != c.isNamed || !strings.Contains(said, "another operation created") {
				t.Errorf("%q gets %s", c.principal, said)
			}
		}
		f.inState(r, needsPerson)
		if err := f.decide(r, exists, unverified("c1")); err != nil {
			t.Fatal(err)
		}
		f.atFault(f.decide(r, exists, of("c1")), "unverified") // which now hides the other
		f.inState(r, succeeded)
	})
}

// correction is a decision that corrects an earlier one, with the state and the customer's id that
// it leads to.
type correction struct {
	decision enlistv1.Decision
	change   func(*once.Decision)
	state    enlistv1.OperationState
	id       string
}

// corrects makes a correction after a number of others. It asserts what is recorded.
func (f *fixture) corrects(r *enlistv1.CreateCustomerRequest, others int, c correction) {
	f.t.Helper()
	before := proto.CloneOf(f.record(r).Payload.GetDecision())
	if err := f.decide(r, c.decision, c.change); err != nil {
		f.t.Fatal(err)
	}
	payload := f.inState(r, c.state).Payload
	if earlier := payload.GetEarlierDecisions(); len(earlier) != others+1 || !proto.Equal(earlier[others], before) {
		f.t.Errorf("%d: earlier decisions %s", others, earlier)
	}
	if payload.GetCustomerId() != c.id || (payload.GetFailure() == nil) == (c.state == failed) || (payload.GetResponse() == nil) == (c.state == succeeded) {
		f.t.Errorf("%d: recorded %s", others, payload)
	}
	if found, err := f.journal.FindCustomer(f.t.Context(), "v", "c1"); err != nil || (found != nil) != (c.id == "c1") {
		f.t.Errorf("%d: the journal finds %v, %v", others, found, err)
	}
}

// A correction is checked, keeps the earlier decision, and sends nothing.
func TestCorrections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond), reconciling)
		r := f.waits()
		if err := f.decide(r, missing, unverified("")); err != nil {
			t.Fatal(err)
		}
		if err := f.decide(r, missing, unverified("")); err != nil { // its response was lost
			t.Fatal(err)
		}
		if record := f.inState(r, failed); len(record.Payload.GetEarlierDecisions()) > 0 {
			t.Error("a repeated decision is a correction")
		}
		f.fails(f.decide(r, exists, func(d *once.Decision) { d.CustomerID, d.Corrects = "c1", false }), enlistv1.ErrorReason_NOT_PERMITTED)
		f.atFault(f.decide(r, exists, of("c2")), "customer_id")
		f.inState(r, failed)

		f.vendor.put("c2", "unclear")
		for i, c := range []correction{
			{exists, of("c2"), succeeded, "c2"},
			{exists, of("c1"), succeeded, "c1"},
			{missing, unverified(""), failed, ""},
			{exists, of("c1"), succeeded, "c1"},
		} {
			f.corrects(r, i, c)
		}
		f.atFault(f.decide(r, missing, nil), "decision") // the customer is there
		if response := f.succeeds(r); !response.GetReplayed() || response.GetCustomer().GetId() != "c1" {
			t.Errorf("replayed as %s", response)
		}
		f.vendor.forget()
		time.Sleep(100 * time.Millisecond)
		if err := f.decide(r, missing, nil); err != nil {
			t.Fatal(err)
		}
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		f.holds(1, 0)
	})
}

// A correction to FAILED also reads the customer that a person named before, since the look-up by
// the requested key may not show it.
func TestCorrectionOfAnotherForm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond), reconciling)
		r := f.waits()
		f.vendor.forget()
		f.vendor.put("C1", "theirs")
		if err := f.decide(r, exists, of("C1")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		f.atFault(f.decide(r, missing, nil), "decision")
		f.vendor.forget()
		if err := f.decide(r, missing, nil); err != nil {
			t.Fatal(err)
		}
	})
}

// reads makes reads show customers with an email and a time.
func (v *vendor) reads(email string, created *timestamppb.Timestamp) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.email, v.created = email, created
}

// A customer that the look-up does not show must be like the request. The error names the fields,
// and no value.
func TestSucceededIsCompared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(48 * time.Hour) // times before 2000 do not count
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		r := f.waits()
		f.vendor.put("c2", "theirs")
		f.vendor.reads("eve@example.com", nil)
		err := f.decide(r, exists, of("c2"))
		f.atFault(err, "customer_id")
		said := f.fails(err, enlistv1.ErrorReason_INVALID_FIELD).Violations[0].Description
		if !strings.Contains(said, "differs from the request in customer.email.") || strings.Contains(said, "example.com") || strings.Contains(said, "c2") {
			t.Errorf("the error says %s", said)
		}
		f.vendor.reads("", timestamppb.New(time.Now().Add(-time.Hour)))
		f.atFault(f.decide(r, exists, of("c2")), "customer_id") // older than the request
		f.vendor.reads("", timestamppb.Now())
		f.vendor.breakLookups(notSentError())
		f.fails(f.decide(r, exists, of("c2")), enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
		f.vendor.breakLookups(nil)
		f.inState(r, needsPerson)
		if err := f.decide(r, exists, of("c2")); err != nil {
			t.Fatal(err)
		}
		f.inState(r, succeeded)
	})
}

// A customer that the look-up shows is the person's choice, although it differs. The response names
// the fields that were not sent as they are.
func TestCandidateIsAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		r := f.waits()
		f.vendor.fates = []*enlistv1.FieldFate{{Path: "customer.language_code", Fate: enlistv1.Fate_FATE_DROPPED}}
		f.vendor.reads("eve@example.com", nil)
		if err := f.decide(r, exists, of("c1")); err != nil {
			t.Fatal(err)
		}
		if kept := f.inState(r, succeeded).Payload; kept.GetReason() != nil || kept.GetDecision().GetUnverified() || len(kept.GetResponse().GetFields()) != 1 {
			t.Errorf("recorded %s", kept)
		}
	})
}

// Where the caller chose the id, another id is another customer.
func TestAnotherIDIsAnotherCustomer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 50*time.Millisecond))
		r := f.waits()
		f.vendor.put("c2", "theirs")
		err := f.decide(r, exists, of("c2"))
		f.atFault(err, "customer_id")
		if said := f.fails(err, enlistv1.ErrorReason_INVALID_FIELD).Violations[0].Description; !strings.Contains(said, "in customer.id.") {
			t.Errorf("the error says %s", said)
		}
		if err := f.decide(r, exists, unverified("c2")); err != nil {
			t.Fatal(err)
		}
	})
}

// Without the request there is nothing to compare a customer with.
func TestSucceededWithoutThePayload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, 50*time.Millisecond))
		r := f.waits()
		if err := f.decide(r, missing, unverified("")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, _, err := f.journal.Purge(t.Context(), "v", journal.Before{Payload: time.Now()}, 10); err != nil {
			t.Fatal(err)
		}
		if !f.record(r).PayloadDropped {
			t.Fatal("the payload is still there")
		}
		f.atFault(f.decide(r, exists, of("c1")), "unverified")
		if err := f.decide(r, exists, unverified("c1")); err != nil {
			t.Fatal(err)
		}
	})
}
