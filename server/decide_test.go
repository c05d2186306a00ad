package server_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/sandbox"
)

// resolve records that an operation created a customer. It returns the field at fault, and what the
// error says of it.
func (o *operations) resolve(request *enlistv1.CreateCustomerRequest, id string) (field, says string) {
	o.t.Helper()
	_, err := o.ResolveOperation(o.t.Context(), &enlistv1.ResolveOperationRequest{
		Provider: request.GetProvider(), RequestId: request.GetRequestId(), Decision: enlistv1.Decision_DECISION_SUCCEEDED, CustomerId: id,
		DecidedBy: "Grace", Reason: "looked",
	})
	for _, detail := range status.Convert(err).Details() {
		if bad, is := detail.(*errdetails.BadRequest); is {
			return bad.GetFieldViolations()[0].GetField(), bad.GetFieldViolations()[0].GetDescription()
		}
	}
	if err != nil {
		o.t.Error(err)
	}
	return "", ""
}

// leaveToPerson makes an unknown outcome need a person, as a settler would.
func (o *operations) leaveToPerson(request *enlistv1.CreateCustomerRequest) {
	o.t.Helper()
	key := journal.Key{Provider: request.GetProvider(), RequestID: uuid.MustParse(request.GetRequestId())}
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(5 * time.Millisecond) {
		record, err := o.journal.Get(o.t.Context(), key)
		if err != nil {
			o.t.Fatal(err)
		}
		record.State, record.Owner = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON, ""
		if o.journal.Update(o.t.Context(), record, -1) == nil {
			return
		}
	}
	o.t.Fatal("the reconciler was always first")
}

// At every vendor, a decision names a customer that this operation can have created: no missing
// one, and none of another person that the journal does not know.
func TestDecisionsAreSafe(t *testing.T) {
	for provider, vendor := range vendorsByProvider() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			o := start(t, nil).operations(t)
			request := avvioRequest("Lovelace")
			request.Provider, request.Customer.Id, request.Customer.CurrencyCode = provider, "ADA-1", "EUR"
			if provider != "avvio" {
				request.VendorOptions = nil
			}
			o.lost(vendor, request, "status_500")
			o.leaveToPerson(request)
			o.withdrawFaults()
			own := o.idsOf(vendor)
			theirs := o.stranger(vendor, request, own)
			field, says := o.resolve(request, theirs)
			if field != "customer_id" || !strings.Contains(says, "differs from the request in customer.") || strings.Contains(says, "Eve") || strings.Contains(says, theirs) {
				t.Errorf("the customer of another: %s %s", field, says)
			}
			if field, says := o.resolve(request, strings.Replace(theirs, "1", "7", 1)+"7"); field != "customer_id" || !strings.Contains(says, "has no customer") {
				t.Errorf("a missing customer: %s %s", field, says)
			}
			o.resolvesTo(request, own[0])
			if got := o.get(request, true); got.GetOperation().GetDecision().GetUnverified() || len(got.GetCandidates()) != 1 {
				t.Errorf("recorded %v", got)
			}
		})
	}
}

// resolvesTo records that an operation created its own customer, as soon as the vendor shows it.
func (o *operations) resolvesTo(request *enlistv1.CreateCustomerRequest, id string) {
	o.t.Helper()
	field, says := o.resolve(request, id)
	for start := time.Now(); field != "" && time.Since(start) < time.Minute; time.Sleep(50 * time.Millisecond) {
		field, says = o.resolve(request, id)
	}
	if field != "" {
		o.t.Errorf("its own: %s %s", field, says)
	}
}

// stranger creates another person's customer at the vendor, of which the journal knows nothing, and
// returns its id. own are the ids before.
func (o *operations) stranger(vendor string, request *enlistv1.CreateCustomerRequest, own []string) string {
	o.t.Helper()
	for _, try := range o.get(request, false).GetOperation().GetTries() {
		if try.GetKind() == enlistv1.TryKind_TRY_KIND_SEND {
			o.run(o.t, request.GetProvider(), strings.NewReplacer(
				"Lovelace", "Stranger", "Ada", "Eve", "ADA-1", "EVE-1", "ada", "eve", "12345678", "87654321", "Boulevard", "Alley",
			).Replace(try.GetCurl()))
		}
	}
	for _, id := range o.idsOf(vendor) {
		if !slices.Contains(own, id) {
			return id
		}
	}
	o.t.Fatalf("the vendor has %v only", own)
	return ""
}

// idsOf returns the ids of a vendor's customers in the sandbox. Avvio assigns them.
func (o *operations) idsOf(vendor string) (ids []string) {
	o.t.Helper()
	response, err := http.Get(o.sandboxURL + "/sandbox/records?vendor=" + vendor)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var held struct{ Records []sandbox.Record }
	if err := json.NewDecoder(response.Body).Decode(&held); err != nil {
		o.t.Fatal(err)
	}
	for _, record := range held.Records {
		id := record.Key
		if assigned, is := record.Record["accountID"].(float64); is && vendor == "avvio" {
			id = strconv.FormatFloat(assigned, 'f', -1, 64)
		}
		ids = append(ids, id)
	}
	return ids
}
