package opencell

import (
	"errors"
	"net/http"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Only access_token counts. The lifetime is unknown if expires_in is unreadable.
func TestTokenResponses(t *testing.T) {
	p := offline(t)
	for body, want := range map[string]time.Duration{
		`{"access_token":"x","expires_in":300}`:                                                           270 * time.Second,
		`{"access_token":"x","expires_in":"300"}`:                                                         270 * time.Second,
		`{"access_token":"x","expires_in":" 300 "}`:                                                       270 * time.Second,
		`{"access_token":"x","expires_in":299.5}`:                                                         270 * time.Second,
		`{"access_token":"x","expires_in":"299.5"}`:                                                       270 * time.Second,
		`{"access_token":"x","expires_in":3e2}`:                                                           270 * time.Second,
		`{"access_token":"x","expires_in":9223372036854775807}`:                                           365 * 24 * time.Hour,
		`{"access_token":"x","expires_in":1e300}`:                                                         365 * 24 * time.Hour,
		`{"access_token":"x","expires_in":1e999}`:                                                         0,
		`{"access_token":"x","expires_in":"NaN"}`:                                                         0,
		`{"access_token":"x","expires_in":null}`:                                                          0,
		`{"access_token":"x"}`:                                                                            0,
		`{"access_token":"x","expires_in":0}`:                                                             0,
		`{"access_token":"x","expires_in":-1}`:                                                            0,
		`{"access_token":"x","expires_in":"-1"}`:                                                          0,
		`{"access_token":"x","expires_in":""}`:                                                            0,
		`{"access_token":"x","expires_in":"soon"}`:                                                        0,
		`{"access_token":"x","expires_in":{"seconds":300}}`:                                               0,
		`{"access_token":"x","expires_in":[300]}`:                                                         0,
		`{"access_token":"x","expires_in":true}`:                                                          0,
		`{"access_token":"x","error":{"a":1},"error_description":5,"token_type":[],"scope":{},"x":1e999}`: 0,
		`{"access_token":"x","error":null,"error_description":null,"refresh_token":7}`:                    0,
	} {
		credential, err := p.tokenOf(&vendorhttp.Request{}, &vendorhttp.Response{Status: 200, Header: http.Header{}, Body: []byte(body)})
		if err != nil || credential.Value != "x" {
			t.Errorf("%s: got %q, %v", body, credential.Value, err)
			continue
		}
		left := time.Until(credential.Expires)
		if want == 0 != credential.Expires.IsZero() || want != 0 && (left > want || left < want-time.Minute) {
			t.Errorf("%s: expires at %v, in %s; want %s", body, credential.Expires, left, want)
		}
	}
}

// An OAuth error rejects the credentials, at 200 as at 400 and 401, unless it says that the server
// failed. The status decides about any other response.
func TestTokenErrors(t *testing.T) {
	const (
		credentials = enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED
		unavailable = enlistv1.ErrorReason_VENDOR_UNAVAILABLE
		invalid     = enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID
	)
	p := offline(t)
	for _, c := range []struct {
		status int
		body   string
		want   enlistv1.ErrorReason
		code   string
	}{
		{200, `{"error":"invalid_grant","error_description":"words"}`, credentials, "invalid_grant"},
		{400, `{"error":"invalid_grant","error_description":"words"}`, credentials, "invalid_grant"},
		{401, `{"error":"invalid_grant","error_description":"words"}`, credentials, "invalid_grant"},
		{403, `{"error":"access_denied","error_description":"words"}`, credentials, "access_denied"},
		{200, `{"error":"unauthorized_client","error_description":"words"}`, credentials, "unauthorized_client"},
		{200, `{"error":"invalid_grant","error_description":"words","expires_in":{}}`, credentials, "invalid_grant"},
		{200, `{"access_token":" ","error":"invalid_grant","error_description":"words"}`, credentials, "invalid_grant"},
		{200, `{"access_token":null,"error":"invalid_grant","error_description":"words"}`, credentials, "invalid_grant"},
		{401, `{"error":"invalid_grant","error_description":5}`, credentials, "invalid_grant"},
		{200, `{"error":"temporarily_unavailable","error_description":"words"}`, unavailable, "temporarily_unavailable"},
		{400, `{"error":"temporarily_unavailable","error_description":"words"}`, unavailable, "temporarily_unavailable"},
		{401, `{"error":"server_error","error_description":"words"}`, unavailable, "server_error"},
		{403, `{"error":"server_error","error_description":"words"}`, unavailable, "server_error"},
		{503, `{"error":"temporarily_unavailable","error_description":"words"}`, unavailable, "temporarily_unavailable"},
		{500, `{"error":"unknown_error","error_description":"words"}`, unavailable, "unknown_error"},
		{500, `{"error":"invalid_grant","error_description":"words"}`, unavailable, "invalid_grant"},
		{404, `{"error":"Realm does not exist"}`, invalid, "Realm does not exist"},
		{200, `{"error":{"a":1}}`, invalid, ""},
		{200, `{"access_token":5}`, invalid, ""},
		{200, `{"access_token":"\n"}`, invalid, ""},
		{200, `{}`, invalid, ""},
		{200, `<html>`, invalid, ""},
		{401, `<html>`, credentials, ""},
		{500, `{"access_token":"x"}`, unavailable, ""},
	} {
		_, err := p.tokenOf(&vendorhttp.Request{}, &vendorhttp.Response{Status: c.status, Header: http.Header{}, Body: []byte(c.body)})
		var known *providers.Error
		if !errors.As(err, &known) || known.Reason != c.want {
			t.Errorf("%d %s: got %v, want %s", c.status, c.body, err, c.want)
			continue
		}
		if (known.RetryAfter > 0) != (c.want == unavailable) {
			t.Errorf("%d %s: RetryAfter %s", c.status, c.body, known.RetryAfter)
		}
		code := ""
		for _, message := range known.Vendor.GetMessages() {
			code = message.GetCode()
		}
		if code != c.code || int(known.Vendor.GetHttpStatus()) != c.status {
			t.Errorf("%d %s: VendorError %v", c.status, c.body, known.Vendor)
		}
	}
}
