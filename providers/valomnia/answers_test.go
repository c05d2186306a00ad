package valomnia_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

const small = `{"customer":{"id":"K-1","displayName":"Jane"}}`

// Every failure that the page documents, and some similar ones, with the meaning, what must confirm
// it, and the field that its words name.
func TestRefusals(t *testing.T) {
	const rejected, exists, unknown = enlistv1.ErrorReason_VENDOR_REJECTED, enlistv1.ErrorReason_CUSTOMER_EXISTS, enlistv1.ErrorReason_OUTCOME_UNKNOWN
	const stands, byLookup, afterLag = providers.ConfirmNothing, providers.ConfirmByLookup, providers.ConfirmAfterLag
	const wrongType = "The type of parameter payment type id you provided is not valid for this request."
	for _, test := range []struct {
		status            int
		code, description string
		reason            enlistv1.ErrorReason
		confirm           providers.Confirmation
		path              string
	}{
		{400, "missing_param", "reference parameter is missing", rejected, stands, "customer.id"},
		{400, "missing_param", "name parameter is missing", rejected, stands, "customer.display_name"},
		{400, "missing_param", "dueDateConfigNumber parameter is missing", rejected, stands, "valomnia.due_date_config_number"},
		{400, "missing_param", "something parameter is missing", rejected, stands, ""},
		{400, "missing_param", "A name parameter is missing", rejected, stands, ""},
		{400, "not_unique", "reference already used", exists, afterLag, ""},
		{400, "not_unique", "Reference already used.", exists, afterLag, ""},
		{400, "not_unique", "barcode already used", rejected, afterLag, "valomnia.barcode"},
		{400, "not_unique", "reference2 already used", rejected, afterLag, "valomnia.reference2"},
		{400, "not_unique", "second reference already used", rejected, afterLag, ""},
		{400, "invalid_param_type", wrongType, rejected, stands, "valomnia.payment_type_ids"},
		{400, "invalid_param_type", "The type of parameter creditLimit you provided is not valid for this request.", rejected, stands, "valomnia.credit_limit"},
		{400, "invalid_param_type", "The type is wrong", rejected, stands, ""},
		{400, "save_failed", "Failed to save instance.", rejected, afterLag, ""},
		{400, "exceeded_file_size", "image size should not exceed 2Mo", rejected, stands, "valomnia.image.content"},
		{400, "unsupported_file_type", "image format not supported.", rejected, stands, "valomnia.image.content"},
		{404, "not_found", "The payment type with the id 999 doesn't exist.", rejected, stands, "valomnia.payment_type_ids"},
		{404, "not_found", "The currency with name GmBP doesn't exist.", rejected, stands, "customer.currency_code"},
		{404, "not_found", "The currency with name GBP is not configured.", rejected, stands, "customer.currency_code"},
		{404, "not_found", "The parent customer with the id 188911 doesn't exist.", rejected, stands, "valomnia.parent_customer"},
		{404, "not_found", "The warehouse with the id 1 doesn't exist.", rejected, stands, ""},
		{400, "house_rules", "no", rejected, afterLag, ""},
		{409, "conflict", "no", rejected, afterLag, ""},
		{400, "already_exists", "no", rejected, afterLag, ""},
		{500, "server_error", "Oops! Something went wrong...", unknown, stands, ""},
		{400, "server_error", "Oops! Something went wrong...", unknown, stands, ""},
		{500, "save_failed", "Failed to save instance.", rejected, afterLag, ""},
		{500, "not_unique", "reference already used", exists, afterLag, ""},
		{500, "missing_param", "name parameter is missing", rejected, byLookup, "customer.display_name"},
		{503, "invalid_param_type", wrongType, rejected, byLookup, "valomnia.payment_type_ids"},
		{500, "not_found", "The currency with name GBP is not configured.", rejected, byLookup, "customer.currency_code"},
		{500, "house_rules", "no", unknown, stands, ""},
		{200, "not_unique", "reference already used", unknown, stands, ""},
		{201, "save_failed", "Failed to save instance.", unknown, stands, ""},
		{403, "access_denied", "no", enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, stands, ""},
		{429, "not_unique", "reference already used", enlistv1.ErrorReason_VENDOR_RATE_LIMITED, stands, ""},
		{404, "Not Found", "a framework's page", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, stands, ""},
		{400, "Bad Request", "a framework's page", unknown, stands, ""},
		{408, "timed_out", "perhaps done", unknown, stands, ""},
	} {
		t.Run(fmt.Sprint(test.status, test.code, test.description), func(t *testing.T) {
			vendor := newVendor(t, text(test.status, `{"error":"`+test.code+`","error_description":"`+test.description+`"}`))
			_, err := providertest.Create(t.Context(), vendor.provider, settled(t, small))
			known := providertest.Fails(t, err, test.reason)
			said := known.Vendor.GetMessages()
			if known.Vendor.GetHttpStatus() != int32(test.status) || len(said) != 1 || said[0].GetCode() != test.code || said[0].GetMessage() != test.description {
				t.Errorf("vendor's words: %v", known.Vendor)
			}
			if len(vendor.calls) != 1 {
				t.Errorf("%d calls, want 1", len(vendor.calls))
			}
			if alive := test.status >= 500 && test.reason != unknown; known.Confirm != test.confirm || known.Alive != alive {
				t.Errorf("confirm %d, alive %t", known.Confirm, known.Alive)
			}
			path := ""
			for _, violation := range known.Violations {
				path += violation.Path
			}
			if path != test.path {
				t.Errorf("violations %+v, want at %q", known.Violations, test.path)
			}
		})
	}
}

