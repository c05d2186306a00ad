package server_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// The log and the audit stream hold no value of a customer, no password and no credential, even at
// the debug level. This is so for every event at every vendor.
func TestLogIsPrivate(t *testing.T) {
	r := start(t, nil)
	client := enlistv1.NewCustomerServiceClient(r.grpc)
	demo := sandboxtest.DemoCredentials()
	hidden := []string{
		"Mmarker", "marker@example.com", "12345006789", "Marker Street", "Markerville", "mark-password", "MK-ID",
		demo.Opencell.ClientSecret, demo.Opencell.Password, demo.SellAndSign.Token, demo.Valomnia.Password, demo.Caliq.APIKey, demo.Avvio.Password,
	}
	calls := 0
	for _, kind := range []string{"", "drop_after", "status_500", "malformed", "truncated", "error_but_created", "expired_credentials", "status_429"} {
		for vendor, provider := range map[string]string{
			"opencell": "opencell", "sell_and_sign": "sellandsign", "valomnia": "valomnia", "caliq": "caliq", "avvio": "avvio",
		} {
			request := &enlistv1.CreateCustomerRequest{}
			if err := protojson.Unmarshal([]byte(`{"unsupportedFields":"UNSUPPORTED_FIELDS_DROP","customer":{
				"name":{"title":"Mr","givenName":"Mmarker","familyName":"Mmarker"},"email":"marker@example.com","mobile":"+12345006789","currencyCode":"EUR",
				"billingAddress":{"lines":["Marker Street"],"city":"Markerville","postalCode":"1","countryCode":"FR"}}}`), request); err != nil {
				t.Fatal(err)
			}
			request.Provider = provider
			if provider == "avvio" {
				request.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: "mark-password"}}
			}
			// Each operation has its own customer. Otherwise one would wait for the other.
			for i, operation := range []string{"create", "get"} {
				request.Customer.Id = fmt.Sprintf("MK-ID%d%.9s", i, kind)
				request.Customer.Email = fmt.Sprintf("%d%s.marker@example.com", i, kind)
				if kind != "" {
					order(t, r, map[string]any{"vendor": vendor, "operation": operation, "kind": kind})
				}
				if _, err := client.CreateCustomer(t.Context(), request); err != nil && strings.Contains(err.Error(), "mark-password") {
					t.Errorf("%s %s: an error shows the password: %v", provider, kind, err)
				}
				// Any outcome is good.
				_, _ = client.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: provider, CustomerId: "MK-ID"})
				calls += 2
			}
		}
	}
	log, audited := r.log.String(), r.audit.String()
	if lines := strings.Count(log, `"msg":"call"`); lines != calls {
		t.Errorf("%d lines for %d calls", lines, calls)
	}
	if lines := strings.Count(audited, `"rpc":`); lines != calls {
		t.Errorf("%d audited calls, not %d", lines, calls)
	}
	for _, marker := range hidden {
		for line := range strings.Lines(log + audited) {
			if strings.Contains(line, marker) {
				t.Errorf("%q stands in the log or the audit stream: %s", marker, line)
				break
			}
		}
	}
}
