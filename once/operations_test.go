package once_test

import (
	"cmp"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
)

// Wait returns when a creation has an outcome, or at the deadline with the record as it is then.
func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second))
		r := request("c1")
		gate, ended := f.sending(r)
		wait := func(within time.Duration) *journal.Record {
			ctx, cancel := context.WithTimeout(context.Background(), within)
			defer cancel()
			record, err := f.Wait(ctx, f.keyOf(r))
			if err != nil {
				t.Fatal(err)
			}
			return record
		}
		if state := wait(300 * time.Millisecond).State; state != intent {
			t.Errorf("state %s", state)
		}
		time.AfterFunc(200*time.Millisecond, func() { close(gate) })
		if state := wait(soon).State; state != succeeded {
			t.Errorf("state %s", state)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_, err := f.Wait(t.Context(), f.keyOf(request("c2")))
		f.fails(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND)
	})
}

// needsDecision makes a creation that only a person can settle.
func (f *fixture) needsDecision() *enlistv1.CreateCustomerRequest {
	f.t.Helper()
	r := request("c1")
	f.vendor.breakLookups(cannotBeAsked())
	f.becomesUnknown(r, send{acts: true})
	_, err := f.create(r, soon)
	f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	f.inState(r, needsPerson)
	return r
}

func (f *fixture) resolve(r *enlistv1.CreateCustomerRequest, decision enlistv1.Decision, id string) (*journal.Record, error) {
	record, _, err := f.Resolve(context.Background(), f.keyOf(r), once.Decision{
		Decision: decision, CustomerID: id, By: "Ada", Principal: "billing", Reason: "seen at the vendor", Corrects: true,
	})
	return record, err
}

func TestResolveAsSucceeded(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{"with the id": "c1", "the id is the caller's": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(noneClass, time.Second))
				r := f.needsDecision()
				before := time.Now().Add(-time.Second)
				record, err := f.resolve(r, enlistv1.Decision_DECISION_SUCCEEDED, id)
				if err != nil {
					t.Fatal(err)
				}
				f.inState(r, succeeded)
				decided := record.Payload.GetDecision()
				if decided.GetDecidedBy() != "Ada" || decided.GetPrincipal() != "billing" || decided.GetReason() != "seen at the vendor" ||
					decided.GetDecision() != enlistv1.Decision_DECISION_SUCCEEDED || decided.GetDecideTime().AsTime().Before(before) {
					t.Errorf("the record says %s", decided)
				}
				f.restart()
				if response := f.succeeds(r); !response.GetReplayed() || response.GetCustomer().GetId() != "c1" || response.GetRequestId() != r.GetRequestId() {
					t.Errorf("replayed as %s", response)
				}
				f.holds(1, 1)
			})
		})
	}
}

func TestResolveAsFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, time.Second))
		r := f.needsDecision()
		f.failsAfterWait(r)
		for range 2 {
			_, err := f.create(r, soon)
			if failure := f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED); !strings.Contains(failure.Message, "new request_id") {
				t.Errorf("message %q", failure.Message)
			}
			f.restart()
		}
		f.holds(1, 1)
	})
}

// A decision is refused if no customer has its id, or if it has no id and the vendor assigns ids.
func TestResolveWithAWrongID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(noneClass, time.Second))
		r := f.needsDecision()
		_, err := f.resolve(r, enlistv1.Decision_DECISION_SUCCEEDED, "c2")
		f.atFault(err, "customer_id")
		f.inState(r, needsPerson)

		f = start(t, newVendor(byMatch, time.Second))
		r = f.needsDecision()
		_, err = f.resolve(r, enlistv1.Decision_DECISION_SUCCEEDED, "")
		f.atFault(err, "customer_id")
		if _, err = f.resolve(r, enlistv1.Decision_DECISION_SUCCEEDED, "c1"); err != nil {
			t.Error(err)
		}
	})
}

// A person can decide only in state NEEDS_PERSON.
func TestResolveInOtherStates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Second))
		r := request("c1")
		f.succeeds(r)
		_, err := f.resolve(r, enlistv1.Decision_DECISION_FAILED, "")
		f.atFault(err, "request_id")
		r = request("c2")
		f.becomesUnknown(r, send{})
		_, err = f.resolve(r, enlistv1.Decision_DECISION_FAILED, "")
		f.atFault(err, "request_id")
		f.inState(r, unknown)
		_, err = f.resolve(request("c3"), enlistv1.Decision_DECISION_FAILED, "")
		f.fails(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND)
	})
}

func (f *fixture) atFault(err error, path string) {
	f.t.Helper()
	if failure := f.fails(err, enlistv1.ErrorReason_INVALID_FIELD); len(failure.Violations) != 1 || failure.Violations[0].Path != path {
		f.t.Errorf("violations %v, want one at %s", failure.Violations, path)
	}
}

// The vendor's response to a sender that others took for dead counts.
func TestLateResponse(t *testing.T) {
	t.Parallel()
	for _, state := range []enlistv1.OperationState{unknown, notSent, needsPerson} {
		t.Run(state.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bad := &badStore{}
				f := start(t, newVendor(byKey, time.Hour), failing(bad))
				r := request("c1")
				gate, ended := f.sending(r)
				f.takenOver(bad.Store, r, state)
				close(gate)
				if err := <-ended; err != nil {
					t.Error(err)
				}
				f.comesTo(r, succeeded)
				if !f.succeeds(r).GetReplayed() {
					t.Error("it was sent again")
				}
				f.holds(1, 1)
			})
		})
	}
}

// takenOver makes another replica settle a creation.
func (f *fixture) takenOver(store journal.Store, r *enlistv1.CreateCustomerRequest, state enlistv1.OperationState) {
	f.t.Helper()
	key, ctx := f.keyOf(r), context.Background()
	row, err := store.Get(ctx, key.Principal, key.Provider, key.RequestID)
	if err != nil {
		f.t.Fatal(err)
	}
	if row, err = store.Take(ctx, row, "another"); err != nil || row == nil {
		f.t.Fatalf("%v, %v", row, err)
	}
	record, err := f.journal.Get(ctx, key)
	if err != nil {
		f.t.Fatal(err)
	}
	record.State, record.Owner = state, ""
	due := time.Duration(-1)
	if state == unknown {
		due = time.Hour
	}
	if err := f.journal.Update(ctx, record, due); err != nil {
		f.t.Fatal(err)
	}
}

// GetCustomer implements providers.Provider.
func (v *vendor) GetCustomer(_ context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.unread != nil {
		return nil, v.unread
	}
	if id := request.GetCustomerId(); v.find(id) == nil {
		id = strings.ToLower(id) // the vendor's form
		if v.find(id) == nil {
			return nil, &providers.Error{Reason: enlistv1.ErrorReason_CUSTOMER_NOT_FOUND, Message: "none"}
		}
		request.CustomerId = id
	}
	return &enlistv1.GetCustomerResponse{Customer: &enlistv1.Customer{Id: request.GetCustomerId(), Email: cmp.Or(v.email, email), CreateTime: v.created}}, nil
}