// The words of a refusal may have another type. Its code must not.
func TestOddRefusals(t *testing.T) {
	for body, want := range map[string]enlistv1.ErrorReason{
		`{"error":"missing_param","error_description":{"a":1}}`:      enlistv1.ErrorReason_VENDOR_REJECTED,
		"\ufeff" + `{"error":"missing_param","error_description":7}`: enlistv1.ErrorReason_VENDOR_REJECTED,
		`{"error":["missing_param"]}`:                                enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		`{"error":"missing_param","error":"missing_param"}`:          enlistv1.ErrorReason_OUTCOME_UNKNOWN,
	} {
		_, err := providertest.Create(t.Context(), newVendor(t, text(400, body)).provider, settled(t, small))
		providertest.Fails(t, err, want)
	}
}

func TestReadFailures(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		reason enlistv1.ErrorReason
	}{
		"not found":           {text(404, `{"error":"not_found","error_description":"x"}`), enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"an unknown URL":      {text(404, `{"status":404,"error":"Not Found","path":"/api"}`), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"server error":        {text(500, `{"error":"server_error","error_description":"x"}`), enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
		"not found at 500":    {text(500, `{"error":"not_found","error_description":"x"}`), enlistv1.ErrorReason_VENDOR_REJECTED},
		"not found at 200":    {text(200, `{"error":"not_found","error_description":"x"}`), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"refused at 500":      {text(500, `{"error":"save_failed","error_description":"x"}`), enlistv1.ErrorReason_VENDOR_REJECTED},
		"refused":             {text(400, `{"error":"invalid_param_type","error_description":"x"}`), enlistv1.ErrorReason_VENDOR_REJECTED},
		"another customer":    {text(200, `{"id":1,"reference":"K-2"}`), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"without a reference": {text(200, `{"id":1}`), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"an odd reference":    {text(200, `{"id":1,"reference":["K-1"]}`), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"null":                {text(200, `null`), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
	} {
		t.Run(name, func(t *testing.T) {
			vendor := newVendor(t, test.answer)
			_, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: "K-1"})
			providertest.Fails(t, err, test.reason)
		})
	}
}

// A response that is similar to the documented success leaves the outcome unknown, and Enlist does
// not send again.
func TestSuccessesThatAreNone(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"201 with another reference": text(201, `{"id":7,"reference":"K-2","name":"Jane"}`),
		"201 with null for the id":   text(201, `{"id":null,"reference":"K-1","name":"Jane"}`),
		"201 with two ids":           text(201, `{"id":7,"id":7,"reference":"K-1"}`),
		"500 with the object":        text(500, `{"id":7,"reference":"K-1","name":"Jane"}`),
		"500 with object and error":  text(500, `{"id":7,"reference":"K-1","error":"save_failed"}`),
		"201 without an id":          text(201, `{"reference":"K-1","name":"Jane"}`),
		"201 with an error":          text(201, `{"error":"save_failed","error_description":"x"}`),
		"201 with a list":            text(201, `[{"id":7,"reference":"K-1"}]`),
		"201 of an unreadable type":  text(201, `{"id":{},"reference":"K-1"}`),
		"200 with the object":        text(200, `{"id":7,"reference":"K-1","name":"Jane"}`),
		"202 with the object":        text(202, `{"id":7,"reference":"K-1","name":"Jane"}`),
		"401 with the object":        text(401, `{"id":7,"reference":"K-1","name":"Jane"}`),
		"404 with the object":        text(404, `{"id":7,"reference":"K-1","name":"Jane"}`),
		"400 with object and error":  text(400, `{"id":7,"reference":"K-1","name":"Jane","error":"save_failed"}`),
	} {
		t.Run(name, func(t *testing.T) {
			vendor := newVendor(t, answer)
			_, err := providertest.Create(t.Context(), vendor.provider, settled(t, small))
			if known := providertest.Fails(t, err, enlistv1.ErrorReason_OUTCOME_UNKNOWN); known.Stage != enlistv1.SendStage_SEND_STAGE_SENT {
				t.Errorf("stage %s", known.Stage)
			}
			if len(vendor.calls) != 1 {
				t.Errorf("%d calls, want 1", len(vendor.calls))
			}
		})
	}
}

// 201 with an id is a success, with any other content. The customer's id is the reference in the
// vendor's form.
func TestSuccesses(t *testing.T) {
	const changed = "ID_CHANGED customer.id"
	for name, test := range map[string]struct {
		body, id string
		warned   []string
	}{
		"as it was sent":       {`{"id":7,"reference":"K-1"}`, "K-1", nil},
		"the id as text":       {`{"id":"7","reference":"K-1"}`, "K-1", nil},
		"another case":         {`{"id":7,"reference":"k-1"}`, "k-1", []string{changed}},
		"leading zeros":        {`{"id":7,"reference":"000K-1"}`, "000K-1", []string{changed}},
		"no reference":         {`{"id":7}`, "K-1", nil},
		"null":                 {`{"id":7,"reference":null}`, "K-1", nil},
		"unreadable reference": {`{"id":7,"reference":["K-1"]}`, "K-1", []string{"UNREADABLE_VALUE customer.id reference"}},
		"two references":       {`{"id":7,"reference":"K-1","reference":"K-1"}`, "K-1", []string{"UNREADABLE_VALUE customer.id reference"}},
		"other types": {`{"id":7,"reference":"K-1","name":{"a":1},"billingPostalCode":6000,"customerCategory":"x","dateCreated":[]}`, "K-1", []string{
			"UNREADABLE_VALUE customer.display_name name", "UNREADABLE_VALUE customer.billing_address.postal_code billingPostalCode",
			`UNREADABLE_VALUE customer.vendor_ids["category_id"] customerCategory`, "UNREADABLE_VALUE customer.create_time dateCreated",
		}},
		"names of countries": {`{"id":7,"reference":"K-1","isSameAddress":false,"billingCountry":"France","country":"ALLEMAGNE"}`, "K-1", nil},
		"names of no countries": {`{"id":7,"reference":"K-1","isSameAddress":false,"billingCountry":"Atlantis","country":"Italia"}`, "K-1", []string{
			"UNREPRESENTED_VALUE customer.billing_address.country_code billingCountry", "UNREPRESENTED_VALUE customer.shipping_address.country_code country",
		}},
		"one address": {`{"id":7,"reference":"K-1","isSameAddress":true,"billingCountry":"FR","country":"Italia"}`, "K-1", nil},
		"times":       {`{"id":7,"reference":"K-1","dateCreated":"2015-12-17T23:00:00+0000","lastUpdated":"2015-12-17T23:00:00.000Z"}`, "K-1", nil},
		"other forms": {`{"id":7,"reference":"K-1","dateCreated":"yesterday","lastUpdated":"17/12/2015","parentCustomer":[12]}`, "K-1", []string{
			"UNREADABLE_VALUE customer.create_time dateCreated", "UNREADABLE_VALUE customer.update_time lastUpdated",
			`UNREADABLE_VALUE customer.vendor_ids["parent_customer_id"] parentCustomer`,
		}},
		"no values":        {`{"id":7,"reference":"K-1","dateCreated":"","lastUpdated":null,"parentCustomer":{"id":null}}`, "K-1", nil},
		"an error as well": {`{"id":7,"reference":"K-1","error":"x"}`, "K-1", nil},
	} {
		t.Run(name, func(t *testing.T) {
			vendor := newVendor(t, text(201, test.body), text(200, test.body))
			created, err := providertest.Create(t.Context(), vendor.provider, settled(t, small))
			if err != nil || created.GetCustomer().GetId() != test.id || created.GetCustomer().GetVendorIds()["customer_id"] != "7" {
				t.Fatalf("%v, %v", created, err)
			}
			if !slices.Equal(providertest.Warned(created.GetWarnings()), test.warned) {
				t.Errorf("warned of %q", providertest.Warned(created.GetWarnings()))
			}
			if strings.Contains(test.body, `"reference":"`+test.id+`"`) && strings.Count(test.body, "reference") == 1 {
				read, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: "K-1"})
				if err != nil || read.GetCustomer().GetId() != test.id || !slices.Equal(providertest.Warned(read.GetWarnings()), test.warned) {
					t.Errorf("read %v, %v", read, err)
				}
			}
		})
	}
}

// Enlist reads a country that Valomnia stores as an English or French name as its code. The
// caller's other references are in vendor_ids.
func TestReadsNamesAndReferences(t *testing.T) {
	const body = `{"id":7,"reference":"K-1","isSameAddress":false,"billingCountry":"Ireland","billingCity":"Cork","country":"États-Unis",
		"reference2":"R-2","barcode":"978"}`
	vendor := newVendor(t, text(200, body))
	read, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: "K-1"})
	if err != nil {
		t.Fatal(err)
	}
	billing, shipping := read.GetCustomer().GetBillingAddress().GetCountryCode(), read.GetCustomer().GetShippingAddress().GetCountryCode()
	if billing != "IE" || shipping != "US" || len(read.GetWarnings()) > 0 {
		t.Errorf("countries %q and %q, warnings %v", billing, shipping, read.GetWarnings())
	}
	want := map[string]string{"customer_id": "7", "reference2": "R-2", "barcode": "978"}
	if got := read.GetCustomer().GetVendorIds(); !maps.Equal(got, want) {
		t.Errorf("vendor_ids %v, want %v", got, want)
	}
}

