package server_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// createAs creates a customer at Opencell with a key.
func createAs(t *testing.T, r *running, bearer, id string, more map[string]any) (requestID string) {
	t.Helper()
	requestID = uuid.NewString()
	request := map[string]any{
		"provider": "opencell", "requestId": requestID,
		"customer": map[string]any{"id": id, "name": map[string]any{"familyName": "One"}, "billingAddress": map[string]any{"countryCode": "FR"}},
	}
	for name, value := range more {
		request[name] = value
	}
	callREST(withBearer(t.Context(), bearer), t, r, method(t, "CreateCustomer"), asBody(t, request))
	return requestID
}

// idsOf returns the request_ids and states of exported operations.
func idsOf(got outcome) string {
	var all []string
	operations, _ := got.answer["operations"].([]any)
	for _, one := range operations {
		operation := one.(map[string]any)["operation"].(map[string]any)
		all = append(all, fmt.Sprint(operation["requestId"], " ", operation["state"]))
	}
	return strings.Join(all, ", ")
}

// The export has the operations of all callers in pages, with requests and exchanges. After the
// erasure it has tombstones.
func TestPrivacy(t *testing.T) {
	for transport, call := range transports() {
		t.Run(transport, func(t *testing.T) {
			r := start(t, guarded(t, authtest.NewIssuer(t)))
			ctx := withBearer(t.Context(), "privacy-key")
			made := createAs(t, r, "all-key", "P-1", nil)
			refused := createAs(t, r, "other-key", "P-1", nil)
			updated := createAs(t, r, "one-key", "P-1", map[string]any{"onExisting": "ON_EXISTING_UPDATE"})
			createAs(t, r, "all-key", "P-2", nil)
			subject := map[string]any{"provider": "opencell", "customerId": "P-1"}

			var pages []string
			request := map[string]any{"pageSize": 2}
			for name, value := range subject {
				request[name] = value
			}
			for range 3 {
				got := call(ctx, t, r, method(t, "ExportCustomerData"), asBody(t, request))
				pages = append(pages, idsOf(got))
				if !strings.Contains(fmt.Sprint(got.answer), "familyName:One") || !strings.Contains(fmt.Sprint(got.answer), "createCRMAccountHierarchy") {
					t.Errorf("the export lacks a request or an exchange: %v", got.answer)
				}
				if request["pageToken"] = got.answer["nextPageToken"]; request["pageToken"] == nil {
					break
				}
			}
			want := updated + " OPERATION_STATE_SUCCEEDED, " + refused + " OPERATION_STATE_FAILED / " + made + " OPERATION_STATE_SUCCEEDED"
			if got := strings.Join(pages, " / "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}

			erase := map[string]any{"eraseAtVendor": true, "decidedBy": "Jo Doe", "reason": "case 7"}
			for name, value := range subject {
				erase[name] = value
			}
			got := call(ctx, t, r, method(t, "EraseCustomerData"), asBody(t, erase))
			if operations, _ := got.answer["operations"].([]any); len(operations) != 3 || got.answer["erasedCount"] != 3.0 ||
				got.answer["vendorResult"] != "VENDOR_DATA_RESULT_DONE" {
				t.Errorf("erased: %v", got)
			}
			got = call(ctx, t, r, method(t, "ExportCustomerData"), asBody(t, subject))
			if want := strings.NewReplacer("SUCCEEDED", "ERASED", "FAILED", "ERASED", " / ", ", ").Replace(want); idsOf(got) != want {
				t.Errorf("got  %s\nwant %s", idsOf(got), want)
			}
			for _, held := range got.answer["operations"].([]any) {
				operation := held.(map[string]any)["operation"].(map[string]any)
				if erasure := operation["erasure"].(map[string]any); operation["payloadExpireTime"] != erasure["eraseTime"] {
					t.Errorf("erased at %v, but the payload expires at %v", erasure["eraseTime"], operation["payloadExpireTime"])
				}
			}
			if left := fmt.Sprint(got.answer); strings.Contains(left, "P-1") || strings.Contains(left, "One") || !strings.Contains(left, "case 7") {
				t.Errorf("left: %v", got.answer)
			}
		})
	}
}

// Only the permission privacy opens PrivacyService, at its providers, and it opens nothing else.
func TestPrivacyIsPermitted(t *testing.T) {
	r := start(t, guarded(t, authtest.NewIssuer(t)))
	id := createAs(t, r, "all-key", "P-1", nil)
	for bearer, want := range map[string]string{
		"all-key": "NOT_PERMITTED", "operator-key": "NOT_PERMITTED", "reader-key": "NOT_PERMITTED", "privacy-of-one-key": "NOT_PERMITTED", "privacy-key": "",
	} {
		for _, rpc := range []string{"ExportCustomerData", "EraseCustomerData"} {
			request := map[string]any{"provider": "opencell", "requestId": id, "principal": "all"}
			if rpc == "EraseCustomerData" {
				request["decidedBy"], request["reason"] = "Jo Doe", "case 7"
			}
			for transport, call := range transports() {
				got := call(withBearer(t.Context(), bearer), t, r, method(t, rpc), asBody(t, request))
				if reason := reasonIn(t, got); reason != want || strings.Contains(got.status.Message(), "omit principal") {
					t.Errorf("%s %s with %s: %q, want %q: %s", transport, rpc, bearer, reason, want, got.status.Message())
				}
			}
		}
	}
	got := callREST(withBearer(t.Context(), "privacy-key"), t, r, method(t, "GetOperation"),
		asBody(t, map[string]any{"provider": "opencell", "requestId": id, "principal": "all"}))
	compare(t, "another's operation", expectation{Code: "PERMISSION_DENIED", HTTP: http.StatusForbidden, Reason: "NOT_PERMITTED"}, got)
}

