package opencell_test

import (
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestOpencellDocumentedSample(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	request, want := w.Fixture("opencell/create_request.json"), w.Fixture("opencell/create_response.json")
	token := w.OpencellToken()

	r := w.Opencell("POST", sandboxtest.OpencellUpsert, request, token)
	if r.Status != 200 {
		t.Fatalf("status %d: %s", r.Status, r.Body)
	}
	sandboxtest.SameJSON(t, r.Body, want)

	customer := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00&includeCustomerAccounts=true", "", token).JSON(t)["customer"]
	account := sandboxtest.At(t, customer, "customerAccounts", "customerAccount", 0)
	billing := sandboxtest.At(t, account, "billingAccounts", "billingAccount", 0)
	user := sandboxtest.At(t, billing, "userAccounts", "userAccount", 0)
	for _, check := range []struct{ got, want any }{
		{sandboxtest.At(t, customer, "code"), "CLASSIC-C00"},
		{sandboxtest.At(t, customer, "name", "lastName"), "Smith"},
		{sandboxtest.At(t, customer, "address", "city"), "New Taryn"},
		{sandboxtest.At(t, customer, "seller"), "MAIN_SELLER"},
		{sandboxtest.At(t, account, "customer"), "CLASSIC-C00"},
		{sandboxtest.At(t, account, "language"), "FRA"},
		{sandboxtest.At(t, account, "methodOfPayment", 0, "paymentMethodType"), "CHECK"},
		{sandboxtest.At(t, billing, "electronicBilling"), true},
		{sandboxtest.At(t, billing, "subscriptionDate"), float64(time.Date(2018, 1, 10, 0, 0, 0, 0, time.UTC).UnixMilli())},
		{sandboxtest.At(t, billing, "billingCycle"), "BC_MONTHLY_1ST"},
		{sandboxtest.At(t, user, "billingAccount"), "CLASSIC-C00"},
	} {
		if check.got != check.want {
			t.Errorf("got %v, want %v", check.got, check.want)
		}
	}
	if held := w.Records("opencell"); len(held) != 1 || held[0].Created != 1 || held[0].Record["vatNo"] != "12345678901234" {
		t.Errorf("held: %+v", held)
	}
}

func TestOpencellCreateAgain(t *testing.T) {
	for name, test := range map[string]struct {
		path    string
		options []sandbox.Option
		status  int
		code    any
		updated int
	}{
		"strict":             {sandboxtest.OpencellCreate, nil, 409, "ENTITY_ALREADY_EXISTS_EXCEPTION", 0},
		"strict, before2021": {sandboxtest.OpencellCreate, []sandbox.Option{sandbox.With(func(s *opencell.Settings) { s.Before2021 = true })}, 403, "ENTITY_ALREADY_EXISTS_EXCEPTION", 0},
		"createOrUpdate":     {sandboxtest.OpencellUpsert, nil, 200, nil, 1},
		"update":             {sandboxtest.OpencellUpdate, nil, 200, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t, test.options...)
			token := w.OpencellToken()
			body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{"isCompany": sandboxtest.Absent{}})
			if r := w.Opencell("POST", sandboxtest.OpencellCreate, body, token); r.Status != 200 {
				t.Fatalf("first: %d %s", r.Status, r.Body)
			}
			r := w.Opencell("POST", test.path, sandboxtest.Alter(t, body, map[string]any{"address": map[string]any{"city": "Nice"}}), token)
			if r.Status != test.status || r.JSON(t)["errorCode"] != test.code {
				t.Errorf("second: %d %s", r.Status, r.Body)
			}
			held := w.Records("opencell")
			if len(held) != 1 || held[0].Created != 1 || held[0].Updated != test.updated {
				t.Fatalf("held: %+v", held)
			}
			city, street := sandboxtest.At(t, held[0].Record, "address", "city"), sandboxtest.At(t, held[0].Record, "address", "address1")
			if want := []string{"New Taryn", "Nice"}[test.updated]; city != want || street != "673 Eugene Points" {
				t.Errorf("address: %v, %v", street, city)
			}
		})
	}
}