// The form of a parent is not published. Enlist reads the record with any form.
func TestParentInAnyForm(t *testing.T) {
	for form, want := range map[string]string{
		`{"id":12,"reference":"P"}`: "12", `12`: "12", `"12"`: "12", `null`: "", `[]`: "", `{"id":"12"}`: "12",
	} {
		vendor := newVendor(t, text(201, `{"id":7,"reference":"K-1","parentCustomer":`+form+`,"billingCountry":"Atlantis","unheardOf":[1]}`))
		created, err := providertest.Create(t.Context(), vendor.provider, settled(t, small))
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if got := created.GetCustomer().GetVendorIds()["parent_customer_id"]; got != want || created.GetCustomer().GetBillingAddress() != nil {
			t.Errorf("%s: %v", form, created.GetCustomer())
		}
	}
}

// An id is a reference, even if it has only digits. A caller who looks up a creation with the
// reference 256 must not get the customer that happens to have Valomnia's number 256.
func TestReadByReferenceOnly(t *testing.T) {
	for id, want := range map[string]string{
		"K/1 é;?%#": "/api/v1.0/customers/reference/K%2F1%20%C3%A9%3B%3F%25%23",
		"+256":      "/api/v1.0/customers/reference/+256",
		"256":       "/api/v1.0/customers/reference/256",
	} {
		vendor := newVendor(t, text(404, `{"error":"not_found","error_description":"x"}`), text(200, `{"id":256,"reference":"K-1","name":"Jane"}`))
		_, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: id})
		providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
		if vendor.paths() != want {
			t.Errorf("%s: %s", id, vendor.paths())
		}
	}
}

