package once_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
)

const erased = enlistv1.OperationState_OPERATION_STATE_ERASED

func customerID(id string) once.Subject { return once.Subject{Provider: "v", CustomerID: id} }

func (f *fixture) named(request *enlistv1.CreateCustomerRequest) once.Subject {
	key := f.keyOf(request)
	return once.Subject{Provider: "v", Key: &key}
}

func (f *fixture) tryErase(subject once.Subject, atVendor bool) (*once.Erased, error) {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	held, err := f.Find(ctx, subject)
	if err != nil {
		return nil, err
	}
	return f.Erase(ctx, subject, held, once.Erasure{AtVendor: atVendor, By: "Jo", Principal: "dpo", Reason: "case 7"})
}

// erases asserts how many records an erasure has replaced, and how many tombstones there are.
func (f *fixture) erases(subject once.Subject, atVendor bool, count, tombstones int) *once.Erased {
	f.t.Helper()
	got, err := f.tryErase(subject, atVendor)
	if err != nil {
		f.t.Fatal(err)
	}
	if got.Count != count || len(got.Tombstones) != tombstones {
		f.t.Errorf("erased %d with %d tombstones, want %d and %d", got.Count, len(got.Tombstones), count, tombstones)
	}
	return got
}

// erasable is a vendor that documents both requests.
func erasable(class enlistv1.DuplicateSafetyClass, settledAfter time.Duration) *vendor {
	v := newVendor(class, settledAfter)
	v.description.Privacy = providers.Privacy{Export: "exported", Erasure: "kept nothing"}
	return v
}

// isErased asserts that the record has nothing of its request any more, and that a repeated request
// ends without a send.
func (f *fixture) isErased(request *enlistv1.CreateCustomerRequest) {
	f.t.Helper()
	record := f.inState(request, erased)
	payload := record.Payload
	erasure := payload.GetErasure()
	if erasure.GetDecidedBy() != "Jo" || erasure.GetPrincipal() != "dpo" || erasure.GetReason() != "case 7" || erasure.GetEraseTime() == nil {
		f.t.Errorf("erasure %v", erasure)
	}
	if payload.GetRequest() != nil || payload.GetResponse() != nil || payload.GetFingerprint() != nil || payload.GetTries() != nil ||
		payload.GetCustomerId() != "" || payload.GetExclusiveKey() != "" || payload.GetFailure() != nil || payload.GetDecision() != nil {
		f.t.Errorf("left: %v", payload)
	}
	sends, _, _ := f.vendor.counts()
	other := request
	for range 2 { // with other content, too
		_, err := f.create(other, soon)
		f.fails(err, enlistv1.ErrorReason_OPERATION_ERASED)
		other = &enlistv1.CreateCustomerRequest{Provider: "v", RequestId: request.GetRequestId(), Customer: &enlistv1.Customer{Id: "other"}}
	}
	if again, _, _ := f.vendor.counts(); again != sends {
		f.t.Errorf("%d sends after the erasure", again-sends)
	}
}

// All operations of a customer go, and the person can sign up again.
func TestErase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, erasable(enforced, time.Second))
		made, refused, other, near := request("c1"), request("c1"), request("c2"), request("C 1")
		f.succeeds(made)
		_, err := f.create(refused, soon)
		f.fails(err, enlistv1.ErrorReason_CUSTOMER_EXISTS)
		f.succeeds(other)
		f.succeeds(near)
		created := f.record(made)

		if done := f.erases(customerID("c1"), true, 2, 2); done.AtVendor.Result != enlistv1.VendorDataResult_VENDOR_DATA_RESULT_DONE ||
			done.AtVendor.Note != "kept nothing" || len(done.Left) != 0 {
			t.Errorf("got %+v", done)
		}
		f.isErased(made)
		f.isErased(refused)
		f.inState(other, succeeded)
		f.inState(near, succeeded)
		if tombstone := f.record(made); !tombstone.Created.Equal(created.Created) || !tombstone.Updated.Equal(created.Updated) {
			t.Error("the tombstone has other times than its record")
		}
		if done := f.erases(customerID("c1"), true, 0, 2); done.AtVendor.Result != enlistv1.VendorDataResult_VENDOR_DATA_RESULT_NO_CUSTOMER {
			t.Errorf("again: %+v", done.AtVendor)
		}
		f.erases(customerID("nobody"), false, 0, 0)

		again := request("c1")
		f.succeeds(again)
		f.erases(customerID("c1"), false, 1, 3)
		f.isErased(again)
	})
}

