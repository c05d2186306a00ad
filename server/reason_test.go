package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/server"
)

// operations is a client of OperationService, with helpers for one test.
type operations struct {
	enlistv1.OperationServiceClient
	*running
	t *testing.T
}

func (r *running) operations(t *testing.T) *operations {
	return &operations{enlistv1.NewOperationServiceClient(r.grpc), r, t}
}

func (o *operations) withdrawFaults() {
	o.t.Helper()
	request, _ := http.NewRequestWithContext(o.t.Context(), http.MethodDelete, o.sandboxURL+"/sandbox/faults", http.NoBody)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	_ = response.Body.Close()
}

func (o *operations) get(request *enlistv1.CreateCustomerRequest, candidates bool) *enlistv1.GetOperationResponse {
	o.t.Helper()
	got, err := o.GetOperation(o.t.Context(), &enlistv1.GetOperationRequest{
		Provider: request.GetProvider(), RequestId: request.GetRequestId(), IncludeCandidates: candidates,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return got
}

func (o *operations) comesTo(request *enlistv1.CreateCustomerRequest, state enlistv1.OperationState) *enlistv1.Operation {
	o.t.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		operation := o.get(request, false).GetOperation()
		if operation.GetState() == state {
			return operation
		}
		if time.Since(start) > time.Minute {
			o.t.Fatalf("state %s, want %s", operation.GetState(), state)
		}
	}
}

// lost sends a creation whose response is lost. Look-ups fail until the faults are withdrawn. Two
// vendors look first, so their faults follow the creation, whose customer is not shown until then.
func (o *operations) lost(vendor string, request *enlistv1.CreateCustomerRequest, lookups string) {
	o.t.Helper()
	fault := map[string]any{"vendor": vendor, "operation": "get", "kind": lookups, "times": 1000}
	if vendor == "caliq" || vendor == "sell_and_sign" {
		order(o.t, o.running, map[string]any{"vendor": vendor, "operation": "create", "kind": "slow_lookup", "delay_ms": 3000})
		defer order(o.t, o.running, fault)
	} else {
		order(o.t, o.running, fault)
	}
	order(o.t, o.running, map[string]any{"vendor": vendor, "operation": "create", "kind": "drop_after"})
	_, err := enlistv1.NewCustomerServiceClient(o.grpc).CreateCustomer(o.t.Context(), request)
	if status.Code(err) != codes.Aborted {
		o.t.Fatalf("the creation ended with %v", err)
	}
}

// lookalikes leaves an operation at Avvio to a person: two accounts may be its own, in two cities.
func (o *operations) lookalikes() *enlistv1.CreateCustomerRequest {
	o.t.Helper()
	request := avvioRequest("Lovelace")
	preview := proto.CloneOf(request)
	preview.ValidateOnly = true
	shown, err := enlistv1.NewCustomerServiceClient(o.grpc).CreateCustomer(o.t.Context(), preview)
	if err != nil {
		o.t.Fatal(err)
	}
	o.run(o.t, "avvio", strings.ReplaceAll(server.CurlLine(shown.GetVendorRequest()), "Paris", "Lyon"))
	order(o.t, o.running, map[string]any{"vendor": "avvio", "operation": "create", "kind": "drop_after"})
	_, err = enlistv1.NewCustomerServiceClient(o.grpc).CreateCustomer(o.t.Context(), request)
	if status.Code(err) != codes.Aborted {
		o.t.Fatalf("the creation ended with %v", err)
	}
	o.comesTo(request, enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON)
	return request
}

func avvioRequest(family string) *enlistv1.CreateCustomerRequest {
	return &enlistv1.CreateCustomerRequest{
		Provider: "avvio", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP,
		Customer: &enlistv1.Customer{
			Name: &enlistv1.PersonName{Title: "Ms", GivenName: "Ada", FamilyName: family}, Email: "ada@example.com", Phone: "+33612345678", Mobile: "+33712345678",
			BillingAddress: &enlistv1.Address{Lines: []string{"1 Boulevard"}, City: "Paris", PostalCode: "75001", CountryCode: "FR"},
		},
		VendorOptions: &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: "customers-password"}},
	}
}

