package opencell_test

import (
	"net/http"
	"strings"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/providertest"
)

// asked is an Opencell that has one customer, and responds in one way to a request for its data.
func asked(code string, status int, body string, sent *[]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/account/customer") {
			*sent = append(*sent, r.URL.Path+" "+r.URL.Query().Get("customerCode"))
			providertest.Respond(status, body)(w, r)
			return
		}
		providertest.Respond(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"`+code+`"}}`)(w, r)
	}
}

// Only the export itself, or a success, counts.
func TestPrivacyResponses(t *testing.T) {
	const none = enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED
	for name, c := range map[string]struct {
		status        int
		body          string
		export, erase enlistv1.ErrorReason
	}{
		"a ZIP file":         {200, "PK\x03\x04 and more", none, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"a success":          {200, `{"status":"SUCCESS","message":""}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, none},
		"an error page":      {200, "<html>", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"unknown there":      {404, absent, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"a server error":     {500, `{"status":"FAIL","errorCode":"BUSINESS_API_EXCEPTION","message":"x"}`, enlistv1.ErrorReason_VENDOR_REJECTED, enlistv1.ErrorReason_VENDOR_REJECTED},
		"an unexpected zip":  {500, "PK\x03\x04", enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
		"not available":      {503, "", enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
		"an unknown failure": {500, `{"status":"FAIL","errorCode":"GENERIC_API_EXCEPTION","message":"x"}`, enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
	} {
		t.Run(name, func(t *testing.T) {
			var sent []string
			provider := vendor(t, asked("A-1", c.status, c.body, &sent), nil)
			export, err := provider.ExportCustomer(t.Context(), "A-1")
			if c.export != none {
				providertest.Fails(t, err, c.export)
			} else if err != nil || string(export) != c.body {
				t.Errorf("exported %q, %v", export, err)
			}
			err = provider.EraseCustomer(t.Context(), "A-1")
			if c.erase != none {
				providertest.Fails(t, err, c.erase)
			} else if err != nil {
				t.Error(err)
			}
			if got := strings.Join(sent, ", "); got != "/opencell/api/rest/account/customer/exportCustomerHierarchy A-1, /opencell/api/rest/account/customer/anonymizeGdpr A-1" {
				t.Errorf("sent %s", got)
			}
		})
	}
}

// A customer under another form of the code is not touched.
func TestPrivacyOfExactlyThisCode(t *testing.T) {
	var sent []string
	provider := vendor(t, asked("a-1", 200, `{"status":"SUCCESS"}`, &sent), nil)
	_, err := provider.ExportCustomer(t.Context(), "A-1")
	providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
	providertest.Fails(t, provider.EraseCustomer(t.Context(), "A-1"), enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
	if len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}
