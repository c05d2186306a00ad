package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// createSome creates a customer twice with one request_id. It also reads a missing customer, and
// uses an unknown provider.
func createSome(t *testing.T, r *running) {
	t.Helper()
	client := enlistv1.NewCustomerServiceClient(r.grpc)
	request := &enlistv1.CreateCustomerRequest{
		Provider: "opencell", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
		Customer: &enlistv1.Customer{Id: "M-1", Name: &enlistv1.PersonName{FamilyName: "Smith"}, BillingAddress: &enlistv1.Address{CountryCode: "FR"}},
	}
	for range 2 {
		if _, err := client.CreateCustomer(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = client.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "caliq", CustomerId: "M-2"})
	_, _ = client.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "free-text", CustomerId: "M-2"})
	for _, path := range []string{"/v1/providers/opencell/customers/M-1", "/v1/nowhere"} {
		response, err := http.Get(r.restURL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
}

func scrape(t *testing.T, r *running) string {
	t.Helper()
	response, err := http.Get(r.restURL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response.Status, err)
	}
	return string(text)
}

// Each layer reports its work, under the metric names that dashboards use.
func TestMetrics(t *testing.T) {
	r := start(t, nil)
	createSome(t, r)
	order(t, r, map[string]any{"vendor": "avvio", "operation": "create", "kind": "drop_after"})
	_, err := enlistv1.NewCustomerServiceClient(r.grpc).CreateCustomer(t.Context(), &enlistv1.CreateCustomerRequest{
		Provider: "avvio", Customer: &enlistv1.Customer{
			Name: &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"}, Email: "a@example.com",
		},
		VendorOptions: &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: "secret"}},
	})
	if err == nil {
		t.Fatal("the fault did nothing")
	}
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(scrape(t, r), `event="found"`) && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	text := scrape(t, r)
	for _, want := range []string{
		`enlist_rpc_duration_seconds_count{code="OK",provider="opencell",rpc="CreateCustomer",transport="grpc"} 2`,
		`enlist_rpc_duration_seconds_count{code="OK",provider="opencell",rpc="GetCustomer",transport="rest"} 1`,
		`enlist_rpc_duration_seconds_count{code="NOT_FOUND",provider="caliq",rpc="GetCustomer",transport="grpc"} 1`,
		`enlist_rpc_duration_seconds_count{code="NOT_FOUND",provider="",rpc="GetCustomer",transport="grpc"} 1`,
		`enlist_rpc_errors_total{provider="",reason="PROVIDER_NOT_CONFIGURED",rpc="GetCustomer"} 1`,
		`enlist_rpc_errors_total{provider="caliq",reason="CUSTOMER_NOT_FOUND",rpc="GetCustomer"} 1`,
		`enlist_rpc_errors_total{provider="",reason="RPC_NOT_SUPPORTED",rpc=""} 1`,
		`enlist_rpc_errors_total{provider="avvio",reason="OUTCOME_UNKNOWN",rpc="CreateCustomer"} 1`,
		`enlist_rpc_in_flight{transport="grpc"} 0`,
		`enlist_vendor_call_duration_seconds_count{operation="create",provider="opencell",result="ok"} 1`,
		`enlist_vendor_call_duration_seconds_count{operation="get",provider="opencell",result="ok"} 1`,
		`enlist_vendor_call_duration_seconds_count{operation="login",provider="opencell",result="ok"} 1`,
		`enlist_vendor_call_duration_seconds_count{operation="create",provider="avvio",result="unknown"} 1`,
		`enlist_vendor_call_duration_seconds_count{operation="list",provider="caliq",result="ok"} 1`,
		`enlist_vendor_calls_in_flight{provider="opencell"} 0`,
		`enlist_vendor_calls_waiting{provider="opencell"} 0`,
		`enlist_vendor_logins_total{provider="opencell",result="ok"} 1`,
		`enlist_vendor_credentials_rejected{provider="opencell"} 0`,
		`enlist_vendor_breaker_state{provider="opencell",state="open"} 0`,
		`enlist_operation_transitions_total{event="accepted",provider="opencell",to="intent"} 1`,
		`enlist_operation_transitions_total{event="done",provider="opencell",to="succeeded"} 1`,
		`enlist_operation_transitions_total{event="unanswered",provider="avvio",to="unknown"} 1`,
		`enlist_operation_transitions_total{event="found",provider="avvio",to="succeeded"} 1`,
		`enlist_operation_settle_seconds_count 1`,
		`enlist_operations_intent_old 0`,
		`enlist_operations_replayed_total{provider="opencell"} 1`,
		`enlist_journal_write_duration_seconds_count{operation="insert"} 3`,
		`enlist_journal_commit_records_count `,
		`enlist_journal_lease_held 1`,
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("there is no %s in\n%s", want, about(text, want))
		}
	}
	if strings.Contains(text, "free-text") || strings.Contains(text, "M-1") {
		t.Error("a label has what a caller wrote")
	}
}

// about returns the lines of the metric that the test expects.
func about(text, want string) string {
	name, _, _ := strings.Cut(want, "{")
	var lines []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, name) && !strings.Contains(line, "_bucket") {
			lines = append(lines, line)
		}
	}
	return fmt.Sprint(lines)
}
