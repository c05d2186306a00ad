package crashtest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

const (
	succeeded   = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	failed      = enlistv1.OperationState_OPERATION_STATE_FAILED
	notSent     = enlistv1.OperationState_OPERATION_STATE_NOT_SENT
	needsPerson = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON
	// noRecord stands for a creation that the journal does not have.
	noRecord = enlistv1.OperationState_OPERATION_STATE_UNSPECIFIED
)

// toRest is how long an operation may take to get an outcome after all faults. It is generous,
// because no promise depends on it.
const toRest = 60 * time.Second

// tally counts what a round has shown.
type tally struct {
	rounds, kills, creates, duplicates, lost, contradicted, needsPerson int
}

func (a *tally) add(b tally) {
	a.rounds += b.rounds
	a.kills += b.kills
	a.creates += b.creates
	a.duplicates += b.duplicates
	a.lost += b.lost
	a.contradicted += b.contradicted
	a.needsPerson += b.needsPerson
}

// verify waits until every creation has an outcome, and compares it with the vendors' records and
// with all responses. Then it repeats each request: unfinished creations are finished, and the
// others have the same response.
func verify(ctx context.Context, w *world, creates []*create) tally {
	w.withdrawFaults()
	found := tally{creates: len(creates)}
	states := w.atRest(ctx, creates)
	if states == nil {
		return found
	}
	w.listed(ctx, creates, states)
	w.hold(ctx, &found, creates, states)
	if w.t.Failed() {
		return found
	}
	for _, c := range creates {
		if states[c] != needsPerson {
			c.pursue(ctx, w, manner{})
		}
	}
	after := w.atRest(ctx, creates)
	for _, c := range creates {
		if states[c] != needsPerson && after[c] != succeeded && !w.wasRefused(c, after[c]) {
			found.lost++
			w.complain(ctx, c, "was asked for again when nothing failed any more, and is in state %s", after[c])
		}
	}
	w.hold(ctx, &found, creates, after)
	return found
}

// atRest waits until every operation has an outcome, and returns their states; nil if one has none.
func (w *world) atRest(ctx context.Context, creates []*create) map[*create]enlistv1.OperationState {
	states := map[*create]enlistv1.OperationState{}
	for _, c := range creates {
		operation := w.wait(ctx, c)
		states[c] = operation.GetState()
		switch operation.GetState() {
		case succeeded, failed, notSent, needsPerson, noRecord:
		default:
			w.complain(ctx, c, "does not come to rest: state %s", operation.GetState())
			return nil
		}
	}
	return states
}

// wait returns an operation with its outcome, or as it is after toRest; nil if none is recorded.
func (w *world) wait(ctx context.Context, c *create) *enlistv1.Operation {
	ctx, cancel := context.WithTimeout(ctx, toRest)
	defer cancel()
	for {
		p := w.server(ctx)
		if p == nil {
			w.t.Errorf("no server runs to wait for %s", c.request.GetRequestId())
			return nil
		}
		response, err := p.operations.WaitOperation(ctx, &enlistv1.WaitOperationRequest{
			Provider: c.vendor.name, RequestId: c.request.GetRequestId(), Timeout: durationpb.New(toRest / 2),
		})
		switch code := status.Code(err); {
		case code == codes.NotFound:
			return nil
		case err == nil && response.GetOperation().GetState() != enlistv1.OperationState_OPERATION_STATE_INTENT &&
			response.GetOperation().GetState() != enlistv1.OperationState_OPERATION_STATE_UNKNOWN, ctx.Err() != nil:
			return response.GetOperation()
		}
		time.Sleep(20 * time.Millisecond) // the server may just have died
	}
}