func TestOpencellFailures(t *testing.T) {
	long := strings.Repeat("é", 256)
	for name, test := range map[string]struct {
		changes map[string]any
		status  int
		code    any    // nil for a failure without one
		message string // a part of it
	}{
		"unknown property":        {map[string]any{"nickname": "x"}, 400, "INVALID_PARAMETER", "nickname"},
		"unknown inner property":  {map[string]any{"name.middleName": "x"}, 400, "INVALID_PARAMETER", "name.middleName"},
		"missing":                 {map[string]any{"currency": sandboxtest.Absent{}, "country": "", "billingCycle": nil}, 400, "MISSING_PARAMETER", "billingCycle, country, currency"},
		"no type":                 {map[string]any{"crmAccountType": sandboxtest.Absent{}}, 400, "MISSING_PARAMETER", "crmAccountType"},
		"no email for e-billing":  {map[string]any{"email": sandboxtest.Absent{}}, 400, "MISSING_PARAMETER", "email"},
		"title without last name": {map[string]any{"name.lastName": sandboxtest.Absent{}}, 400, "MISSING_PARAMETER", "name.lastName"},
		"not a date":              {map[string]any{"subscriptionDate": "10/01/2018"}, 400, "INVALID_PARAMETER", "subscriptionDate"},
		"not a flag":              {map[string]any{"electronicBilling": "yes"}, 400, "INVALID_PARAMETER", "electronicBilling"},
		"not a text":              {map[string]any{"vatNo": 7}, 400, "INVALID_PARAMETER", "vatNo"},
		"not an object":           {map[string]any{"address": "Paris"}, 400, "INVALID_PARAMETER", "address"},
		"long code":               {map[string]any{"code": long}, 400, "INVALID_PARAMETER", "code"},
		"long description":        {map[string]any{"description": long}, 400, "INVALID_PARAMETER", "description"},
		"no such payment method":  {map[string]any{"paymentMethod": "GOLD"}, 400, "INVALID_ENUM_VALUE", "paymentMethod"},
		"card as scalar":          {map[string]any{"paymentMethod": "CARD"}, 400, "INVALID_PARAMETER", "methodOfPayment"},
		"untyped payment method":  {map[string]any{"methodOfPayment": []any{map[string]any{"alias": "x"}}}, 400, "MISSING_PARAMETER", "paymentMethodType"},
		"not a number":            {map[string]any{"invoicingThreshold": "5"}, 400, "INVALID_PARAMETER", "invoicingThreshold"},
		"not a list":              {map[string]any{"methodOfPayment": "CHECK"}, 400, "INVALID_PARAMETER", "methodOfPayment"},
		"a list of what":          {map[string]any{"methodOfPayment": []any{"CHECK"}}, 400, "INVALID_PARAMETER", "methodOfPayment[0]"},
		"unknown in a list":       {map[string]any{"methodOfPayment": []any{map[string]any{"x": 1}}}, 400, "INVALID_PARAMETER", "methodOfPayment[0].x"},
		"dunning level":           {map[string]any{"dunningLevel": "R7"}, 400, "INVALID_ENUM_VALUE", "dunningLevel"},
		"no such title":           {map[string]any{"name.title": "LORD"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "LORD"},
		"no such category":        {map[string]any{"customerCategory": "FRIEND"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "FRIEND"},
		"no such currency":        {map[string]any{"currency": "XXX"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "XXX"},
		"no such language":        {map[string]any{"language": "fr"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "fr"},
		"no such country":         {map[string]any{"country": "FRA"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "FRA"},
		"no such address country": {map[string]any{"address.country": "XX"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "XX"},
		"no such cycle":           {map[string]any{"billingCycle": "BC_NEVER"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "BC_NEVER"},
		"no such brand":           {map[string]any{"customerBrand": "ACME"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "ACME"},
		"no such seller":          {map[string]any{"crmParentCode": "NOBODY"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "NOBODY"},
		"no such type":            {map[string]any{"crmAccountType": "UA_C"}, 500, nil, ""},
		"lower without its code":  {map[string]any{"crmAccountType": "CA_UA", "crmParentCode": sandboxtest.Absent{}}, 400, "MISSING_PARAMETER", "crmParentCode"},
		"lower without parent":    {map[string]any{"crmAccountType": "CA_UA", "crmParentCode": "NOBODY"}, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION", "NOBODY"},
	} {
		t.Run(name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), test.changes)
			r := w.Opencell("POST", sandboxtest.OpencellUpsert, body, w.OpencellToken())
			got := r.JSON(t)
			message, _ := got["message"].(string)
			if r.Status != test.status || got["status"] != "FAIL" || got["errorCode"] != test.code || !strings.Contains(message, test.message) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
			if held := w.Records("opencell"); len(held) != 0 {
				t.Errorf("held after a failure: %+v", held)
			}
		})
	}
}

func TestOpencellAccepts(t *testing.T) {
	for name, changes := range map[string]map[string]any{
		"flag as boolean": {"electronicBilling": true},
		"no e-billing":    {"electronicBilling": false, "email": sandboxtest.Absent{}},
		"255 characters":  {"code": strings.Repeat("é", 255)},
		"card":            {"paymentMethod": sandboxtest.Absent{}, "methodOfPayment": []any{map[string]any{"paymentMethodType": "CARD", "cardNumber": "4111", "owner": "J", "monthExpiration": 1, "yearExpiration": 30}}},
		"custom field":    {"customFields": map[string]any{"customField": []any{map[string]any{"code": "tier", "stringValue": "gold"}}}},
		"customer only":   {"crmAccountType": "C", "currency": sandboxtest.Absent{}, "language": sandboxtest.Absent{}, "billingCycle": sandboxtest.Absent{}},
		"from the seller": {"crmAccountType": "S_UA"},
		"of no seller":    {"crmParentCode": sandboxtest.Absent{}},
		"with a limit":    {"invoicingThreshold": 5.5},
	} {
		t.Run(name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), changes)
			if r := w.Opencell("POST", sandboxtest.OpencellCreate, body, w.OpencellToken()); r.Status != 200 {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
			if raw := w.Send("GET", "/sandbox/records", "").Body; strings.Contains(raw, "4111") {
				t.Errorf("a card number is shown: %s", raw)
			}
		})
	}
}

// A read gives every date in milliseconds, however deep.
func TestOpencellDatesOfARead(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token, day := w.OpencellToken(), float64(time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC).UnixMilli())
	field := map[string]any{
		"code": "since", "dateValue": "2020-02-29", "valueDate": "2020-02-29", "valuePeriodStartDate": "2020-02-29", "valuePeriodEndDate": "2020-02-29",
		"description": "2020-02-29", "mapValue": map[string]any{"dateValue": map[string]any{"value": "2020-02-29"}},
	}
	body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{
		"subscriptionDate": "2020-02-29", "customFields": map[string]any{"customField": []any{field}}, "paymentMethod": sandboxtest.Absent{},
		"methodOfPayment": []any{map[string]any{"paymentMethodType": "DIRECTDEBIT", "mandateDate": "2020-02-29", "info1": "2020-02-29"}},
	})
	if r := w.Opencell("POST", sandboxtest.OpencellCreate, body, token); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	customer := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00&includeCustomerAccounts=true", "", token).JSON(t)["customer"]
	account := sandboxtest.At(t, customer, "customerAccounts", "customerAccount", 0)
	read := sandboxtest.At(t, customer, "customFields", "customField", 0)
	for name, got := range map[string]any{
		"subscriptionDate":     sandboxtest.At(t, account, "billingAccounts", "billingAccount", 0, "subscriptionDate"),
		"mandateDate":          sandboxtest.At(t, account, "methodOfPayment", 0, "mandateDate"),
		"dateValue":            sandboxtest.At(t, read, "dateValue"),
		"valueDate":            sandboxtest.At(t, read, "valueDate"),
		"valuePeriodStartDate": sandboxtest.At(t, read, "valuePeriodStartDate"),
		"valuePeriodEndDate":   sandboxtest.At(t, read, "valuePeriodEndDate"),
	} {
		if got != day {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, got := range map[string]any{
		"info1":       sandboxtest.At(t, account, "methodOfPayment", 0, "info1"),
		"description": sandboxtest.At(t, read, "description"),
		"mapValue":    sandboxtest.At(t, read, "mapValue", "dateValue", "value"),
	} {
		if got != "2020-02-29" {
			t.Errorf("%s, no date: %v", name, got)
		}
	}
}

func TestOpencellOlderServerRefusesIsCompany(t *testing.T) {
	w := sandboxtest.NewWorld(t, sandbox.With(func(s *opencell.Settings) { s.Before2021 = true }))
	r := w.Opencell("POST", sandboxtest.OpencellUpsert, w.Fixture("opencell/create_request.json"), w.OpencellToken())
	if r.Status != 400 || !strings.Contains(r.Body, "isCompany") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestOpencellMakesACode(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.OpencellToken()
	body := sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{"code": ""})
	first, _ := w.Opencell("POST", sandboxtest.OpencellUpsert, body, token).JSON(t)["entityCode"].(string)
	second, _ := w.Opencell("POST", sandboxtest.OpencellCreate, body, token).JSON(t)["entityCode"].(string)
	if first == "" || second == "" || first == second {
		t.Fatalf("codes %q and %q", first, second)
	}
	if r := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode="+second, "", token); r.Status != 200 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// A customer that was created without lower accounts exists. So createOrUpdate updates it, and
// fails because the account below is missing.
func TestOpencellCustomerWithoutLowerAccounts(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.OpencellToken()
	whole := w.Fixture("opencell/create_request.json")
	w.Opencell("POST", sandboxtest.OpencellCreate, sandboxtest.Alter(t, whole, map[string]any{"crmAccountType": "C"}), token)
	if r := w.Opencell("POST", sandboxtest.OpencellUpsert, whole, token); r.Status != 404 || !strings.Contains(r.Body, "CustomerAccount") {
		t.Errorf("update of what is half there: %d %s", r.Status, r.Body)
	}
	lower := sandboxtest.Alter(t, whole, map[string]any{"crmAccountType": "CA_UA", "crmParentCode": "CLASSIC-C00"})
	if r := w.Opencell("POST", sandboxtest.OpencellCreate, lower, token); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	customer := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00&includeCustomerAccounts=true", "", token).JSON(t)["customer"]
	sandboxtest.At(t, customer, "customerAccounts", "customerAccount", 0, "billingAccounts", "billingAccount", 0, "userAccounts", "userAccount", 0)
	if r := w.Opencell("POST", sandboxtest.OpencellUpsert, whole, token); r.Status != 200 {
		t.Errorf("update of the whole: %d %s", r.Status, r.Body)
	}
	if r := w.Opencell("DELETE", sandboxtest.OpencellAPI+"customer/CLASSIC-C00", "", token); r.Status != 200 {
		t.Errorf("delete: %d %s", r.Status, r.Body)
	}
	if held := w.Records("opencell"); len(held) != 0 {
		t.Errorf("held after the delete: %+v", held)
	}
}

// An update of the whole hierarchy changes both records. An update of the customer alone leaves the
// other record as it is.
func TestOpencellUpdateOfOneLevel(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.OpencellToken()
	whole := w.Fixture("opencell/create_request.json")
	bare := sandboxtest.Alter(t, whole, map[string]any{"address": sandboxtest.Absent{}})
	for _, step := range []struct {
		path    string
		changes map[string]any
	}{
		{sandboxtest.OpencellCreate, map[string]any{"crmAccountType": "C"}},
		{sandboxtest.OpencellCreate, map[string]any{"crmAccountType": "CA_UA", "crmParentCode": "CLASSIC-C00"}},
		{sandboxtest.OpencellUpdate, map[string]any{"address": map[string]any{"city": "Nice"}}},
		{sandboxtest.OpencellUpdate, map[string]any{"crmAccountType": "C", "address": map[string]any{"city": "Lyon"}}},
	} {
		if r := w.Opencell("POST", step.path, sandboxtest.Alter(t, bare, step.changes), token); r.Status != 200 {
			t.Fatalf("%v: %d %s", step.changes, r.Status, r.Body)
		}
	}
	customer := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00&includeCustomerAccounts=true", "", token).JSON(t)["customer"]
	lower := sandboxtest.At(t, customer, "customerAccounts", "customerAccount", 0)
	if got := []any{sandboxtest.At(t, customer, "address", "city"), sandboxtest.At(t, lower, "address", "city")}; got[0] != "Lyon" || got[1] != "Nice" {
		t.Errorf("cities: %v", got)
	}
}

func TestOpencellReadAndRequestErrors(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.OpencellToken()
	auth := []string{"Authorization", "Bearer " + token}
	for name, test := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		part               string
	}{
		"get without a code":  {"GET", sandboxtest.OpencellAPI + "customer", "", auth, 400, "MISSING_PARAMETER"},
		"get unknown":         {"GET", sandboxtest.OpencellAPI + "customer?customerCode=X", "", auth, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION"},
		"update of what":      {"POST", sandboxtest.OpencellUpdate, sandboxtest.Alter(t, w.Fixture("opencell/create_request.json"), map[string]any{"code": ""}), append(auth, "Content-Type", sandboxtest.JSONType), 400, "MISSING_PARAMETER"},
		"delete unknown":      {"DELETE", sandboxtest.OpencellAPI + "customer/X", "", auth, 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION"},
		"update unknown":      {"POST", sandboxtest.OpencellUpdate, w.Fixture("opencell/create_request.json"), append(auth, "Content-Type", sandboxtest.JSONType), 404, "ENTITY_DOES_NOT_EXISTS_EXCEPTION"},
		"no token":            {"GET", sandboxtest.OpencellAPI + "customer?customerCode=X", "", nil, 401, "AUTHENTICATION_AUTHORIZATION_EXCEPTION"},
		"unknown token":       {"GET", sandboxtest.OpencellAPI + "customer?customerCode=X", "", []string{"Authorization", "Bearer x"}, 401, "AUTHENTICATION_AUTHORIZATION_EXCEPTION"},
		"not a bearer":        {"GET", sandboxtest.OpencellAPI + "customer?customerCode=X", "", []string{"Authorization", "Basic " + token}, 401, "AUTHENTICATION_AUTHORIZATION_EXCEPTION"},
		"not JSON":            {"POST", sandboxtest.OpencellCreate, "{", append(auth, "Content-Type", sandboxtest.JSONType), 400, "INVALID_PARAMETER"},
		"null":                {"POST", sandboxtest.OpencellCreate, "null", append(auth, "Content-Type", sandboxtest.JSONType), 400, "INVALID_PARAMETER"},
		"more than an object": {"POST", sandboxtest.OpencellCreate, "{} {}", append(auth, "Content-Type", sandboxtest.JSONType), 400, "INVALID_PARAMETER"},
	} {
		t.Run(name, func(t *testing.T) {
			if r := w.Send(test.method, test.path, test.body, test.headers...); r.Status != test.status || !strings.Contains(r.Body, test.part) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	for name, test := range map[string]struct {
		method, path string
		status       int
	}{
		"unknown URL":  {"POST", "/opencell/api/rest/account/nothing", 404},
		"wrong method": {"PUT", sandboxtest.OpencellCreate, 405},
		"form body":    {"POST", sandboxtest.OpencellCreate, 415},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.Send(test.method, test.path, "a=b", append(auth, "Content-Type", sandboxtest.FormType)...)
			if r.Status != test.status || r.Body != "" {
				t.Errorf("%d %q", r.Status, r.Body)
			}
		})
	}
}
