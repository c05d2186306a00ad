package opencell_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestNormalisedCode(t *testing.T) {
	for _, test := range []struct {
		form, code, stored string
		found, unknown     []string
	}{
		{"", "acme-1", "ACME-1", []string{"acme-1", "Acme-1", "ACME-1"}, []string{"acme-2", "ACME1"}},
		{"", "0042", "42", []string{"42", "042", "0042"}, []string{"420"}},
		{"", "CLASSIC-C00", " CLASSIC-C00 ", []string{"CLASSIC-C00", " CLASSIC-C00 "}, []string{"classic-c00"}},
		{"escaped", "A&B", "A&amp;B", []string{"A&B", "A&amp;B"}, []string{"A&amp;amp;B"}},
		{"unaccented", "Zoë", "Zoe", []string{"Zoë", "Zoe", "Zoé"}, []string{"zoe"}},
		{"cut", "CUSTOMER-0123456789-0123", "CUSTOMER-0123456789-", []string{"CUSTOMER-0123456789-0123", "CUSTOMER-0123456789-4"}, []string{"CUSTOMER-0"}},
	} {
		t.Run(test.stored, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			token := w.OpencellToken()
			body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{"code": test.code})
			w.Order(`{"vendor":"opencell","operation":"create","kind":"normalised_key","form":"` + test.form + `"}`)
			if r := w.Opencell("POST", sandboxtest.OpencellCreate, body, token); r.Status != 200 {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
			get := func(code string) sandboxtest.Reply {
				return w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode="+url.QueryEscape(code)+"&includeCustomerAccounts=true", "", token)
			}
			for _, code := range test.found {
				r := get(code)
				if r.Status != 200 || sandboxtest.At(t, r.JSON(t), "customer", "code") != test.stored ||
					sandboxtest.At(t, r.JSON(t), "customer", "customerAccounts", "customerAccount", 0, "customer") != test.stored {
					t.Errorf("%q: %d %s", code, r.Status, r.Body)
				}
				again := sandboxtest.Alter(t, body, map[string]any{"code": code})
				if r := w.Opencell("POST", sandboxtest.OpencellCreate, again, token); r.Status != 409 {
					t.Errorf("creating %q: %d %s", code, r.Status, r.Body)
				}
			}
			for _, code := range test.unknown {
				if r := get(code); r.Status != 404 {
					t.Errorf("%q: %d %s", code, r.Status, r.Body)
				}
			}
			if r := w.Opencell("POST", sandboxtest.OpencellUpsert, body, token); r.Status != 200 {
				t.Errorf("createOrUpdate: %d %s", r.Status, r.Body)
			}
			held := w.Records("opencell")
			if len(held) != 1 || held[0].Key != test.stored || held[0].Record["code"] != test.stored || held[0].Created != 1 || held[0].Updated != 1 {
				t.Errorf("held: %+v", held)
			}
		})
	}
}

// The fault also makes a code meet one that is stored as it was given.
func TestNormalisedCodeMeetsAnother(t *testing.T) {
	for path, status := range map[string]int{sandboxtest.OpencellCreate: 409, sandboxtest.OpencellUpsert: 200} {
		w := sandboxtest.NewWorld(t)
		token := w.OpencellToken()
		whole := w.Fixture("opencell/create_request.json")
		w.Opencell("POST", path, whole, token)
		w.Order(`{"vendor":"opencell","operation":"create","kind":"normalised_key"}`)
		r := w.Opencell("POST", path, sandboxtest.Alter(t, whole, map[string]any{"code": "classic-c00"}), token)
		held := w.Records("opencell")
		if r.Status != status || len(held) != 1 || held[0].Key != "CLASSIC-C00" || held[0].Record["code"] != "CLASSIC-C00" {
			t.Errorf("%s: %d %s, %+v", path, r.Status, r.Body, held)
		}
	}
}

func TestRepeatedByProxyOfEachWay(t *testing.T) {
	for name, test := range map[string]struct {
		path    string
		changes map[string]any
		options []sandbox.Option
		status  int
		updated int
	}{
		"strict, before 2021": {sandboxtest.OpencellCreate, map[string]any{"isCompany": sandboxtest.Absent{}}, []sandbox.Option{sandbox.With(func(s *opencell.Settings) { s.Before2021 = true })}, 403, 0},
		"createOrUpdate":      {sandboxtest.OpencellUpsert, nil, nil, 200, 1},
		"without a code":      {sandboxtest.OpencellCreate, map[string]any{"code": ""}, nil, 409, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t, test.options...)
			w.Order(`{"vendor":"opencell","operation":"create","kind":"repeated_by_proxy"}`)
			body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), test.changes)
			r := w.Opencell("POST", test.path, body, w.OpencellToken())
			if held := w.Records("opencell"); r.Status != test.status || len(held) != 1 || held[0].Updated != test.updated {
				t.Errorf("%d %s, %+v", r.Status, r.Body, held)
			}
		})
	}
}

func TestOddTokens(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"opencell","operation":"login","kind":"other_types","times":4}`)
	for use, want := range []any{"300", 299.5, nil, nil} {
		r := w.Send("POST", sandboxtest.OpencellTokenPath, w.OpencellForm(nil), "Content-Type", sandboxtest.FormType)
		body := r.JSON(t)
		token, _ := body["access_token"].(string)
		lifetime, given := body["expires_in"]
		if r.Status != 200 || lifetime != want || given != (use < 3) || strings.HasSuffix(token, "\n") != (use == 3) {
			t.Errorf("use %d: %s", use, r.Body)
		}
		if r := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=X", "", strings.TrimSpace(token)); r.Status != 404 {
			t.Errorf("use %d: the token is not valid: %d", use, r.Status)
		}
	}
}

func TestOddRowOfCustomFields(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.OpencellToken()
	fields := map[string]any{"customField": []any{map[string]any{"code": "tier", "stringValue": "gold"}}}
	body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{"customFields": fields})
	w.Opencell("POST", sandboxtest.OpencellCreate, body, token)
	w.Order(`{"vendor":"opencell","operation":"get","kind":"odd_row"}`)
	customer := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00&includeCustomerAccounts=true", "", token).JSON(t)["customer"]
	if got := sandboxtest.At(t, customer, "customFields", "customField").([]any); len(got) != 2 || sandboxtest.At(t, got, 1, "stringValue") != 4711.0 {
		t.Errorf("custom fields: %v", got)
	}
}
