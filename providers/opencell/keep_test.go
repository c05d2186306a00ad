package opencell_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

func updating(t *testing.T, customer string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{"requestId":"`+requestID+`","onExisting":"ON_EXISTING_UPDATE","customer":{"id":"A-1",`+customer+`}}`)
}

// Opencell resets a missing isCompany to false, and ignores missing address members. An update
// sends the stored isCompany, and empty texts for the address members.
func TestUpdateKeeps(t *testing.T) {
	const moved = `"billingAddress":{"lines":["9 New Street"],"countryCode":"FR"}`
	company := `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","isCompany":true,"address":{"address1":"1","address2":"2","city":"Nice"}}}`
	whole := map[string]any{"address1": "9 New Street", "address2": "", "address3": "", "address4": "", "address5": "", "zipCode": "", "city": "", "state": "", "country": "FR"}
	line := map[string]any{"address1": "9 New Street", "country": "FR"}
	off := func(own *configv1.Opencell) { own.SendIsCompany = proto.Bool(false) }
	old := func(own *configv1.Opencell) { own.Version = 11 }
	for name, test := range map[string]struct {
		customer  string
		held      http.HandlerFunc
		settings  func(*configv1.Opencell)
		isCompany any
		address   any
	}{
		"held":                      {moved, providertest.Respond(200, company), nil, true, whole},
		"no company is held":        {moved, providertest.Respond(200, held("A-1", "", "Smith")), nil, nil, whole},
		"the caller sets a company": {moved + `,"organization":{"name":"Acme"}`, providertest.Respond(200, held("A-1", "", "Smith")), nil, true, whole},
		"not known there":           {moved, providertest.Respond(200, company), off, nil, whole},
		"an old version":            {moved, providertest.Respond(200, company), old, nil, whole},
		"nobody is there":           {moved, providertest.Respond(404, absent), nil, nil, line},
	} {
		t.Run(name, func(t *testing.T) {
			var sent map[string]any
			write := func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if err := json.Unmarshal(body, &sent); err != nil {
					t.Error(err)
				}
				providertest.Respond(200, `{"status":"SUCCESS"}`)(w, r)
			}
			change := test.settings
			if change == nil {
				change = func(*configv1.Opencell) {}
			}
			if _, err := providertest.Create(t.Context(), vendor(t, test.held, write, change), updating(t, test.customer)); err != nil {
				t.Fatal(err)
			}
			if sent["isCompany"] != test.isCompany || !cmp.Equal(sent["address"], test.address) {
				t.Errorf("isCompany %v, address %v", sent["isCompany"], sent["address"])
			}
		})
	}
}

// Enlist sends no update that would reset an isCompany that it cannot read, or mix two addresses.
func TestUpdateRefuses(t *testing.T) {
	const address, found = `"billingAddress":{"lines":["new"],"countryCode":"FR"}`, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1",`
	old := func(own *configv1.Opencell) { own.Version = 11 }
	for name, test := range map[string]struct {
		customer, options, held string
		settings                func(*configv1.Opencell)
		path                    string // of what the error names; empty if the update is sent
	}{
		"an object":               {address, `{}`, `"isCompany":{"x":1}}}`, nil, "opencell.is_company"},
		"a word":                  {address, `{}`, `"isCompany":"oui"}}`, nil, "opencell.is_company"},
		"twice":                   {address, `{}`, `"isCompany":true,"isCompany":false}}`, nil, "opencell.is_company"},
		"many odd members":        {address, `{}`, `"customFields":{"customField":[` + strings.Repeat("1,", 30) + `2]},"isCompany":"oui"}}`, nil, "opencell.is_company"},
		"null":                    {address, `{}`, `"isCompany":null}}`, nil, ""},
		"a text that is true":     {address, `{}`, `"isCompany":"true"}}`, nil, ""},
		"the request sets it":     {address, `{"isCompany":false}`, `"isCompany":"oui"}}`, nil, ""},
		"an old version":          {address, `{}`, `"isCompany":"oui"}}`, old, ""},
		"no country":              {`"billingAddress":{"lines":["new"]}`, `{"tradingCountryCode":"FR"}`, `"address":{"country":"DE"}}}`, nil, "customer.billing_address.country_code"},
		"no country, none before": {`"billingAddress":{"lines":["new"]}`, `{"tradingCountryCode":"FR"}`, `"description":"x"}}`, nil, "customer.billing_address.country_code"},
		"a country":               {address, `{"tradingCountryCode":"DE"}`, `"address":{"country":"DE"}}}`, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, validateOnly := range []bool{false, true} {
				update := updating(t, test.customer)
				update.VendorOptions = request(t, `{"opencell":`+test.options+`}`).VendorOptions
				update.ValidateOnly = validateOnly
				change := test.settings
				if change == nil {
					change = func(*configv1.Opencell) {}
				}
				sent := false
				write := func(w http.ResponseWriter, r *http.Request) {
					sent = true
					providertest.Respond(200, `{"status":"SUCCESS"}`)(w, r)
				}
				_, err := providertest.Create(t.Context(), vendor(t, providertest.Respond(200, found+test.held), write, change), update)
				if test.path == "" {
					if err != nil || sent == validateOnly {
						t.Errorf("sent: %t, %v", sent, err)
					}
					continue
				}
				known := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD)
				if sent || known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || known.Violations[0].Path != test.path ||
					strings.Contains(known.Violations[0].Description, "oui") {
					t.Errorf("sent: %t, %+v", sent, known)
				}
			}
		})
	}
	// A new customer may have an address without a country.
	update := updating(t, `"billingAddress":{"lines":["new"]}`)
	update.VendorOptions = request(t, `{"opencell":{"tradingCountryCode":"FR"}}`).VendorOptions
	if _, err := providertest.Create(t.Context(), vendor(t, providertest.Respond(404, absent), providertest.Respond(200, `{"status":"SUCCESS"}`)), update); err != nil {
		t.Error(err)
	}
}