// listed compares the list of operations with each operation.
func (w *world) listed(ctx context.Context, creates []*create, states map[*create]enlistv1.OperationState) {
	list := map[string]enlistv1.OperationState{}
	for token := ""; ; {
		p := w.server(ctx)
		if p == nil {
			return
		}
		page, err := p.operations.ListOperations(ctx, &enlistv1.ListOperationsRequest{Provider: "-", PageSize: 7, PageToken: token})
		if err != nil {
			w.t.Errorf("listing the operations: %v", err)
			return
		}
		for _, operation := range page.GetOperations() {
			if _, twice := list[operation.GetRequestId()]; twice {
				w.t.Errorf("%s is listed twice", operation.GetRequestId())
			}
			list[operation.GetRequestId()] = operation.GetState()
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	for _, c := range creates {
		if state := list[c.request.GetRequestId()]; state != states[c] {
			w.complain(ctx, c, "is listed in state %s and says %s", state, states[c])
		}
		delete(list, c.request.GetRequestId())
	}
	for requestID := range list {
		w.t.Errorf("operation %s was never requested", requestID)
	}
}

// hold asserts the meaning of "exactly once".
func (w *world) hold(ctx context.Context, found *tally, creates []*create, states map[*create]enlistv1.OperationState) {
	found.needsPerson = 0
	held := map[sandbox.Vendor]map[string][]sandbox.Record{}
	for _, c := range creates {
		if held[c.vendor.sandbox] == nil {
			held[c.vendor.sandbox] = map[string][]sandbox.Record{}
			for _, record := range w.records(c.vendor.sandbox) {
				key := normalKey(record.Key)
				held[c.vendor.sandbox][key] = append(held[c.vendor.sandbox][key], record)
			}
		}
	}
	for _, c := range creates {
		key := normalKey(c.vendor.key(c.request))
		w.holdOne(ctx, found, c, states[c], held[c.vendor.sandbox][key])
		delete(held[c.vendor.sandbox], key)
	}
	for vendor, others := range held {
		for key := range others {
			w.t.Errorf("%s has a customer %s that no caller requested", vendor, key)
		}
	}
}

func (w *world) holdOne(ctx context.Context, found *tally, c *create, state enlistv1.OperationState, records []sandbox.Record) {
	c.mu.Lock()
	successes, refusals := slices.Clone(c.successes), slices.Clone(c.refusals)
	c.mu.Unlock()
	if len(records) > 1 {
		found.duplicates += len(records) - 1
		w.complain(ctx, c, "was created %d times", len(records))
	}
	switch {
	case state == succeeded && len(records) == 0:
		found.lost++
		w.complain(ctx, c, "has succeeded and the vendor has no such customer")
	case (state == failed || state == notSent || state == noRecord) && len(records) > 0:
		found.contradicted++
		w.complain(ctx, c, "is in state %s and the vendor has the customer", state)
	case w.wasRefused(c, state):
	case state == failed, len(refusals) > 0: // every customer is new and every request is valid
		found.contradicted++
		w.complain(ctx, c, "was refused: %v", refusals)
	case state != succeeded && len(successes) > 0:
		found.contradicted++
		w.complain(ctx, c, "was answered with success and is in state %s", state)
	}
	if state == needsPerson {
		found.needsPerson++
		inOtherForm := len(records) > 0 && records[0].Key != c.vendor.key(c.request)
		proofHidden := w.ordered.has(c.vendor.sandbox, sandbox.OtherTypes)
		if !c.vendor.guesses && !inOtherForm && !proofHidden {
			w.complain(ctx, c, "waits for a person")
		}
	}
	for _, other := range successes {
		if !w.same(successes[0], other) {
			found.contradicted++
			w.complain(ctx, c, "has two answers:\n%s\n%s", text(successes[0]), text(other))
			break
		}
	}
	if state == succeeded {
		w.holdSuccess(ctx, found, c, successes, records)
	}
}

// wasRefused reports whether a request failed with the vendor's refusal, and that fault was
// injected.
func (w *world) wasRefused(c *create, state enlistv1.OperationState) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, refusal := range c.refusals {
		if reason, _ := detailsOf(refusal); reason != enlistv1.ErrorReason_VENDOR_REJECTED.String() {
			return false
		}
	}
	return state == failed && w.ordered.has(c.vendor.sandbox, sandbox.RefusedWith500)
}

// wasRejected reports whether a caller got the vendor's refusal.
func wasRejected(c *create) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.refusals, func(said *status.Status) bool {
		reason, _ := detailsOf(said)
		return reason == enlistv1.ErrorReason_VENDOR_REJECTED.String()
	})
}