// A creation without a customer id is erased by its request_id. One with an id stands for its
// customer.
func TestEraseByRequestID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, erasable(byMatch, time.Second))
		f.vendor.then(send{err: rejectedError()})
		refused, made, second := request(""), request("c1"), request("c1")
		_, err := f.create(refused, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		f.succeeds(made)
		f.succeeds(second)
		if done := f.erases(f.named(refused), true, 1, 1); done.AtVendor.Result != enlistv1.VendorDataResult_VENDOR_DATA_RESULT_NO_CUSTOMER {
			t.Errorf("got %+v", done.AtVendor)
		}
		f.isErased(refused)
		f.erases(f.named(made), false, 2, 2)
		f.isErased(made)
		f.isErased(second)
		// The vendor still has the customer, and only the caller knows its id.
		if done := f.erases(f.named(made), true, 0, 1); done.AtVendor.Result != enlistv1.VendorDataResult_VENDOR_DATA_RESULT_ID_ERASED {
			t.Errorf("again: %+v", done.AtVendor)
		}
		_, err = f.tryErase(f.named(request("")), false)
		f.fails(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND)
	})
}

// An operation without an outcome must be settled first. The error names it and the way.
func TestEraseOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, erasable(noneClass, time.Second))
		gate := make(chan struct{})
		f.vendor.then(send{acts: true, gate: gate})
		sending, unclear := request("c1"), request("c2")
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = f.create(sending, time.Hour)
		}()
		synctest.Wait()
		refuses := func(open *enlistv1.CreateCustomerRequest, id, way string, reason enlistv1.ErrorReason) {
			t.Helper()
			for _, subject := range []once.Subject{customerID(id), f.named(open)} {
				_, err := f.tryErase(subject, true)
				if failure := f.fails(err, reason); !strings.Contains(failure.Message, open.GetRequestId()) || !strings.Contains(failure.Message, way) {
					t.Errorf("says %q", failure.Message)
				}
			}
		}
		refuses(sending, "c1", "WaitOperation", enlistv1.ErrorReason_REQUEST_IN_PROGRESS)
		close(gate)
		<-ended
		f.becomesUnknown(unclear, send{})
		refuses(unclear, "c2", "WaitOperation", enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		time.Sleep(time.Minute)
		_, _ = f.Wait(context.Background(), f.keyOf(unclear))
		f.inState(unclear, needsPerson)
		refuses(unclear, "c2", "ResolveOperation", enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		if f.vendor.erasures != 0 {
			t.Error("the vendor was asked")
		}
	})
}

// A response that arrives after the erasure brings nothing back.
func TestLateResponseAfterErasure(t *testing.T) {
	t.Parallel()
	f := start(t, erasable(enforced, time.Second))
	gate := make(chan struct{})
	f.vendor.then(send{acts: true, gate: gate})
	r := request("c1")
	ended := make(chan error, 1)
	go func() {
		_, err := f.create(r, soon)
		ended <- err
	}()
	for f.recordOrNil(r) == nil || f.vendor.left() > 0 {
		time.Sleep(time.Millisecond)
	}
	// As another replica leaves it that has taken this one for dead.
	taken := f.record(r)
	taken.State, taken.Owner = notSent, ""
	if err := f.journal.Update(context.Background(), taken, -1); err != nil {
		t.Fatal(err)
	}
	f.erases(f.named(r), false, 1, 1)
	close(gate)
	f.fails(<-ended, enlistv1.ErrorReason_OPERATION_ERASED)
	f.isErased(r)
	if !strings.Contains(f.log.String(), "a late response contradicts the recorded outcome") {
		t.Error("the log does not say so")
	}
}

