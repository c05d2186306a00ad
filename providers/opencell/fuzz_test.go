package opencell

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"

	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
)

func offline(tb testing.TB) *Provider {
	tb.Helper()
	p, err := New(&configv1.Provider{Name: "opencell", Vendor: &configv1.Provider_Opencell{Opencell: &configv1.Opencell{BaseUrl: "http://127.0.0.1:1"}}})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// With any response, at any status, the result is a success whose body says SUCCESS or WARNING, or
// a complete error.
func FuzzUnderstand(f *testing.F) {
	f.Add(200, true, []byte(`{"status":"SUCCESS","message":""}`))
	f.Add(409, true, []byte(`{"status":"FAIL","errorCode":"ENTITY_ALREADY_EXISTS_EXCEPTION","message":"x"}`))
	f.Add(404, false, []byte(`{"actionStatus":{"status":"FAIL","errorCode":"ENTITY_DOES_NOT_EXISTS_EXCEPTION"}}`))
	f.Add(500, true, []byte("text"))
	p := offline(f)
	f.Fuzz(func(t *testing.T, status int, creates bool, body []byte) {
		response := &vendorhttp.Response{Status: status, Header: http.Header{}, Body: body}
		_, err := p.understand(&vendorhttp.Request{Path: createPath, Creates: creates}, response)
		var known *providers.Error
		switch {
		case err == nil && !strings.Contains(string(body), "SUCCESS") && !strings.Contains(string(body), "WARNING") && !strings.Contains(string(body), `\u`):
			t.Errorf("%d %q is taken for a success", status, body)
		case err != nil && (!errors.As(err, &known) || known.Message == "" || known.Reason == 0):
			t.Errorf("%d %q gives %v", status, body, err)
		}
	})
}

func FuzzCustomer(f *testing.F) {
	f.Add([]byte(`{"code":"X","customerAccounts":{"customerAccount":[{"language":"FRA","billingAccounts":{"billingAccount":[{"userAccounts":{"userAccount":[{}]}}]}}]},
		"customFields":{"customField":[{"code":"a","dateValue":1e300},{"code":"b","dateValue":"x"}]},"address":{"address3":"x"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		record := &opencellv1.CustomerRecord{}
		if wire.Unmarshal(body, record) == nil && customer(record).GetId() != record.GetCode() {
			t.Error("another id")
		}
	})
}

func FuzzToken(f *testing.F) {
	f.Add(200, []byte(`{"access_token":"x","expires_in":300}`))
	f.Add(200, []byte(`{"access_token":"x","expires_in":9223372036854775807}`))
	f.Add(401, []byte(`{"error":"invalid_grant","error_description":"x"}`))
	p := offline(f)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		credential, err := p.tokenOf(&vendorhttp.Request{}, &vendorhttp.Response{Status: status, Header: http.Header{}, Body: body})
		if (err == nil) != (credential.Value != "") {
			t.Errorf("credential %q, error %v", credential.Value, err)
		}
	})
}
