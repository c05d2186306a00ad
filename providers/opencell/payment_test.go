package opencell_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

func paying(t *testing.T, options string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{"requestId":"`+requestID+`","customer":{"id":"A-1","email":"a@example.com","name":{"familyName":"Smith"},"billingAddress":{"countryCode":"FR"}},
		"opencell":{`+options+`}}`)
}

// Each version of Opencell knows some payment methods. Enlist refuses the others before it sends.
func TestPaymentMethodsOfVersions(t *testing.T) {
	always := []string{"CHECK", "DIRECTDEBIT", "WIRETRANSFER", "CARD", "CASH"}
	for version, more := range map[int32][]string{
		0: {"PAYPALPAYMENTLINK", "STRIPEDIRECTLINK", "SIPS"}, 10: {"PAYPAL", "STRIPE"}, 14: {"PAYPAL", "STRIPE"},
		15: {"PAYPALPAYMENTLINK", "STRIPEDIRECTLINK"}, 16: {"PAYPALPAYMENTLINK", "STRIPEDIRECTLINK", "SIPS"}, 17: {"PAYPALPAYMENTLINK", "STRIPEDIRECTLINK", "SIPS"},
	} {
		provider := vendor(t, nil, nil, func(own *configv1.Opencell) { own.Version = version })
		for number, name := range enlistv1.OpencellPaymentMethod_name {
			if number == 0 {
				continue
			}
			create := paying(t, `"paymentMethods":[{"paymentMethodType":"OPENCELL_PAYMENT_METHOD_CHECK"},{"cardNumber":"4111111111111111","owner":"J","monthExpiration":1,
				"yearExpiration":30,"paymentMethodType":"`+name+`"}]`)
			create.ValidateOnly = true
			preview, err := providertest.Create(t.Context(), provider, create)
			code := strings.TrimPrefix(name, "OPENCELL_PAYMENT_METHOD_")
			if slices.Contains(always, code) || slices.Contains(more, code) {
				if err != nil || !strings.Contains(preview.GetVendorRequest().GetBody(), `"methodOfPayment":[{"paymentMethodType":"CHECK"},{"paymentMethodType":"`+code+`"`) {
					t.Errorf("version %d, %s: %v, %v", version, code, preview, err)
				}
				continue
			}
			violations := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations
			if len(violations) != 1 || violations[0].Path != "opencell.payment_methods[1].payment_method_type" || !strings.Contains(violations[0].Description, "setting version") {
				t.Errorf("version %d, %s: %+v", version, code, violations)
			}
		}
	}
}

// Enlist refuses a payment method without its required fields before it sends.
func TestPaymentMethodsLack(t *testing.T) {
	for options, want := range map[string]string{
		`"paymentMethod":"OPENCELL_PAYMENT_METHOD_CARD"`:                                                                                          "opencell.payment_method",
		`"paymentMethod":"OPENCELL_PAYMENT_METHOD_PAYPAL"`:                                                                                        "opencell.payment_method",
		`"paymentMethod":"OPENCELL_PAYMENT_METHOD_DIRECTDEBIT"`:                                                                                   "opencell.mandate_identification",
		`"paymentMethod":"OPENCELL_PAYMENT_METHOD_DIRECTDEBIT","mandateIdentification":"M"`:                                                       "opencell.mandate_date",
		`"paymentMethod":"OPENCELL_PAYMENT_METHOD_DIRECTDEBIT","mandateIdentification":"M","mandateDate":{"year":2020,"month":1,"day":1}`:         "",
		`"paymentMethods":[{"paymentMethodType":"OPENCELL_PAYMENT_METHOD_CARD"}]`:                                                                 "opencell.payment_methods[0].card_number",
		`"paymentMethods":[{"paymentMethodType":"OPENCELL_PAYMENT_METHOD_CARD","cardNumber":"4111111111111111"}]`:                                 "opencell.payment_methods[0].owner",
		`"paymentMethods":[{"paymentMethodType":"OPENCELL_PAYMENT_METHOD_CARD","cardNumber":"4111111111111111","owner":"J"}]`:                     "opencell.payment_methods[0].month_expiration",
		`"paymentMethods":[{"paymentMethodType":"OPENCELL_PAYMENT_METHOD_CARD","cardNumber":"4111111111111111","owner":"J","monthExpiration":1}]`: "opencell.payment_methods[0].year_expiration",
	} {
		_, err := vendor(t, nil, nil).Prepare(paying(t, options))
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", options, err)
			}
			continue
		}
		if violations := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations; len(violations) != 1 || violations[0].Path != want {
			t.Errorf("%s: %+v", options, violations)
		}
	}
}

// Before it sends, Enlist refuses what Opencell would refuse, or its database could not store.
func TestLimits(t *testing.T) {
	long := func(length int) string { return strings.Repeat("é", length) }
	for _, test := range []struct {
		path      string
		set       func(*enlistv1.CreateCustomerRequest, string)
		fits, not string
	}{
		{"customer.name.given_name", func(r *enlistv1.CreateCustomerRequest, v string) { r.Customer.Name.GivenName = v }, long(100), long(101)},
		{"customer.name.family_name", func(r *enlistv1.CreateCustomerRequest, v string) { r.Customer.Name.FamilyName = v }, long(100), long(101)},
		{"customer.billing_address.city", func(r *enlistv1.CreateCustomerRequest, v string) { r.Customer.BillingAddress.City = v }, long(50), long(51)},
		{"customer.billing_address.region", func(r *enlistv1.CreateCustomerRequest, v string) { r.Customer.BillingAddress.Region = v }, long(50), long(51)},
		{"customer.billing_address.postal_code", func(r *enlistv1.CreateCustomerRequest, v string) { r.Customer.BillingAddress.PostalCode = v }, long(20), long(21)},
		{"customer.fax", func(r *enlistv1.CreateCustomerRequest, v string) { r.Customer.Fax = v }, long(50), long(51)},
		{"customer.phone", func(r *enlistv1.CreateCustomerRequest, v string) { r.Customer.Phone = v }, long(100), long(101)},
		{"opencell.customer_account_status", func(r *enlistv1.CreateCustomerRequest, v string) { r.GetOpencell().CustomerAccountStatus = v }, "CLOSE", "CLOSED"},
		{"opencell.billing_account_status", func(r *enlistv1.CreateCustomerRequest, v string) { r.GetOpencell().BillingAccountStatus = v }, "CLOSED", "CLOSE"},
		{"opencell.user_account_status", func(r *enlistv1.CreateCustomerRequest, v string) { r.GetOpencell().UserAccountStatus = v }, "CANCELED", "CANCELLED"},
		{"opencell.dunning_level", func(r *enlistv1.CreateCustomerRequest, v string) { r.GetOpencell().DunningLevel = v }, "R6", "R7"},
	} {
		for _, value := range []string{test.fits, test.not} {
			create := paying(t, "")
			create.ValidateOnly = true
			test.set(create, value)
			_, err := providertest.Create(t.Context(), vendor(t, nil, nil), create)
			if value == test.fits {
				if err != nil {
					t.Errorf("%s: %v", test.path, err)
				}
				continue
			}
			if violations := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations; len(violations) != 1 || violations[0].Path != test.path {
				t.Errorf("%s: %+v", test.path, violations)
			}
		}
	}
}

// Enlist refuses a whole number that would lose precision.
func TestLargeNumbersInLists(t *testing.T) {
	for field, want := range map[string]string{
		`{"code":"a","listValue":{"items":[{"longValue":"9007199254740991"},{"longValue":"-9007199254740992"}]}}`: "custom_fields[0].list_value.items[1].long_value",
		`{"code":"a","mapValue":{"entries":{"k":{"longValue":"9007199254740992"}}}}`:                              `custom_fields[0].map_value.entries["k"].long_value`,
	} {
		fields := `"customFields":[` + field + `]`
		for holder, options := range map[string]string{
			"opencell.":                    fields,
			"opencell.payment_methods[1].": `"paymentMethods":[{"paymentMethodType":"OPENCELL_PAYMENT_METHOD_CASH"},{"paymentMethodType":"OPENCELL_PAYMENT_METHOD_CHECK",` + fields + `}]`,
			"opencell.discount_plans_for_instantiation[0].": `"discountPlansForInstantiation":[{"code":"DP",` + fields + `}]`,
		} {
			_, err := vendor(t, nil, nil).Prepare(paying(t, options))
			if violations := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations; len(violations) != 1 || violations[0].Path != holder+want {
				t.Errorf("%s: %+v", options, violations)
			}
		}
	}
}

// Opencell stores two emails and two countries. Each can be sent, and equals the customer's own
// unless the request says otherwise.
func TestBillingEmailAndTradingCountry(t *testing.T) {
	for options, want := range map[string][2]string{
		``: {"a@example.com", "FR"}, `"billingEmail":"b@example.com","tradingCountryCode":"DE"`: {"b@example.com", "DE"},
	} {
		create := paying(t, options)
		create.ValidateOnly = true
		preview, err := providertest.Create(t.Context(), vendor(t, nil, nil), create)
		if err != nil {
			t.Fatal(err)
		}
		var sent struct {
			Email, Country     string
			ContactInformation struct{ Email string }
			Address            struct{ Country string }
		}
		if err := json.Unmarshal([]byte(preview.GetVendorRequest().GetBody()), &sent); err != nil {
			t.Fatal(err)
		}
		if got := [2]string{sent.Email, sent.Country}; got != want || sent.ContactInformation.Email != "a@example.com" || sent.Address.Country != "FR" {
			t.Errorf("%s: sent %+v", options, sent)
		}
	}
}

// Opencell stores a custom field at its configured levels. Enlist reads all levels, the customer
// first. A warning names a field with different values.
func TestReadsFieldsOfAccounts(t *testing.T) {
	fields := func(list string) string { return `"customFields":{"customField":[` + list + `]}` }
	record := `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1",` + fields(`{"code":"same","stringValue":"1"},{"code":"other","stringValue":"1"},{"code":"list","value":[{"value":"a"}]}`) +
		`,"customerAccounts":{"customerAccount":[{"code":"A-1",` + fields(`{"code":"same","stringValue":"1"},{"code":"account","longValue":7},{"code":"list","value":[{"value":"a"}]}`) +
		`,"billingAccounts":{"billingAccount":[{"code":"A-1",` + fields(`{"code":"billing","booleanValue":true},{"code":"map","mapValue":{"k":{"value":1}}}`) +
		`,"userAccounts":{"userAccount":[{"code":"A-1",` + fields(`{"code":"user","stringValue":"u"},{"code":"other","stringValue":"2"}`) + `}]}}]}}]}}}`
	read, err := vendor(t, providertest.Respond(200, record), nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"same": "1", "other": "1", "account": "7", "billing": "true", "user": "u"}
	if got := read.GetCustomer().GetProperties(); !maps.Equal(got, want) {
		t.Errorf("read %v", got)
	}
	wantWarned := []string{`UNREPRESENTED_VALUE customer.properties["list"] list`, `UNREPRESENTED_VALUE customer.properties["map"] map`, `UNREPRESENTED_VALUE customer.properties["other"] other`}
	if got := providertest.Warned(read.GetWarnings()); !slices.Equal(got, wantWarned) {
		t.Errorf("warned of %q", got)
	}
}

// Enlist reads what Opencell stores below the customer. A warning names a value that customer
// cannot represent.
func TestReadsAccounts(t *testing.T) {
	record := func(email, country, fields string) string {
		return fmt.Sprintf(`{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","address":{"country":"FR"},"contactInformation":{"email":"a@example.com"},
			"customFields":{"customField":[%s]},"customerAccounts":{"customerAccount":[{"code":"CA","currency":"EUR","language":"FRA",
			"methodOfPayment":[{"paymentMethodType":"CARD","cardNumber":"4111111111111111","issueNumber":"77","alias":"mine"}],
			"billingAccounts":{"billingAccount":[{"code":"BA","email":%q,"country":%q,"userAccounts":{"userAccount":[{"code":"UA"}]}}]}}]}}}`, fields, email, country)
	}
	for name, test := range map[string]struct {
		record string
		want   []string
	}{
		"the same": {record("a@example.com", "FR", `{"code":"x","stringValue":"1","value":[],"mapValue":{}}`), nil},
		"others": {record("b@example.com", "DE", ""), []string{
			"UNREPRESENTED_VALUE opencell.billing_email customer.customerAccounts.customerAccount[0].billingAccounts.billingAccount[0].email",
			"UNREPRESENTED_VALUE opencell.trading_country_code customer.customerAccounts.customerAccount[0].billingAccounts.billingAccount[0].country",
		}},
		"a list, and two periods": {record("", "", `{"code":"l","value":[{"value":"a"}]},{"code":"p","stringValue":"1"},{"code":"p","stringValue":"2"}`), []string{
			`UNREPRESENTED_VALUE customer.properties["l"] l`, `UNREPRESENTED_VALUE customer.properties["p"] p`,
		}},
		"values for a period": {record("", "", `{"code":"day","stringValue":"1","valueDate":1577836800000},{"code":"from","longValue":1,"valuePeriodStartDate":1577836800000},
			{"code":"to","doubleValue":1,"valuePeriodEndDate":"2021-01-01"},{"code":"first","booleanValue":true,"valuePeriodPriority":0},
			{"code":"always","stringValue":"1","valueDate":null,"valuePeriodStartDate":null,"valuePeriodEndDate":null,"valuePeriodPriority":null}`), []string{
			`UNREPRESENTED_VALUE customer.properties["day"] day`, `UNREPRESENTED_VALUE customer.properties["from"] from`,
			`UNREPRESENTED_VALUE customer.properties["to"] to`, `UNREPRESENTED_VALUE customer.properties["first"] first`,
		}},
		"several accounts": {strings.Replace(record("", "", ""), `{"code":"UA"}]}}]}}]`, `{"code":"UA"},{"code":"UA-2"}]}},{"code":"BA-2","userAccounts":{"userAccount":[
			{"code":"UA-3"},{"code":"UA-4"}]}}]}},{"code":"CA-2"},{"code":"CA-3"}]`, 1), []string{
			`UNREPRESENTED_VALUE customer.vendor_ids["customer_account_code"] customer.customerAccounts.customerAccount`,
			`UNREPRESENTED_VALUE customer.vendor_ids["billing_account_code"] customer.customerAccounts.customerAccount[0].billingAccounts.billingAccount`,
			`UNREPRESENTED_VALUE customer.vendor_ids["user_account_code"] ` +
				`customer.customerAccounts.customerAccount[0].billingAccounts.billingAccount[0].userAccounts.userAccount`,
		}},
	} {
		read, err := vendor(t, providertest.Respond(200, test.record), nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1", IncludeVendorRecord: true})
		if err != nil {
			t.Fatal(err)
		}
		customer := read.GetCustomer()
		if customer.GetCurrencyCode() != "EUR" || customer.GetLanguageCode() != "fr" || customer.GetEmail() != "a@example.com" || customer.GetBillingAddress().GetCountryCode() != "FR" {
			t.Errorf("%s: read %v", name, customer)
		}
		for level, code := range map[string]string{"customer_account_code": "CA", "billing_account_code": "BA", "user_account_code": "UA"} {
			if customer.GetVendorIds()[level] != code {
				t.Errorf("%s: %v", name, customer.GetVendorIds())
			}
		}
		if got := providertest.Warned(read.GetWarnings()); !slices.Equal(got, test.want) {
			t.Errorf("%s: warned of %q", name, got)
		}
		shown := read.GetVendorRecord().String()
		if strings.Contains(shown, "4111") || strings.Contains(shown, `"77"`) || !strings.Contains(shown, "mine") {
			t.Errorf("%s: the record shows %s", name, shown)
		}
	}
}

// No preview and no error contains a card number.
func TestCardNumbersAreNotShown(t *testing.T) {
	create := paying(t, `"paymentMethods":[`+card+`]`)
	provider := vendor(t, nil, providertest.Respond(400, `{"status":"FAIL","errorCode":"INVALID_PARAMETER","message":"no 4111111111111111 and {\"issueNumber\":\"9\"}"}`))
	var seen []string
	ctx := providers.WithObserver(t.Context(), &providers.Observer{Exchanged: func(e *providers.Exchange) { seen = append(seen, fmt.Sprintf("%+v", *e)) }})
	_, err := providertest.Create(ctx, provider, create)
	known := providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED)
	create.ValidateOnly = true
	preview, previewErr := providertest.Create(t.Context(), provider, create)
	if previewErr != nil {
		t.Fatal(previewErr)
	}
	for _, shown := range []string{known.Error(), known.Vendor.String(), preview.String(), strings.Join(seen, " ")} {
		for _, secret := range []string{"4111111111111111", "ISSUE-77", "00011234567"} {
			if strings.Contains(shown, secret) {
				t.Errorf("%s shows in %s", secret, shown)
			}
		}
	}
	if len(seen) != 1 {
		t.Errorf("%d exchanges", len(seen))
	}
}