// Wrong subjects are refused, and the vendor's export comes with the first page.
func TestPrivacySubjects(t *testing.T) {
	r := start(t, nil)
	for name, c := range map[string]struct {
		request map[string]any
		reason  string
	}{
		"no subject":            {map[string]any{"provider": "opencell"}, "INVALID_FIELD"},
		"an empty id":           {map[string]any{"provider": "opencell", "customerId": ""}, "INVALID_FIELD"},
		"no UUID":               {map[string]any{"provider": "opencell", "requestId": "x"}, "INVALID_FIELD"},
		"a caller of an id":     {map[string]any{"provider": "opencell", "customerId": "x", "principal": "y"}, "INVALID_FIELD"},
		"an unknown request_id": {map[string]any{"provider": "opencell", "requestId": uuid.NewString()}, "OPERATION_NOT_FOUND"},
		"an unknown provider":   {map[string]any{"provider": "nobody", "customerId": "x"}, "PROVIDER_NOT_CONFIGURED"},
		"an unknown customer":   {map[string]any{"provider": "opencell", "customerId": "x"}, ""},
		"a forged token":        {map[string]any{"provider": "opencell", "customerId": "x", "pageToken": "x"}, "INVALID_FIELD"},
	} {
		for transport, call := range transports() {
			if got := reasonIn(t, call(t.Context(), t, r, method(t, "ExportCustomerData"), asBody(t, c.request))); got != c.reason {
				t.Errorf("%s over %s: %q, want %q", name, transport, got, c.reason)
			}
		}
	}
	createAs(t, r, "", "P-1", nil)
	got := callREST(t.Context(), t, r, method(t, "ExportCustomerData"),
		asBody(t, map[string]any{"provider": "opencell", "customerId": "P-1", "includeVendorExport": true}))
	text, _ := got.answer["vendorExport"].(string)
	if file, err := base64.StdEncoding.DecodeString(text); err != nil || !strings.HasPrefix(string(file), "PK") {
		t.Errorf("the vendor's export: %q, %v", text, err)
	}
	for provider, want := range map[string]string{"opencell": "NO_CUSTOMER", "valomnia": "NOT_OFFERED"} {
		got := callREST(t.Context(), t, r, method(t, "ExportCustomerData"),
			asBody(t, map[string]any{"provider": provider, "customerId": "P-9", "includeVendorExport": true}))
		if got.answer["vendorResult"] != "VENDOR_DATA_RESULT_"+want || got.answer["vendorNote"] == nil {
			t.Errorf("%s: %v", provider, got.answer)
		}
	}
}

// The export of a creation that a person has decided, and corrected, has both decisions. The
// erasure leaves neither.
func TestPrivacyOfDecisions(t *testing.T) {
	r := start(t, nil)
	o := r.operations(t)
	request := o.lookalikes()
	ours := o.get(request, true).GetCandidates()[0].GetCustomer().GetId()
	decide := map[string]any{
		"provider": "avvio", "requestId": request.GetRequestId(), "decidedBy": "Ada Judge", "reason": "the address",
		"decision": "DECISION_SUCCEEDED", "customerId": ours,
	}
	compare(t, "the decision", expectation{Code: "OK"}, callGRPC(t.Context(), t, r, method(t, "ResolveOperation"), asBody(t, decide)))
	decide["decision"], decide["decidedBy"], decide["reason"], decide["unverified"] = "DECISION_FAILED", "Bob Judge", "a mistake", true
	delete(decide, "customerId")
	compare(t, "the correction", expectation{Code: "OK"}, callGRPC(t.Context(), t, r, method(t, "ResolveOperation"), asBody(t, decide)))

	subject := map[string]any{"provider": "avvio", "requestId": request.GetRequestId()}
	held := fmt.Sprint(callGRPC(t.Context(), t, r, method(t, "ExportCustomerData"), asBody(t, subject)).answer)
	for _, want := range []string{"Ada Judge", "the address", "Bob Judge", "a mistake", "Lovelace", "getAccounts"} {
		if !strings.Contains(held, want) {
			t.Errorf("the export lacks %q: %s", want, held)
		}
	}
	subject["decidedBy"], subject["reason"] = "Cy Clerk", "case 8"
	compare(t, "the erasure", expectation{Code: "OK"}, callGRPC(t.Context(), t, r, method(t, "EraseCustomerData"), asBody(t, subject)))
	delete(subject, "decidedBy")
	delete(subject, "reason")
	left := fmt.Sprint(callGRPC(t.Context(), t, r, method(t, "ExportCustomerData"), asBody(t, subject)).answer)
	for _, gone := range []string{"Judge", "the address", "a mistake", "Lovelace", "getAccounts", ours} {
		if strings.Contains(left, gone) {
			t.Errorf("the export still has %q: %s", gone, left)
		}
	}
}