// The operator sees why two look-alike accounts at Avvio need a person, and how they differ.
func TestReasonOfLookalikes(t *testing.T) {
	o := start(t, nil).operations(t)
	request := o.lookalikes()
	got := o.get(request, true)
	var ids []string
	for _, candidate := range got.GetCandidates() {
		ids = append(ids, candidate.GetCustomer().GetId())
		isOurs := candidate.GetCustomer().GetBillingAddress().GetCity() == "Paris"
		differences := candidate.GetDifferences()
		if isOurs != (len(differences) == 0) || candidate.GetMatch() != enlistv1.CandidateMatch_CANDIDATE_MATCH_OURS {
			t.Errorf("%v", candidate)
		}
		if !isOurs && (differences[0].GetPath() != "customer.billing_address.city" || differences[0].GetRequested() != "Paris" || differences[0].GetFound() != "Lyon") {
			t.Errorf("differences %v", differences)
		}
	}
	operation := got.GetOperation()
	want := "Two customers at Avvio match this request: " + strings.Join(ids, " and ") + "; they differ in billing address city"
	if len(ids) != 2 || !strings.HasPrefix(operation.GetReason(), want) ||
		operation.GetReasonCode() != enlistv1.OperationReason_OPERATION_REASON_SEVERAL_CUSTOMERS {
		t.Errorf("%s: %q, want %q", operation.GetReasonCode(), operation.GetReason(), want)
	}
	if records := strings.Count(o.records(t, "avvio"), "ada@example.com"); records != 2 {
		t.Errorf("the vendor has %d accounts", records)
	}
	for _, c := range []struct {
		reason enlistv1.OperationReason
		want   int
	}{{enlistv1.OperationReason_OPERATION_REASON_SEVERAL_CUSTOMERS, 1}, {enlistv1.OperationReason_OPERATION_REASON_CUSTOMER_DIFFERS, 0}} {
		listed, err := o.ListOperations(t.Context(), &enlistv1.ListOperationsRequest{Provider: "-", ReasonCode: c.reason})
		if err != nil || len(listed.GetOperations()) != c.want {
			t.Errorf("%s: %v, %v", c.reason, listed, err)
		}
	}
	_, err := o.ListOperations(t.Context(), &enlistv1.ListOperationsRequest{
		Provider: "-", ReasonCode: enlistv1.OperationReason_OPERATION_REASON_NO_RESPONSE, State: enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON,
	})
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("a contradiction: %v", err)
	}
	decided, err := o.ResolveOperation(t.Context(), &enlistv1.ResolveOperationRequest{
		Provider: "avvio", RequestId: request.GetRequestId(), Decision: enlistv1.Decision_DECISION_SUCCEEDED, CustomerId: ids[0], DecidedBy: "Grace", Reason: "asked her",
	})
	if shown := got.GetCandidates()[0].GetDifferences(); len(shown) != len(decided.GetDifferences()) {
		t.Errorf("the decision shows %v, not %v", decided.GetDifferences(), shown)
	}
	if err != nil || decided.GetOperation().GetReason() != "" || decided.GetOperation().GetReasonCode() != 0 {
		t.Errorf("%v, %v", decided, err)
	}
}

// Each attempt shows its own error, and a look-up that was not understood shows the form of what
// came back, without a value. This is so at every vendor.
func TestEachAttemptShowsItsError(t *testing.T) {
	for provider, vendor := range vendorsByProvider() {
		for _, kind := range []string{"status_500", "malformed", "truncated", "drop_before"} {
			t.Run(provider+" "+kind, func(t *testing.T) {
				t.Parallel()
				o := start(t, nil).operations(t)
				request := hostile(t, provider)
				o.lost(vendor, request, kind)
				isFailed := func(try *enlistv1.OperationTry) bool {
					return try.GetKind() == enlistv1.TryKind_TRY_KIND_LOOKUP && try.GetError() != ""
				}
				var operation *enlistv1.Operation
				for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(20 * time.Millisecond) {
					if operation = o.get(request, false).GetOperation(); slices.ContainsFunc(operation.GetTries(), isFailed) {
						break
					}
				}
				if code := operation.GetReasonCode(); code != enlistv1.OperationReason_OPERATION_REASON_LOOKUP_FAILED || operation.GetReason() == "" {
					t.Errorf("%s: %q", code, operation.GetReason())
				}
				for _, try := range operation.GetTries() {
					isSend := try.GetKind() == enlistv1.TryKind_TRY_KIND_SEND
					if (isSend || isFailed(try)) && (try.GetErrorReason() == 0 || len(try.GetError()) < 20 || len([]rune(try.GetError())) > 513 ||
						strings.Contains(try.GetError(), "Call again")) {
						t.Errorf("%s: %s %q", try.GetKind(), try.GetErrorReason(), try.GetError())
					}
					if body := try.GetResponseBody(); isFailed(try) && try.GetRequest().GetMethod() != "" && strings.Contains(body, "example.com") && vendor == "avvio" {
						t.Errorf("a look-up shows %q", body)
					}
					if isFailed(try) && (kind == "malformed" || kind == "status_500") && try.GetResponseBody() == "" {
						t.Errorf("%q shows nothing of the response", try.GetError())
					}
				}
			})
		}
	}
}

