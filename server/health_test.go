package server_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Both transports show the same health of a connection. It has the last success and failure, the
// state of the credential, and the calls in progress.
func TestProviderHealth(t *testing.T) {
	r := start(t, nil)
	get := map[string]any{"provider": "opencell", "customerId": "NOBODY"}
	notFound := expectation{Code: "NOT_FOUND", HTTP: 404, Reason: "CUSTOMER_NOT_FOUND"}
	unavailable := expectation{Code: "UNAVAILABLE", HTTP: 503, Reason: "VENDOR_UNAVAILABLE", Retry: true}
	began := time.Now()
	compare(t, "get", notFound, callGRPC(t.Context(), t, r, method(t, "GetCustomer"), asBody(t, get)))
	succeeded := time.Now()
	order(t, r, map[string]any{"vendor": "opencell", "operation": "get", "kind": "status_500"})
	compare(t, "get", unavailable, callGRPC(t.Context(), t, r, method(t, "GetCustomer"), asBody(t, get)))
	ended := whileCalling("get", "GetCustomer", get)(t, r)
	for transport, call := range transports() {
		health := healthOf(t, call(t.Context(), t, r, method(t, "GetProvider"), asBody(t, map[string]any{"provider": "opencell"})))
		if at := health.GetLastSuccessTime().AsTime(); at.Before(began.Truncate(time.Microsecond)) || at.After(succeeded) {
			t.Errorf("%s: last success at %s, want it between %s and %s", transport, at, began, succeeded)
		}
		if at := health.GetLastFailureTime().AsTime(); at.Before(succeeded) || health.GetLastFailureReason() != "VENDOR_UNAVAILABLE" {
			t.Errorf("%s: last failure at %s: %s", transport, at, health.GetLastFailureReason())
		}
		if life := health.GetCredentialLifetime().AsDuration(); life <= 0 || life > time.Hour ||
			health.GetCredentials() != enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED {
			t.Errorf("%s: credentials %s for %s", transport, health.GetCredentials(), life)
		}
		if health.GetInFlight() != 1 || health.GetBreaker() != enlistv1.BreakerState_BREAKER_STATE_CLOSED {
			t.Errorf("%s: %d calls in flight, breaker %s", transport, health.GetInFlight(), health.GetBreaker())
		}
	}
	ended()
	listed := callREST(t.Context(), t, r, method(t, "GetProvider"), asBody(t, map[string]any{"provider": "opencell"}))
	if health := healthOf(t, listed); health.GetInFlight() != 0 {
		t.Errorf("%d calls in flight", health.GetInFlight())
	}
}

func healthOf(t *testing.T, got outcome) *enlistv1.ProviderHealth {
	t.Helper()
	response := &enlistv1.GetProviderResponse{}
	if err := protojson.Unmarshal(asBody(t, got.answer), response); err != nil {
		t.Fatal(err)
	}
	return response.GetProvider().GetHealth()
}