// An update without an address does not change the address.
func TestUpdateWithoutAddress(t *testing.T) {
	update := updating(t, `"jobTitle":"CEO"`)
	update.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{TradingCountryCode: "FR"}}
	update.ValidateOnly = true
	preview, err := providertest.Create(t.Context(), vendor(t, providertest.Respond(200, held("A-1", "", "Smith")), nil), update)
	if err != nil {
		t.Fatal(err)
	}
	var sent map[string]any
	if err := json.Unmarshal([]byte(preview.GetVendorRequest().GetBody()), &sent); err != nil || sent["address"] != nil || sent["country"] != "FR" {
		t.Errorf("sent %v, %v", sent, err)
	}
}

// If the look-up before an update fails, or shows a nearly equal code, Enlist sends nothing.
func TestUpdateLooksFirst(t *testing.T) {
	for name, test := range map[string]struct {
		read   http.HandlerFunc
		reason enlistv1.ErrorReason
	}{
		"fails":            {providertest.Respond(502, ""), enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
		"a near code":      {providertest.Respond(200, held("a-1", "", "Smith")), enlistv1.ErrorReason_CUSTOMER_EXISTS},
		"another customer": {providertest.Respond(200, held("B-2", "", "Smith")), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
	} {
		for _, validateOnly := range []bool{false, true} {
			update := updating(t, `"billingAddress":{"countryCode":"FR"}`)
			update.ValidateOnly = validateOnly
			provider := vendor(t, test.read, func(http.ResponseWriter, *http.Request) { t.Errorf("%s: an update was sent", name) })
			_, err := providertest.Create(t.Context(), provider, update)
			if known := providertest.Fails(t, err, test.reason); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
				t.Errorf("%s: stage %s", name, known.Stage)
			}
		}
	}
}

// Package once learns that an update looks up first, and that the look-up found the customer. Only
// then is it certainly an update. An account type without a customer has no look-up.
func TestUpdateIsShown(t *testing.T) {
	const updated, either = enlistv1.Outcome_OUTCOME_UPDATED, enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	for name, test := range map[string]struct {
		kind         string
		read         http.HandlerFunc
		looks, shown bool
		outcome      enlistv1.Outcome
	}{
		"there":       {"", providertest.Respond(200, held("A-1", "", "Smith")), true, true, updated},
		"not there":   {"", providertest.Respond(404, absent), true, false, either},
		"no customer": {"UA", func(http.ResponseWriter, *http.Request) { t.Error("a look-up was made") }, false, false, either},
	} {
		update := updating(t, `"billingAddress":{"countryCode":"FR"}`)
		update.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{CrmAccountType: test.kind}}
		creation, err := vendor(t, test.read, providertest.Respond(200, `{"status":"SUCCESS"}`)).Prepare(update)
		if err != nil {
			t.Fatal(err)
		}
		sends := 0
		ctx := providers.WithObserver(t.Context(), &providers.Observer{BeforeSend: func(_ context.Context, shown bool) error {
			if sends++; shown != test.shown {
				t.Errorf("%s: shown %t", name, shown)
			}
			return nil
		}})
		response, err := creation.CreateCustomer(ctx)
		if err != nil || creation.LooksFirst() != test.looks || sends != 1 || response.GetOutcome() != test.outcome {
			t.Errorf("%s: looks %t, %d sends, %v, %v", name, creation.LooksFirst(), sends, response, err)
		}
	}
}

// The same with the sandbox, which resets and ignores as Opencell does: a company stays a company,
// and its new address is complete.
func TestUpdateOfACompany(t *testing.T) {
	w := newWorld(t)
	company := request(t, `{"requestId":"`+requestID+`","customer":{"id":"A-1","organization":{"name":"Acme"},
		"billingAddress":{"lines":["1 Rue","2e étage","Porte C"],"city":"Nice","postalCode":"06000","region":"PACA","countryCode":"FR"}}}`)
	if _, err := providertest.Create(t.Context(), w.Provider, company); err != nil {
		t.Fatal(err)
	}
	if _, err := providertest.Create(t.Context(), w.Provider, updating(t, `"billingAddress":{"lines":["9 New Street"],"city":"Lyon","countryCode":"FR"}`)); err != nil {
		t.Fatal(err)
	}
	read, err := w.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1", IncludeVendorRecord: true})
	if err != nil {
		t.Fatal(err)
	}
	want := &enlistv1.Address{Lines: []string{"9 New Street"}, City: "Lyon", CountryCode: "FR"}
	customer := read.GetVendorRecord().GetFields()["customer"].GetStructValue()
	if !customer.GetFields()["isCompany"].GetBoolValue() || !proto.Equal(read.GetCustomer().GetBillingAddress(), want) {
		t.Errorf("is a company: %v, address %v", customer.GetFields()["isCompany"], read.GetCustomer().GetBillingAddress())
	}
}