// A list by reason and by customer goes on over pages, although it skips other operations.
func TestListByReasonHasPages(t *testing.T) {
	o := start(t, nil).operations(t)
	const failed, none = enlistv1.OperationReason_OPERATION_REASON_LOOKUP_FAILED, enlistv1.OperationReason_OPERATION_REASON_SUCCESS_UNPROVEN
	order(t, o.running, map[string]any{"vendor": "opencell", "operation": "get", "kind": "status_500", "times": 1000})
	for i := range 3 {
		request := hostile(t, "opencell")
		request.Customer.Id = []string{"A", "B", "C"}[i]
		order(t, o.running, map[string]any{"vendor": "opencell", "operation": "create", "kind": "drop_after"})
		_, err := enlistv1.NewCustomerServiceClient(o.grpc).CreateCustomer(t.Context(), request)
		if status.Code(err) != codes.Aborted {
			t.Fatalf("the creation ended with %v", err)
		}
		for o.get(request, false).GetOperation().GetReasonCode() != failed {
			time.Sleep(10 * time.Millisecond)
		}
	}
	for _, c := range []struct {
		request *enlistv1.ListOperationsRequest
		want    int
	}{
		{&enlistv1.ListOperationsRequest{Provider: "-", ReasonCode: failed}, 3},
		{&enlistv1.ListOperationsRequest{Provider: "opencell", ReasonCode: none}, 0},
		{&enlistv1.ListOperationsRequest{Provider: "opencell", ReasonCode: failed, CustomerId: "B"}, 1},
		{&enlistv1.ListOperationsRequest{Provider: "-", ReasonCode: none, CustomerId: "B"}, 0},
	} {
		c.request.PageSize = 1
		got := 0
		for {
			page, err := o.ListOperations(t.Context(), c.request)
			if err != nil || len(page.GetOperations()) > 1 {
				t.Fatal(page, err)
			}
			got += len(page.GetOperations())
			if c.request.PageToken = page.GetNextPageToken(); c.request.GetPageToken() == "" {
				break
			}
		}
		if got != c.want {
			t.Errorf("%v: %d operations, want %d", c.request, got, c.want)
		}
	}
}

// A page that finds nothing ends, and the next one goes on.
func TestPageByReasonIsBounded(t *testing.T) {
	o := start(t, nil).operations(t)
	for i := range 510 {
		reason := enlistv1.OperationReason_OPERATION_REASON_CUSTOMER_DIFFERS
		if i == 0 { // the oldest
			reason = enlistv1.OperationReason_OPERATION_REASON_SEVERAL_CUSTOMERS
		}
		record := &journal.Record{Key: journal.Key{Provider: "avvio", RequestID: uuid.New()}, Payload: &journalv1.Payload{}}
		_, _, err := o.journal.Begin(t.Context(), record)
		for isWritten := false; err == nil && !isWritten; { // a settler may be first
			record.State, record.Owner, record.Payload.Reason = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON, "", &journalv1.Reason{Code: reason}
			if isWritten = o.journal.Update(t.Context(), record, -1) == nil; !isWritten {
				record, err = o.journal.Get(t.Context(), record.Key)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	request := &enlistv1.ListOperationsRequest{Provider: "-", ReasonCode: enlistv1.OperationReason_OPERATION_REASON_SEVERAL_CUSTOMERS}
	for _, want := range []int{0, 1} {
		page, err := o.ListOperations(t.Context(), request)
		if err != nil || len(page.GetOperations()) != want || (page.GetNextPageToken() == "") != (want == 1) {
			t.Fatalf("%d operations, %v", len(page.GetOperations()), err)
		}
		request.PageToken = page.GetNextPageToken()
	}
}