func (f *fixture) recordOrNil(request *enlistv1.CreateCustomerRequest) any {
	record, err := f.Operation(context.Background(), f.keyOf(request))
	if err != nil {
		return nil
	}
	return record
}

// After a failure at any step, a repeated call finishes the work.
func TestEraseAgainAfterFailure(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(string, int) (bool, bool){
		"the first record": at("Erase", 1, 1, false), "the second record": at("Erase", 2, 1, false),
		"the response of the first": at("Erase", 1, 1, true), "the log": at("Scrub", 1, 1, false), "a read": at("Get", 2, 1, false),
	} {
		for _, byName := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				eraseAgain(t, byName, fault)
			})
		}
	}
}

func eraseAgain(t *testing.T, byName bool, fault func(string, int) (bool, bool)) {
	t.Helper()
	bad := &badStore{}
	f := start(t, erasable(byMatch, time.Second), failing(bad))
	first, second := request("c1"), request("c1")
	f.succeeds(first)
	f.succeeds(second)
	subject := customerID("c1")
	if byName {
		subject = f.named(first)
	}
	bad.fail(fault)
	if _, err := f.tryErase(subject, true); err == nil {
		t.Fatal("no failure")
	}
	bad.fail(nil)
	if done, err := f.tryErase(subject, true); err != nil || !byName && len(done.Tombstones) != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	f.isErased(first)
	f.isErased(second)
}

// If the vendor fails, nothing is erased.
func TestVendorFailsToErase(t *testing.T) {
	t.Parallel()
	f := start(t, erasable(enforced, time.Second))
	r := request("c1")
	f.succeeds(r)
	f.vendor.breakReads(notSentError())
	_, err := f.tryErase(customerID("c1"), true)
	f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
	f.inState(r, succeeded)
}

// A tombstone keeps another creation from taking its customer for its own where the vendor assigns
// ids, and says nothing where the caller chooses them.
func TestTombstoneClaims(t *testing.T) {
	t.Parallel()
	for class, want := range map[enlistv1.DuplicateSafetyClass]enlistv1.OperationState{byMatch: notSent, byKey: succeeded} {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, erasable(class, time.Second))
				f.vendor.sameContent = true
				first, again := request("c1"), request("c1")
				f.succeeds(first)
				f.erases(customerID("c1"), false, 1, 1)
				time.Sleep(time.Hour)
				f.becomesUnknown(again, send{})
				time.Sleep(time.Hour)
				if record, err := f.Wait(context.Background(), f.keyOf(again)); err != nil || record.State != want {
					t.Errorf("state %s, want %s, %v", record.State, want, err)
				}
			})
		})
	}
}

// A list of erased operations repeats the erasures in a restored journal, whatever state it shows,
// and takes the request_ids that it does not have.
func TestEraseListed(t *testing.T) {
	t.Parallel()
	f := start(t, erasable(enforced, time.Hour))
	made, open, unseen := request("c1"), request("c2"), request("c3")
	f.succeeds(made)
	f.becomesUnknown(open, send{})
	f.restartWith(func() {})
	for _, r := range []*enlistv1.CreateCustomerRequest{made, open, unseen} {
		for _, want := range []bool{true, false} {
			if changed, err := once.EraseListed(context.Background(), f.journal, f.keyOf(r), "restore"); err != nil || changed != want {
				t.Errorf("changed %t, want %t, %v", changed, want, err)
			}
		}
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OPERATION_ERASED)
	}
	f.holds(2, 1)
	fresh := request("c2")
	fresh.RequestId = uuid.NewString()
	f.succeeds(fresh)
}
