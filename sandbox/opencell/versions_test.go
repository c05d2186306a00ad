package opencell_test

import (
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestOpencellVersions(t *testing.T) {
	method := func(kind string) map[string]any {
		return map[string]any{"methodOfPayment": []any{map[string]any{"paymentMethodType": kind}}}
	}
	company := map[string]any{"isCompany": true}
	for name, test := range map[string]struct {
		version int
		changes map[string]any
		status  int
	}{
		"PayPal, 14":             {14, method("PAYPAL"), 200},
		"Stripe, 14":             {14, method("STRIPE"), 200},
		"PayPal, 15":             {15, method("PAYPAL"), 400},
		"PayPal link, 14":        {14, method("PAYPALPAYMENTLINK"), 400},
		"PayPal link, 15":        {15, method("PAYPALPAYMENTLINK"), 200},
		"Stripe link, 16":        {16, method("STRIPEDIRECTLINK"), 200},
		"SIPS, 15":               {15, method("SIPS"), 400},
		"SIPS, 16":               {16, method("SIPS"), 200},
		"company, 11":            {11, company, 400},
		"company, 12":            {12, company, 200},
		"the name of the getter": {16, map[string]any{"paymentMethods": []any{}}, 400},
		"card without an owner":  {16, method("CARD"), 400},
		"direct debit":           {16, map[string]any{"paymentMethod": "DIRECTDEBIT"}, 400},
		"with its mandate":       {16, map[string]any{"paymentMethod": "DIRECTDEBIT", "mandateIdentification": "M", "mandateDate": "2020-01-01"}, 200},
		"a long city":            {16, map[string]any{"address.city": strings.Repeat("x", 51)}, 500},
		"a longer city":          {16, map[string]any{"address.city": strings.Repeat("x", 101)}, 400},
		"a long line":            {16, map[string]any{"address.address1": strings.Repeat("x", 256)}, 400},
		"a map": {16, map[string]any{"customFields": map[string]any{"customField": []any{
			map[string]any{"code": "m", "mapValue": map[string]any{"k": map[string]any{"value": 1}}},
		}}}, 200},
		"not a map": {16, map[string]any{"customFields": map[string]any{"customField": []any{map[string]any{"code": "m", "mapValue": []any{}}}}}, 400},
		"unknown in a map": {16, map[string]any{"customFields": map[string]any{"customField": []any{
			map[string]any{"code": "m", "mapValue": map[string]any{"k": map[string]any{"v": 1}}},
		}}}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t, sandbox.With(func(s *opencell.Settings) { s.Version = test.version }))
			body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{"isCompany": sandboxtest.Absent{}})
			r := w.Opencell("POST", sandboxtest.OpencellCreate, sandboxtest.Alter(t, body, test.changes), w.OpencellToken())
			if r.Status != test.status {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
}

// From version 11 on a read gives the accounts only if it asks for them.
func TestOpencellAccountsOnDemand(t *testing.T) {
	for version, want := range map[int]bool{10: true, 11: false, 16: false} {
		w := sandboxtest.NewWorld(t, sandbox.With(func(s *opencell.Settings) { s.Version = version }))
		token := w.OpencellToken()
		w.Opencell("POST", sandboxtest.OpencellCreate, sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{"isCompany": sandboxtest.Absent{}}), token)
		for query, want := range map[string]bool{"": want, "&includeCustomerAccounts=false": want, "&includeCustomerAccounts=true": true} {
			r := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00"+query, "", token)
			if got := strings.Contains(r.Body, "customerAccounts"); r.Status != 200 || got != want {
				t.Errorf("version %d, %q: %d, accounts %t", version, query, r.Status, got)
			}
		}
	}
}

// Versions 12 to 16 take an isCompany that an update leaves out for false, and no version changes
// an address line that is left out.
func TestOpencellUpdateResetsIsCompany(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.OpencellToken()
	whole := w.Fixture("opencell/create_request.json")
	w.Opencell("POST", sandboxtest.OpencellCreate, sandboxtest.Alter(t, whole, map[string]any{"address.address2": "second"}), token)
	w.Opencell("POST", sandboxtest.OpencellUpdate, sandboxtest.Alter(t, whole, map[string]any{"isCompany": sandboxtest.Absent{}, "address.address1": "first"}), token)
	held := w.Records("opencell")[0].Record
	if held["isCompany"] != false || sandboxtest.At(t, held, "address", "address1") != "first" || sandboxtest.At(t, held, "address", "address2") != "second" {
		t.Errorf("held %v", held)
	}
}
