package crashtest_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// erasures are the steps of an erasure of two operations at which the process dies. The last one is
// after the work, before the response.
func erasures() []string {
	return []string{"erase-found:1", "erase-vendor:1", "erase-one:1", "erase-one:2", "erase-scrubbed:1"}
}

// A process that dies at any step of an erasure leaves nothing that a repeated call does not erase,
// and never sends the request_ids again.
func TestEveryStepOfAnErasure(t *testing.T) {
	for _, plan := range erasures() {
		for _, v := range vendors() {
			t.Run(plan+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				eraseAndDie(t, plan, &v)
			})
		}
	}
}

func eraseAndDie(t *testing.T, plan string, v *vendor) {
	t.Helper()
	var lives, deaths atomic.Int32
	w := newWorld(t, chanceOf(t.Name()), func() string {
		if lives.Add(1) == 1 {
			return plan
		}
		return ""
	}, func(string) { deaths.Add(1) }, nil)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	first := v.request(fail)
	id := w.succeed(ctx, first).GetCustomer().GetId()
	requests := []*enlistv1.CreateCustomerRequest{first, w.second(ctx, v, first)}
	records := len(w.records(v.sandbox))
	erase := &enlistv1.EraseCustomerDataRequest{
		Provider: v.name, Subject: &enlistv1.EraseCustomerDataRequest_CustomerId{CustomerId: id}, EraseAtVendor: true,
		DecidedBy: "Jo Doe", Reason: "case 7",
	}
	w.erase(ctx, erase)
	wanted := int32(1)
	if plan == "erase-one:2" && requests[1] == nil {
		wanted = 0 // there is one operation
	}
	if deaths.Load() != wanted {
		t.Errorf("the process died %d times, not %d", deaths.Load(), wanted)
	}
	for _, request := range requests {
		if request != nil {
			w.isErased(ctx, request)
		}
	}
	if after := len(w.records(v.sandbox)); after != records {
		t.Errorf("%d customers at the vendor, not %d", after, records)
	}
}

// second makes another operation of the same customer, where the vendor permits one. It returns nil
// elsewhere.
func (w *world) second(ctx context.Context, v *vendor, first *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerRequest {
	if v.ownIDs {
		return nil
	}
	again := v.request(adopt)
	again.Customer = proto.CloneOf(first.GetCustomer())
	w.succeed(ctx, again)
	return again
}

// succeed creates a customer.
func (w *world) succeed(ctx context.Context, request *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerResponse {
	w.t.Helper()
	response, err := w.server(ctx).customers.CreateCustomer(ctx, request)
	if err != nil {
		w.t.Fatal(err)
	}
	return response
}

// erase repeats an erasure until it succeeds.
func (w *world) erase(ctx context.Context, erase *enlistv1.EraseCustomerDataRequest) {
	w.t.Helper()
	for p := w.server(ctx); p != nil; p = w.server(ctx) {
		erased, err := enlistv1.NewPrivacyServiceClient(p.connection).EraseCustomerData(ctx, erase)
		if err == nil && len(erased.GetOperations()) == 0 {
			w.t.Error("no tombstone")
		}
		if err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Error("the erasure never succeeds")
}

// isErased asserts that a creation is erased, and that its request is refused.
func (w *world) isErased(ctx context.Context, request *enlistv1.CreateCustomerRequest) {
	w.t.Helper()
	p := w.server(ctx)
	found, err := p.operations.GetOperation(ctx, &enlistv1.GetOperationRequest{Provider: request.GetProvider(), RequestId: request.GetRequestId()})
	if err != nil || found.GetOperation().GetState() != enlistv1.OperationState_OPERATION_STATE_ERASED {
		w.t.Errorf("%v, %v", found.GetOperation().GetState(), err)
	}
	_, err = p.customers.CreateCustomer(ctx, request)
	if reason, _ := detailsOf(status.Convert(err)); reason != enlistv1.ErrorReason_OPERATION_ERASED.String() {
		w.t.Errorf("a repeated request: %v", err)
	}
}
