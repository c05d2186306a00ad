package opencell

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Every code that Opencell documents, with its meaning for a creation, an update and a read, and
// what must confirm it.
func TestDocumentedErrors(t *testing.T) {
	const (
		rejected    = enlistv1.ErrorReason_VENDOR_REJECTED
		exists      = enlistv1.ErrorReason_CUSTOMER_EXISTS
		notFound    = enlistv1.ErrorReason_CUSTOMER_NOT_FOUND
		credentials = enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED
		unknown     = enlistv1.ErrorReason_OUTCOME_UNKNOWN
		unavailable = enlistv1.ErrorReason_VENDOR_UNAVAILABLE
		limited     = enlistv1.ErrorReason_VENDOR_RATE_LIMITED
		stands      = providers.ConfirmNothing
		byLookup    = providers.ConfirmByLookup
		afterLag    = providers.ConfirmAfterLag
	)
	p := offline(t)
	create := &vendorhttp.Request{Path: createPath, Creates: true}
	update := &vendorhttp.Request{Path: upsertPath, Creates: true}
	read := &vendorhttp.Request{Path: customerPath}
	for _, c := range []struct {
		status             int
		code               string
		create, upd, reads enlistv1.ErrorReason
		confirm            providers.Confirmation
		alive              bool
	}{
		{400, "MISSING_PARAMETER", rejected, rejected, rejected, stands, false},
		{400, "INVALID_PARAMETER", rejected, rejected, rejected, stands, false},
		{400, "INVALID_ENUM_VALUE", rejected, rejected, rejected, stands, false},
		{400, "INVALID_IMAGE_DATA", rejected, rejected, rejected, stands, false},
		{401, "AUTHENTICATION_AUTHORIZATION_EXCEPTION", credentials, credentials, credentials, stands, false},
		{403, "DELETE_REFERENCED_ENTITY_EXCEPTION", rejected, rejected, rejected, stands, false},
		{403, "DUPLICATE_ACCESS", rejected, rejected, rejected, afterLag, false},
		{403, "ACTION_FORBIDDEN", rejected, rejected, rejected, stands, false},
		{403, "INSUFFICIENT_BALANCE", rejected, rejected, rejected, stands, false},
		{404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", rejected, rejected, notFound, stands, false},
		{409, "ENTITY_ALREADY_EXISTS_EXCEPTION", exists, exists, rejected, afterLag, false},
		{403, "ENTITY_ALREADY_EXISTS_EXCEPTION", exists, exists, rejected, afterLag, false}, // servers older than March 2021
		{500, "ENTITY_ALREADY_EXISTS_EXCEPTION", exists, exists, rejected, afterLag, true},
		{500, "GENERIC_API_EXCEPTION", unknown, unknown, unavailable, stands, false},
		{500, "BUSINESS_API_EXCEPTION", rejected, rejected, rejected, byLookup, true},
		{500, "CONSTRAINT_VIOLATION_EXCEPTION", rejected, rejected, rejected, afterLag, true},
		{400, "CONSTRAINT_VIOLATION_EXCEPTION", rejected, rejected, rejected, afterLag, false},
		{500, "NON_UNIQUE_OBJECT", rejected, rejected, rejected, afterLag, true},
		{503, "INVALID_PARAMETER", rejected, rejected, rejected, byLookup, true},
		{500, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", rejected, rejected, rejected, byLookup, true}, // does not prove absence
		{500, "AUTHENTICATION_AUTHORIZATION_EXCEPTION", credentials, credentials, credentials, byLookup, true},
		{400, "BUSINESS_API_EXCEPTION", rejected, rejected, rejected, byLookup, false},
		{200, "BUSINESS_API_EXCEPTION", rejected, rejected, rejected, byLookup, false}, // a failure may have status 200
		{200, "MISSING_PARAMETER", rejected, rejected, rejected, byLookup, false},
		{429, "ENTITY_ALREADY_EXISTS_EXCEPTION", limited, limited, limited, stands, false},
	} {
		body := fmt.Sprintf(`{"status":"FAIL","errorCode":%q,"message":"words"}`, c.code)
		for _, wrapped := range []string{body, `{"actionStatus":` + body + `}`, `{"actionStatus":` + body + `,"customer":[1]}`} {
			for request, want := range map[*vendorhttp.Request]enlistv1.ErrorReason{create: c.create, update: c.upd, read: c.reads} {
				_, err := p.understand(request, &vendorhttp.Response{Status: c.status, Header: http.Header{}, Body: []byte(wrapped)})
				var known *providers.Error
				if !errors.As(err, &known) || known.Reason != want {
					t.Errorf("%d %s at %s: got %v, want %s", c.status, c.code, request.Path, err, want)
					continue
				}
				if known.Alive != c.alive || request.Creates && known.Confirm != c.confirm {
					t.Errorf("%d %s at %s: confirm %d, alive %t", c.status, c.code, request.Path, known.Confirm, known.Alive)
				}
				if words := known.Vendor.GetMessages(); len(words) != 1 || words[0].GetCode() != c.code || words[0].GetMessage() != "words" ||
					int(known.Vendor.GetHttpStatus()) != c.status {
					t.Errorf("%d %s: the vendor's words are lost: %v", c.status, c.code, known.Vendor)
				}
			}
		}
	}
}

// At any status, a body proves nothing unless it is the vendor's complete refusal.
func TestNoRefusals(t *testing.T) {
	p := offline(t)
	for _, body := range []string{
		`{"status":"FAIL"}`, `{"status":"FAIL","errorCode":""}`, `{"status":"FAIL","errorCode":null,"message":"x"}`,
		`{"status":"FAIL","errorCode":{"code":"MISSING_PARAMETER"}}`, `{"errorCode":"MISSING_PARAMETER"}`, `{"status":"fail","errorCode":"MISSING_PARAMETER"}`,
		`{"status":"FAIL","status":"FAIL","errorCode":"MISSING_PARAMETER"}`, `{"actionStatus":[],"status":"FAIL","errorCode":"MISSING_PARAMETER"}`,
		`[{"status":"FAIL","errorCode":"MISSING_PARAMETER"}]`, `{"status":"FAIL","errorCode":"MISSING_PARAMETER"`,
	} {
		for _, status := range []int{200, 400, 409, 500, 503} {
			_, err := p.understand(&vendorhttp.Request{Path: createPath, Creates: true}, &vendorhttp.Response{Status: status, Header: http.Header{}, Body: []byte(body)})
			var known *providers.Error
			if !errors.As(err, &known) || known.Reason != enlistv1.ErrorReason_OUTCOME_UNKNOWN || known.Alive {
				t.Errorf("%d %s: %v", status, body, err)
			}
		}
	}
}

// Successes, and responses that only look like one.
func TestSuccesses(t *testing.T) {
	p := offline(t)
	for body, want := range map[string]bool{
		`{"status":"SUCCESS","message":""}`:                                        true,
		`{"status":"WARNING","message":"careful"}`:                                 true,
		`{"actionStatus":{"status":"SUCCESS"},"customer":{}}`:                      true,
		`{"status":"SUCCESS","message":{"text":""},"entityId":[1],"entityCode":7}`: true,
		"\ufeff" + `{"status":"SUCCESS"}`:                                          true,
		`{"status":"SUCCESS","status":"FAIL"}`:                                     false,
		`{"actionStatus":"FAIL","status":"SUCCESS"}`:                               false,
		`{"status":"success"}`:                                                     false,
		`{"message":""}`:                                                           false,
		`{"status":"FAIL"}`:                                                        false,
		`{"actionStatus":{"status":"FAIL"},"status":"SUCCESS"}`:                    false,
		`["SUCCESS"]`: false,
		`SUCCESS`:     false,
	} {
		_, err := p.understand(&vendorhttp.Request{Path: createPath, Creates: true}, &vendorhttp.Response{Status: 200, Header: http.Header{}, Body: []byte(body)})
		if (err == nil) != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}
