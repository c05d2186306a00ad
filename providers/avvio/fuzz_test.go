package avvio

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

const fuzzedPassword = "p-4-ss-of-the-fuzzed"

func fuzzed(f *testing.F) *Provider {
	f.Helper()
	p, err := New(&configv1.Provider{Name: "avvio", Vendor: &configv1.Provider_Avvio{
		Avvio: &configv1.Avvio{BaseUrl: "http://127.0.0.1:1", Username: "u", Password: fuzzedPassword},
	}})
	if err != nil {
		f.Fatal(err)
	}
	return p
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) || known.Message == "" || known.Stage == 0 {
		t.Errorf("the error %v is not complete", err)
	} else if strings.Contains(known.Error()+known.Vendor.String(), fuzzedPassword) {
		t.Errorf("the password shows in %v, %v", known, known.Vendor)
	}
}

// With any response to a creation, a success is complete, and an error is complete and shows no
// password.
func FuzzCreated(f *testing.F) {
	p := fuzzed(f)
	published, err := os.ReadFile("testdata/create_answer.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(200, string(published))
	f.Add(200, `{"status":"error","message":"`+fuzzedPassword+`","description":{"password":[]}}`)
	f.Add(400, `{"status":"fail","errorCode":17}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		response := &vendorhttp.Response{Status: status, Header: http.Header{}, Body: []byte(body)}
		id, err := p.created(&vendorhttp.Request{Creates: true}, response, []string{fuzzedPassword})
		if err == nil && (id <= 0 || !strings.Contains(body, "status")) && !strings.Contains(body, `\u`) {
			t.Errorf("a success without what makes one: %d %s", status, body)
		}
		if err != nil {
			checkError(t, err)
			if providers.IsReason(err, enlistv1.ErrorReason_VENDOR_REJECTED) && (status > 500 || !strings.Contains(body, "{")) {
				t.Errorf("%d %q as a refusal", status, body)
			}
		}
	})
}

// With any list, the result is either an error, or accounts that can all be shown.
func FuzzListed(f *testing.F) {
	p := fuzzed(f)
	f.Add(200, `{"status":"ok","siteList":[{"siteID":1,"accountList":[{"accountID":7,"dtCreated":"2024-03-01 12:00:00","dtModified":1709294400,
		"name":{"title":"Mr","first":"John","last":"Smith"},"address":{"line1":"1","country":"FR"},"password":"`+fuzzedPassword+`"}]}]}`)
	f.Add(200, `{"status":"ok","siteList":[]}`)
	f.Add(200, `{"status":"error","message":"no"}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		response := &vendorhttp.Response{Status: status, Header: http.Header{}, Body: []byte(body)}
		read := &listing{keep: func(*found) bool { return true }}
		read.scan(&vendorhttp.Body{Reader: strings.NewReader(body)})
		if err := p.checkListing(&vendorhttp.Request{}, response, read, nil); err != nil {
			checkError(t, err)
			return
		}
		for _, at := range read.sites {
			for _, listed := range at.accounts {
				text := listed.record([]string{fuzzedPassword}).String()
				if customer(listed.account).GetId() == "" || strings.Contains(text, fuzzedPassword) {
					t.Errorf("%v as %v, %s", listed.account, customer(listed.account), text)
				}
			}
		}
	})
}