// same reports whether two responses to a request_id are the same.
func (w *world) same(a, b *enlistv1.CreateCustomerResponse) bool {
	return proto.Equal(a, b) || w.alike != nil && w.alike(a, b)
}

// holdSuccess asserts that operation, responses, GetCustomer and record are of one customer.
func (w *world) holdSuccess(ctx context.Context, found *tally, c *create, successes []*enlistv1.CreateCustomerResponse, records []sandbox.Record) {
	p := w.server(ctx)
	if p == nil || len(records) == 0 {
		return
	}
	got, err := p.operations.GetOperation(ctx, &enlistv1.GetOperationRequest{Provider: c.vendor.name, RequestId: c.request.GetRequestId()})
	if err != nil {
		w.t.Errorf("GetOperation: %v", err)
		return
	}
	recorded := got.GetOperation().GetResponse()
	if len(successes) > 0 && !w.same(recorded, successes[0]) {
		found.contradicted++
		w.complain(ctx, c, "was answered otherwise than is recorded:\n%s\n%s", text(successes[0]), text(recorded))
	}
	id := recorded.GetCustomer().GetId()
	want := records[0].Key // in the vendor's form
	if c.vendor.ownIDs {
		want = fmt.Sprint(records[0].Record["accountID"])
	}
	if c.vendor.tellsNoKey && id == c.vendor.key(c.request) {
		want = id
	}
	if id != want || got.GetOperation().GetCustomerId() != id {
		found.contradicted++
		w.complain(ctx, c, "has the customer id %s and the vendor says %s", id, want)
	}
	var unread error
	for range 50 { // the vendor may show it later
		_, unread = p.customers.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: c.vendor.name, CustomerId: id})
		if unread == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	found.lost++
	w.complain(ctx, c, "cannot be read: %v", unread)
}

// complain fails the test with everything that is known of a creation.
func (w *world) complain(ctx context.Context, c *create, format string, values ...any) {
	w.t.Helper()
	var story strings.Builder
	fmt.Fprintf(&story, "%s %s ", c.vendor.name, c.request.GetRequestId())
	fmt.Fprintf(&story, format, values...)
	if p := w.server(ctx); p != nil {
		got, err := p.operations.GetOperation(ctx, &enlistv1.GetOperationRequest{Provider: c.vendor.name, RequestId: c.request.GetRequestId()})
		fmt.Fprintf(&story, "\noperation: %s %v", text(shortened(got.GetOperation())), err)
	}
	for _, record := range w.records(c.vendor.sandbox) {
		if c.has(record) {
			fmt.Fprintf(&story, "\nthe vendor has: %+v", record)
		}
	}
	c.mu.Lock()
	fmt.Fprintf(&story, "\n%d tries, %d successes, refusals %v, on_existing %s", c.tries, len(c.successes), c.refusals, c.request.GetOnExisting())
	c.mu.Unlock()
	fmt.Fprintf(&story, "\njournal and logs: %s", w.folder)
	w.t.Error(story.String())
}

// shortened removes the long parts of an operation.
func shortened(operation *enlistv1.Operation) *enlistv1.Operation {
	for _, try := range operation.GetTries() {
		try.Curl, try.ResponseBody = "", try.GetResponseBody()[:min(len(try.GetResponseBody()), 300)]
		if try.GetRequest() != nil {
			try.Request.Headers, try.Request.Body = nil, try.GetRequest().GetBody()[:min(len(try.GetRequest().GetBody()), 300)]
		}
	}
	return operation
}

func text(message proto.Message) string {
	return protojson.Format(message)
}
