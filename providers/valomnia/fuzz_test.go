package valomnia

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

func fuzzed(f *testing.F) *Provider {
	f.Helper()
	p, err := New(&configv1.Provider{Name: "valomnia", Vendor: &configv1.Provider_Valomnia{
		Valomnia: &configv1.Valomnia{BaseUrl: "https://valomnia.example/app", Username: "u", Password: "p"},
	}})
	if err != nil {
		f.Fatal(err)
	}
	return p
}

// With any response, only 201 with an id is a success, and only the vendor's complete words are a
// refusal. A read shows a reference that is at least nearly equal.
func FuzzAnswer(f *testing.F) {
	p := fuzzed(f)
	published, err := os.ReadFile("testdata/create_answer.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(201, "", published)
	f.Add(400, "", []byte(`{"error":"not_unique","error_description":"reference already used"}`))
	f.Add(500, "", []byte(`{"error":"server_error","error_description":"Oops! Something went wrong..."}`))
	f.Add(302, "/app/login/auth", []byte(``))
	f.Add(201, "", []byte(`{"id":1,"reference":"NC-3","parentCustomer":{"id":1e300},"dateCreated":"9999-12-31T23:59:59+23:59"}`))
	f.Fuzz(func(t *testing.T, status int, location string, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		response := &vendorhttp.Response{Status: status, Header: http.Header{"Location": {location}}, Body: body}
		for _, creates := range []bool{true, false} {
			success := map[bool]int{true: http.StatusCreated, false: http.StatusOK}[creates]
			there, err := p.understand(&vendorhttp.Request{Method: "POST", Path: p.customers, Creates: creates}, response, success,
				func(record *valomniav1.CustomerRecord) bool {
					return match.Keys("NC-3", record.GetReference()) != match.Different
				}, "S3SS10N")
			if err == nil {
				if status != success || there.GetId() == 0 || match.Key(customer(there.CustomerRecord).GetId()) != match.Key("NC-3") {
					t.Fatalf("status %d taken for %v", status, there)
				}
				if _, err := proto.Marshal(customer(there.CustomerRecord)); err != nil {
					t.Fatal(err)
				}
				continue
			}
			var known *providers.Error
			if !errors.As(err, &known) || known.Reason == 0 || known.Message == "" {
				t.Fatalf("%v", err)
			}
			if unknown := known.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN; unknown && !creates ||
				creates && !unknown && status >= 500 && status != 503 && (!known.Alive || known.Confirm == providers.ConfirmNothing) {
				t.Fatalf("status %d, creates %t: %v", status, creates, err)
			}
		}
	})
}

// With any response to a login, only the vendor's own success page gives a session.
func FuzzLogin(f *testing.F) {
	p := fuzzed(f)
	f.Add(302, "/app/login/ajaxSuccess", "JSESSIONID=s; Path=/; HttpOnly", []byte(``))
	f.Add(302, "//valomnia.example.evil.example/app/login/ajaxSuccess", "JSESSIONID=s", []byte(`{"success":false,"error":"Sorry"}`))
	f.Add(302, `https:\\evil.example\login`, `JSESSIONID="a b;c"`, []byte(`{"success":true}`))
	f.Fuzz(func(t *testing.T, status int, location, cookie string, body []byte) {
		answer := &vendorhttp.Response{Status: status, Header: http.Header{"Location": {location}, "Set-Cookie": {cookie}}, Body: body}
		if session := cookieOf(answer.Header); strings.ContainsAny(session, "\r\n;") { // a comma is sent back unchanged
			t.Fatalf("session %q would break its header", session)
		}
		if path, own := p.redirect(answer); own {
			if target, err := p.base.Parse(location); err != nil || !strings.EqualFold(target.Hostname(), "valomnia.example") {
				t.Fatalf("%q taken for the vendor's %s", location, path)
			}
		}
		var known *providers.Error
		if err := p.noLogin(&vendorhttp.Request{}, answer); !errors.As(err, &known) || known.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN {
			t.Fatalf("%v", err)
		}
	})
}
