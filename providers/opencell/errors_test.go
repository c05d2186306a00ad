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

// Every code that Opencell documents, and what it means for a create, an update and a read.
func TestDocumentedErrors(t *testing.T) {
	const (
		rejected    = enlistv1.ErrorReason_VENDOR_REJECTED
		exists      = enlistv1.ErrorReason_CUSTOMER_EXISTS
		notFound    = enlistv1.ErrorReason_CUSTOMER_NOT_FOUND
		credentials = enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED
		unknown     = enlistv1.ErrorReason_OUTCOME_UNKNOWN
		unavailable = enlistv1.ErrorReason_VENDOR_UNAVAILABLE
	)
	p := offline(t)
	create := &vendorhttp.Request{Path: createPath, Creates: true}
	update := &vendorhttp.Request{Path: upsertPath, Creates: true}
	read := &vendorhttp.Request{Path: customerPath}
	for _, c := range []struct {
		status             int
		code               string
		create, upd, reads enlistv1.ErrorReason
	}{
		{400, "MISSING_PARAMETER", rejected, rejected, rejected},
		{400, "INVALID_PARAMETER", rejected, rejected, rejected},
		{400, "INVALID_ENUM_VALUE", rejected, rejected, rejected},
		{400, "INVALID_IMAGE_DATA", rejected, rejected, rejected},
		{401, "AUTHENTICATION_AUTHORIZATION_EXCEPTION", credentials, credentials, credentials},
		{403, "DELETE_REFERENCED_ENTITY_EXCEPTION", rejected, rejected, rejected},
		{403, "DUPLICATE_ACCESS", rejected, rejected, rejected},
		{403, "ACTION_FORBIDDEN", rejected, rejected, rejected},
		{403, "INSUFFICIENT_BALANCE", rejected, rejected, rejected},
		{404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", rejected, rejected, notFound},
		{409, "ENTITY_ALREADY_EXISTS_EXCEPTION", exists, exists, rejected},
		{403, "ENTITY_ALREADY_EXISTS_EXCEPTION", exists, exists, rejected}, // servers of before March 2021
		{500, "GENERIC_API_EXCEPTION", unknown, unknown, unavailable},
		{500, "BUSINESS_API_EXCEPTION", unknown, unknown, unavailable},
		{500, "CONSTRAINT_VIOLATION_EXCEPTION", unknown, unknown, unavailable},
		{200, "BUSINESS_API_EXCEPTION", rejected, rejected, rejected}, // a failure may come as 200
	} {
		body := fmt.Sprintf(`{"status":"FAIL","errorCode":%q,"message":"words"}`, c.code)
		for _, wrapped := range []string{body, `{"actionStatus":` + body + `}`} {
			for call, want := range map[*vendorhttp.Request]enlistv1.ErrorReason{create: c.create, update: c.upd, read: c.reads} {
				_, err := p.understand(call, &vendorhttp.Response{Status: c.status, Header: http.Header{}, Body: []byte(wrapped)})
				var known *providers.Error
				if !errors.As(err, &known) || known.Reason != want {
					t.Errorf("%d %s at %s: got %v, want %s", c.status, c.code, call.Path, err, want)
					continue
				}
				if words := known.Vendor.GetMessages(); len(words) != 1 || words[0].GetCode() != c.code || words[0].GetMessage() != "words" ||
					int(known.Vendor.GetHttpStatus()) != c.status {
					t.Errorf("%d %s: the vendor's words are lost: %v", c.status, c.code, known.Vendor)
				}
			}
		}
	}
}

// What is a success, and what only looks like one.
func TestSuccesses(t *testing.T) {
	p := offline(t)
	for body, want := range map[string]bool{
		`{"status":"SUCCESS","message":""}`:                     true,
		`{"status":"WARNING","message":"careful"}`:              true,
		`{"actionStatus":{"status":"SUCCESS"},"customer":{}}`:   true,
		`{"status":"success"}`:                                  false,
		`{"message":""}`:                                        false,
		`{"status":"FAIL"}`:                                     false,
		`{"actionStatus":{"status":"FAIL"},"status":"SUCCESS"}`: false,
		`["SUCCESS"]`:                                           false,
		`SUCCESS`:                                               false,
	} {
		_, err := p.understand(&vendorhttp.Request{Path: createPath, Creates: true}, &vendorhttp.Response{Status: 200, Header: http.Header{}, Body: []byte(body)})
		if (err == nil) != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}