func TestReadByNumber(t *testing.T) {
	const absent, there = `{"error":"not_found","error_description":"x"}`, `{"id":256,"reference":"K-1","name":"Jane"}`
	vendor := newVendor(t, text(404, absent), text(200, there))
	read, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: "id:256"})
	if err != nil || read.GetCustomer().GetId() != "K-1" || vendor.paths() != "/api/v1.0/customers/reference/id:256 /api/v1.0/customers/256" {
		t.Errorf("%v, %v, %s", read, err, vendor.paths())
	}
	for _, id := range []string{"id:", "id:0256", "id:x", "id:99999999999999999999", "ID:256"} {
		vendor := newVendor(t, text(404, absent), text(200, there))
		_, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: id})
		providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
	}
	for _, id := range []string{".", ".."} {
		vendor := newVendor(t)
		_, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: id})
		providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD)
	}
}

func TestAdopt(t *testing.T) {
	const taken = `{"error":"not_unique","error_description":"reference already used"}`
	const absent, there = `{"error":"not_found","error_description":"x"}`, `{"id":9,"reference":"256","name":"Theirs"}`
	const get, post = "/api/v1.0/customers/reference/256", "/api/v1.0/customers"
	adopting := settled(t, `{"customer":{"id":"256","displayName":"Ours"},"onExisting":"ON_EXISTING_ADOPT","includeVendorRecord":true}`)
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		paths   []string
		reason  enlistv1.ErrorReason // unspecified means adopted
	}{
		"there":                       {[]http.HandlerFunc{text(200, there)}, []string{get}, 0},
		"taken since it was read":     {[]http.HandlerFunc{text(404, absent), text(400, taken)}, []string{get, post}, enlistv1.ErrorReason_CUSTOMER_EXISTS},
		"there under a near key":      {[]http.HandlerFunc{text(200, `{"id":9,"reference":"0256","name":"Theirs"}`)}, []string{get}, enlistv1.ErrorReason_CUSTOMER_EXISTS},
		"the read fails, nothing yet": {[]http.HandlerFunc{text(500, "")}, []string{get}, enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
	} {
		t.Run(name, func(t *testing.T) {
			vendor := newVendor(t, test.answers...)
			response, err := providertest.Create(t.Context(), vendor.provider, adopting)
			if got := vendor.paths(); got != strings.Join(test.paths, " ") {
				t.Errorf("calls %s", got)
			}
			if test.reason != 0 {
				known := providertest.Fails(t, err, test.reason)
				if sent := slices.Contains(test.paths, post); (known.Stage == enlistv1.SendStage_SEND_STAGE_NOT_SENT) == sent {
					t.Errorf("stage %s", known.Stage)
				}
			} else if err != nil || response.GetOutcome() != enlistv1.Outcome_OUTCOME_ADOPTED || response.GetCustomer().GetDisplayName() != "Theirs" ||
				response.GetVendorRecord().GetFields()["name"].GetStringValue() != "Theirs" {
				t.Errorf("%v, %v", response, err)
			}
		})
	}
}
