package once_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal"
)

// ends are the ends of creations that a service has told.
type ends struct {
	mu   sync.Mutex
	told []string
}

func (e *ends) listen(f *fixture) {
	f.options.Ended = func(record *journal.Record, event string) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.told = append(e.told, record.Payload.GetRequest().GetCustomer().GetId()+" "+event+" "+record.State.String()[len("OPERATION_STATE_"):])
	}
}

func (e *ends) soFar() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.told)
}

// are asserts all ends so far.
func (e *ends) are(t *testing.T, want ...string) {
	t.Helper()
	if told := e.soFar(); !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// comeTo waits for the last of some ends, and asserts them.
func (e *ends) comeTo(t *testing.T, want ...string) {
	t.Helper()
	testkit.Eventually(t, "an end is told", func() bool { return len(e.soFar()) >= len(want) })
	e.are(t, want...)
}

// leave creates a customer, and leaves when the vendor has the request.
func (f *fixture) leave(r *enlistv1.CreateCustomerRequest) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	before, _, _ := f.vendor.counts()
	left := make(chan error, 1)
	go func() {
		_, err := f.Create(ctx, "", proto.CloneOf(r))
		left <- err
	}()
	testkit.Eventually(f.t, "the vendor has the request", func() bool { sends, _, _ := f.vendor.counts(); return sends > before })
	cancel()
	f.fails(<-left, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
}

// A service tells the end of a creation exactly when no caller gets it as a response, and no person
// has decided it.
func TestEndsAreTold(t *testing.T) {
	told := &ends{}
	v := newVendor(byKey, 0)
	f := start(t, v, told.listen)

	// A caller waits for these.
	f.succeeds(request("created"))
	v.then(send{err: rejectedError()})
	_, _ = f.create(request("refused"), soon)
	v.then(send{err: notSentError()}, send{err: notSentError()}, send{err: notSentError()}, send{err: notSentError()})
	_, _ = f.create(request("not sent"), soon)
	told.are(t)

	// The caller is gone when the vendor responds.
	gate := make(chan struct{})
	v.then(send{acts: true, gate: gate})
	late := request("late")
	f.leave(late)
	told.are(t)
	close(gate)
	told.comeTo(t, "late done SUCCEEDED")

	// Another call finds these: first a waiter, then a repeated request, which is itself a caller.
	open := request("open")
	f.becomesUnknown(open, send{acts: true})
	told.are(t, "late done SUCCEEDED")
	if _, err := f.Wait(context.Background(), f.keyOf(open)); err != nil {
		t.Fatal(err)
	}
	f.inState(open, succeeded)
	told.are(t, "late done SUCCEEDED", "open found SUCCEEDED")
	again := request("again")
	f.becomesUnknown(again, send{acts: true})
	f.succeeds(again)
	told.are(t, "late done SUCCEEDED", "open found SUCCEEDED")

	// A person decides the last one.
	v.put("unclear", "unclear")
	unclear := request("unclear")
	f.becomesUnknown(unclear, send{})
	_, _ = f.Wait(context.Background(), f.keyOf(unclear))
	f.inState(unclear, needsPerson)
	if err := f.decide(unclear, exists, unverified("unclear")); err != nil {
		t.Fatal(err)
	}
	told.are(t, "late done SUCCEEDED", "open found SUCCEEDED", "unclear undecidable NEEDS_PERSON")
}

// The reconciler tells the end of a creation that an earlier process did not finish.
func TestEndsAreToldAfterCrash(t *testing.T) {
	told := &ends{}
	v := newVendor(byKey, 0)
	f := start(t, v, told.listen, reconciling)
	gate := make(chan struct{})
	defer close(gate)
	v.then(send{acts: true, gate: gate})
	left := request("left")
	f.leave(left)
	f.restart()
	told.comeTo(t, "left found SUCCEEDED")
}
