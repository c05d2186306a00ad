package caliq

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

const fuzzedKey = "k-3-y-of-the-fuzzed"

func fuzzed(f *testing.F) *Provider {
	f.Helper()
	p, err := New(&configv1.Provider{Name: "caliq", Vendor: &configv1.Provider_Caliq{
		Caliq: &configv1.Caliq{BaseUrl: "http://127.0.0.1:1", ApiKey: fuzzedKey},
	}})
	if err != nil {
		f.Fatal(err)
	}
	p.messages.known = map[int64]string{1: "one"}
	return p
}

// With any response to a creation, a success is complete, and an error is complete and shows no
// key.
func FuzzCreated(f *testing.F) {
	p := fuzzed(f)
	for _, name := range []string{"create_answer.json", "create_answer.xml"} {
		published, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(200, string(published), "sample string 3")
	}
	f.Add(200, `{"CustomerCreateData":{"OK":false,"CustomerCreateIssues":[{"ID":1,"Message":"`+fuzzedKey+`"}]}}`, "")
	f.Add(400, `{"Message":"`+fuzzedKey+`"}`, "A")
	f.Fuzz(func(t *testing.T, status int, body, accountNo string) {
		call := &vendorhttp.Request{Creates: true}
		response := &vendorhttp.Response{Status: status, Header: http.Header{}, Body: []byte(body)}
		made, err := p.created(context.Background(), call, response, accountNo)
		var known *providers.Error
		switch {
		case err == nil && (!made.data.GetOk() || made.data.GetAccountId() <= 0 ||
			accountNo != "" && match.Keys(accountNo, made.data.GetAccountNo()) == match.Different):
			t.Errorf("a success without what proves one: %v", made.data)
		case err != nil && (!errors.As(err, &known) || known.Message == "" || known.Stage == 0):
			t.Errorf("the error %v is not complete", err)
		case err != nil && strings.Contains(known.Vendor.String(), fuzzedKey):
			t.Errorf("the key shows in %v", known.Vendor)
		case err != nil && known.Reason == enlistv1.ErrorReason_VENDOR_REJECTED && status != 400 && !strings.Contains(body, "false"):
			t.Errorf("status %d as a refusal", status)
		}
	})
}

// With any list, the result is either an error, or accounts.
func FuzzAccounts(f *testing.F) {
	p := fuzzed(f)
	f.Add(200, `{"CustomerChangeList":[{"ID":1,"AccountNo":"A-1"}]}`)
	f.Add(200, `{"CustomerChangeList":[]}`)
	f.Add(204, ``)
	f.Fuzz(func(t *testing.T, status int, body string) {
		response, read := &vendorhttp.Response{Status: status, Header: http.Header{}, Body: []byte(body)}, &listed{}
		read.scan(&vendorhttp.Body{Reader: strings.NewReader(body)}, "A-1")
		found, err := p.checkList(&vendorhttp.Request{}, response, read)
		if err == nil && status != 204 && (status != 200 || !strings.Contains(body, "[")) {
			t.Errorf("%v out of %d %q", found, status, body)
		}
		if err != nil && found != nil {
			t.Errorf("accounts and an error: %v", err)
		}
	})
}

// With any catalogue, the result is either an error, or descriptions. They are cached, so they are
// never nil.
func FuzzDescriptions(f *testing.F) {
	p := fuzzed(f)
	f.Add(200, `{"MessagesList":[{"ID":1,"Description":"one"}]}`)
	f.Add(204, ``)
	f.Fuzz(func(t *testing.T, status int, body string) {
		descriptions, err := p.descriptions(&vendorhttp.Request{}, &vendorhttp.Response{Status: status, Header: http.Header{}, Body: []byte(body)})
		if (err == nil) != (descriptions != nil) || err == nil && status != 204 && (status != 200 || !strings.Contains(body, "[")) {
			t.Errorf("%v, %v out of %d %q", descriptions, err, status, body)
		}
	})
}
