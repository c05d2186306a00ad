package server

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Every body is decoded, or refused with a path and a sentence.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"customer":{"name":{"familyNam":1}}}`, `{"customer":{"billingAddress":{"lines":["a",7]}}}`, `{"customer":{"properties":{"a":1}}}`,
		"{\n\"é\":1}", `[[{"a":[]}]]`, `{"opencell":{},"caliq":{}}`, `{"customer":{"birthDate":{"year":1e99}}}`, "{", `{"a":{"b":[1,{"c":2}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		request := &enlistv1.CreateCustomerRequest{}
		refused := decode(&requestBody{data: data}, request)
		if err := protojson.Unmarshal(data, &enlistv1.CreateCustomerRequest{}); err != nil && refused == nil && len(bytes.TrimSpace(data)) > 0 {
			t.Errorf("%q was decoded in spite of %v", data, err)
		}
		if refused != nil && (refused.failure.Message == "" || len(refused.failure.Violations) != 1 || refused.failure.Violations[0].Path == "") {
			t.Errorf("%q: %+v", data, refused.failure)
		}
	})
}

func FuzzIdempotencyKey(f *testing.F) {
	f.Add("0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", "")
	f.Add("{0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11}", "urn:uuid:0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11")
	f.Fuzz(func(t *testing.T, key, id string) {
		request := &enlistv1.CreateCustomerRequest{RequestId: id}
		if settleRequestIDWith(request, key) == nil && (request.GetRequestId() == "" || request.GetRequestId() != strings.ToLower(request.GetRequestId())) {
			t.Errorf("key %q, id %q give %q", key, id, request.GetRequestId())
		}
	})
}
