package opencell_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

const (
	absent = `{"actionStatus":{"status":"FAIL","errorCode":"ENTITY_DOES_NOT_EXISTS_EXCEPTION","message":"x"}}`
	taken  = `{"status":"FAIL","errorCode":"ENTITY_ALREADY_EXISTS_EXCEPTION","message":"x"}`
)

// vendor returns an Opencell that responds to reads and creations in the given ways.
func vendor(t *testing.T, read, create http.HandlerFunc, changes ...func(*configv1.Opencell)) providers.Provider {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/auth/"):
			_, _ = w.Write([]byte(`{"access_token":"token-4711","expires_in":300}`))
		case r.Method == http.MethodGet:
			read(w, r)
		default:
			create(w, r)
		}
	}))
	t.Cleanup(server.Close)
	own := settings(server.URL)
	for _, change := range changes {
		change(own)
	}
	provider, err := connect(own, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func adopting(t *testing.T) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{"onExisting":"ON_EXISTING_ADOPT","customer":{"id":"A-1","name":{"familyName":"Smith"},"billingAddress":{"countryCode":"FR"}}}`)
}

func TestAdopt(t *testing.T) {
	// Since then the code is in use, perhaps because of a copy of this request.
	_, err := providertest.Create(t.Context(), vendor(t, providertest.Respond(404, absent), providertest.Respond(409, taken)), adopting(t))
	providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_EXISTS)

	_, err = providertest.Create(t.Context(), vendor(t, providertest.Respond(502, ""), providertest.Respond(200, `{"status":"SUCCESS"}`)), adopting(t))
	if known := providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
		t.Errorf("stage %s of a create that was not sent", known.Stage)
	}
}

// The look-up before a creation adopts a customer with exactly the requested code, or with our
// reference.
func TestAdoptsTheExactCode(t *testing.T) {
	for name, test := range map[string]struct {
		record  string
		outcome enlistv1.Outcome
		id      string
		reason  enlistv1.ErrorReason
	}{
		"exact":                    {held("A-1", "else", "Smith"), enlistv1.Outcome_OUTCOME_ADOPTED, "A-1", 0},
		"near":                     {held("a-1", "else", "Smith"), 0, "", enlistv1.ErrorReason_CUSTOMER_EXISTS},
		"near, with our reference": {held("a-1", requestID, "Smith"), enlistv1.Outcome_OUTCOME_CREATED, "a-1", 0},
		"another":                  {held("B-2", "else", "Smith"), 0, "", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
	} {
		t.Run(name, func(t *testing.T) {
			create := adopting(t)
			create.RequestId = requestID
			provider := vendor(t, providertest.Respond(200, test.record), func(http.ResponseWriter, *http.Request) { t.Error("a create was sent") })
			response, err := providertest.Create(t.Context(), provider, create)
			if test.reason != 0 {
				if known := providertest.Fails(t, err, test.reason); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
					t.Errorf("stage %s", known.Stage)
				}
				return
			}
			if err != nil || response.GetOutcome() != test.outcome || response.GetCustomer().GetId() != test.id || (len(response.GetWarnings()) > 0) != (test.id != "A-1") {
				t.Errorf("%v, %v", response, err)
			}
		})
	}
}

func TestReadsNobodyElse(t *testing.T) {
	for _, code := range []string{"B-2", "", "A1", "A-10"} {
		other := providertest.Respond(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"`+code+`","externalRef1":"A-1"}}`)
		_, err := vendor(t, other, nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
		providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID)
	}
}

// Opencell may store a code in another form, which is then the customer's id.
func TestReadsAnotherForm(t *testing.T) {
	for _, code := range []string{"a-1", " A-1", "00A-1", "A\u200b-1"} {
		read, err := vendor(t, providertest.Respond(200, held(code, "", "Smith")), nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
		if err != nil || read.GetCustomer().GetId() != code || !slices.Equal(providertest.Warned(read.GetWarnings()), []string{"ID_CHANGED customer.id"}) {
			t.Errorf("%q: %v, %v", code, read, err)
		}
	}
}

// The response to a creation may contain the code, also in the vendor's form.
func TestEntityCode(t *testing.T) {
	for entityCode, want := range map[string]string{`"A-1"`: "A-1", `"a-1"`: "a-1", `" A-1 "`: " A-1 ", `"B-2"`: "A-1", `""`: "A-1", `null`: "A-1", `[1]`: "A-1", `7`: "A-1"} {
		create := adopting(t)
		create.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
		created, err := providertest.Create(t.Context(), vendor(t, nil, providertest.Respond(200, `{"status":"SUCCESS","message":"","entityCode":`+entityCode+`}`)), create)
		if err != nil || created.GetCustomer().GetId() != want {
			t.Fatalf("%s: %v, %v", entityCode, created, err)
		}
		for name, id := range created.GetCustomer().GetVendorIds() {
			if id != want {
				t.Errorf("%s: %s is %s", entityCode, name, id)
			}
		}
		if got := slices.Contains(providertest.Warned(created.GetWarnings()), "ID_CHANGED customer.id"); got != (want != "A-1") {
			t.Errorf("%s: warned of %v", entityCode, created.GetWarnings())
		}
	}
}

// The response has the vendor's warning, without secrets, and is still a success.
func TestVendorWarnings(t *testing.T) {
	const iban = "FR7630006000011234567890189"
	warning := `{"status":"WARNING","errorCode":"LIMITED","message":"careful with ` + iban + `"}`
	created, err := providertest.Create(t.Context(), vendor(t, nil, providertest.Respond(200, warning)), full(t)[0])
	if err != nil || !slices.Equal(providertest.Warned(created.GetWarnings()), []string{"VENDOR_WARNING LIMITED"}) ||
		created.GetWarnings()[0].GetMessage() != "careful with $REDACTED" {
		t.Errorf("created %v, %v", created, err)
	}
	read, err := vendor(t, providertest.Respond(200, `{"actionStatus":{"status":"WARNING"},"customer":{"code":"A-1"}}`), nil).
		GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
	if err != nil || !slices.Equal(providertest.Warned(read.GetWarnings()), []string{"VENDOR_WARNING"}) || read.GetWarnings()[0].GetMessage() == "" {
		t.Errorf("read %v, %v", read, err)
	}
}

// A warning names a member of another type by the field that it fills.
func TestOddMembers(t *testing.T) {
	read, err := vendor(t, providertest.Respond(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","vatNo":12345,"name":{"title":["MR"],"lastName":"Smith"},
		"address":"Nice","jobTitle":null,"contactInformation":{"email":{"a":1}},"customFields":{"customField":[null,{"code":"tier","stringValue":"gold"}]}}}`), nil).
		GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
	if err != nil {
		t.Fatal(err)
	}
	if customer := read.GetCustomer(); customer.GetOrganization().GetVatNumber() != "12345" || customer.GetName().GetFamilyName() != "Smith" ||
		customer.GetProperties()["tier"] != "gold" || customer.GetEmail() != "" || customer.GetBillingAddress() != nil {
		t.Errorf("read %v", customer)
	}
	if want := []string{
		"UNREADABLE_VALUE customer.organization.vat_number customer.vatNo", "UNREADABLE_VALUE customer.name.title customer.name.title",
		"UNREADABLE_VALUE customer.billing_address customer.address", "UNREADABLE_VALUE customer.email customer.contactInformation.email",
		"UNREADABLE_VALUE customer.properties customer.customFields.customField[0]",
	}; !slices.Equal(providertest.Warned(read.GetWarnings()), want) {
		t.Errorf("warned of %q", providertest.Warned(read.GetWarnings()))
	}
}

// Violations name the fields in the vendor's words by their paths in the request.
func TestViolations(t *testing.T) {
	for _, test := range []struct {
		code, message string
		paths         []string
	}{
		{
			"MISSING_PARAMETER", "The following parameters are required or contain invalid values: billingCycle, customerCategory, name.lastName.",
			[]string{"opencell.billing_cycle", "customer.category", "customer.name.family_name"},
		},
		{"MISSING_PARAMETER", "Parameters required: country,address.country", []string{"customer.billing_address.country_code"}},
		{"INVALID_PARAMETER", "Invalid parameters: methodOfPayment[1].alias, code", []string{"opencell.payment_methods[1].alias", "customer.id"}},
		{
			"INVALID_PARAMETER", "Invalid parameters: methodOfPayment[1].customFields.customField[2].code",
			[]string{"opencell.payment_methods[1].custom_fields[2].code"},
		},
		{"INVALID_PARAMETER", "Parameters required: description", []string{"customer.organization.name"}},
		{"INVALID_PARAMETER", "Parameters required: seller, unheardOf, , code is blank", []string{"opencell.seller_code"}},
		{"INVALID_PARAMETER", "The email is wrong: email", nil},
		{"MISSING_PARAMETER", "billingCycle", nil},
		{
			"BUSINESS_API_EXCEPTION", "The following parameters are required or contain invalid values: currency, address.zipCode",
			[]string{"customer.currency_code", "customer.billing_address.postal_code"},
		},
		{"ACTION_FORBIDDEN", "Parameters required: code", nil},
	} {
		create := request(t, `{"customer":{"id":"A-1","organization":{"name":"Acme"},"billingAddress":{"countryCode":"FR"}}}`)
		refusing := providertest.Respond(400, providertest.JSON(map[string]any{"status": "FAIL", "errorCode": test.code, "message": test.message}))
		_, err := providertest.Create(t.Context(), vendor(t, nil, refusing), create)
		var paths []string
		for _, violation := range providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED).Violations {
			paths = append(paths, violation.Path)
			if !strings.HasPrefix(violation.Description, "is missing at opencell (") {
				t.Errorf("%s: %s", test.message, violation.Description)
			}
		}
		if !slices.Equal(paths, test.paths) {
			t.Errorf("%s: %q", test.message, paths)
		}
	}
}

// A proxy may respond with 401 after it has forwarded the creation. The repeat is then refused, and
// a look-up confirms that refusal.
func TestCreatedBefore401(t *testing.T) {
	creates := 0
	provider := vendor(t, providertest.Respond(200, held("A-1", requestID, "Smith")), func(w http.ResponseWriter, r *http.Request) {
		if creates++; creates == 1 {
			providertest.Respond(401, "")(w, r)
			return
		}
		providertest.Respond(409, taken)(w, r)
	})
	create := adopting(t)
	create.OnExisting, create.RequestId = enlistv1.OnExisting_ON_EXISTING_FAIL, requestID
	creation, err := provider.Prepare(create)
	if err != nil {
		t.Fatal(err)
	}
	_, err = creation.CreateCustomer(t.Context())
	if known := providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_EXISTS); known.Confirm != providers.ConfirmAfterLag || creates != 2 {
		t.Errorf("confirm %d after %d creates", known.Confirm, creates)
	}
	if found, err := creation.FindCustomer(t.Context(), providers.Sent{}); err != nil || len(found) != 1 || found[0].Match != providers.MatchOurs {
		t.Errorf("found %+v, %v", found, err)
	}
}

// The server returns dates as midnight in its own zone.
func TestDateOfAnotherZone(t *testing.T) {
	read := providertest.Respond(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","customFields":{"customField":[
		{"code":"utc","dateValue":1582934400000},{"code":"paris","dateValue":1582930800000},{"code":"new-york","dateValue":1582952400000}]}}}`)
	got, err := vendor(t, read, nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
	if err != nil {
		t.Fatal(err)
	}
	for zone, date := range got.GetCustomer().GetProperties() {
		if date != "2020-02-29" {
			t.Errorf("%s: %s", zone, date)
		}
	}
}

// A date that is no number of milliseconds in the years 1 to 9999, and no text that begins with a
// date, is not read. A null is unset.
func TestDates(t *testing.T) {
	for value, want := range map[string]string{
		`1582934400000`: "2020-02-29", `0`: "1970-01-01", `-1`: "1970-01-01", `-62135596800000`: "0001-01-01", `253402214400000`: "9999-12-31",
		`"2023-11-14"`: "2023-11-14", `"2023-11-14T23:00:00.000+0000"`: "2023-11-14T23:00:00.000+0000",
		`null`: "unset", `null,"value":[{"value":"a"}]`: "unset",
		`[]`: "", `{}`: "", `true`: "", `[2023,11,14]`: "", `1e300`: "", `-1e300`: "", `-62135700000000`: "", `253402300799999`: "",
		`"1700000000000"`: "", `""`: "", `"2023-13-14"`: "", `"14/11/2023"`: "",
	} {
		read := providertest.Respond(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","customFields":{"customField":[{"code":"since","dateValue":`+value+`}]}}}`)
		got, err := vendor(t, read, nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
		if err != nil {
			t.Fatal(err)
		}
		date, isThere := got.GetCustomer().GetProperties()["since"]
		warned := slices.Contains(providertest.Warned(got.GetWarnings()), `UNREADABLE_VALUE customer.properties["since"] since`)
		if isUnset := want == "unset"; isThere != (want != "" && !isUnset) || isThere && date != want || warned != (want == "") {
			t.Errorf("%s: %q, warned of %q", value, date, providertest.Warned(got.GetWarnings()))
		}
	}
}

// The server's words may repeat the request.
func TestSecretsInAnswers(t *testing.T) {
	const iban, token = "FR7630006000011234567890189", "tok-4242"
	refusing := providertest.Respond(400, `{"status":"FAIL","errorCode":"INVALID_PARAMETER","message":"bad: {\"iban\":\"`+iban+`\",\"tokenId\":\"`+token+`\"}"}`)
	_, err := providertest.Create(t.Context(), vendor(t, nil, refusing), full(t)[0])
	if said := providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED).Vendor.String(); strings.Contains(said, iban) || strings.Contains(said, token) {
		t.Errorf("a secret shows in %s", said)
	}
	read := providertest.Respond(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","methodOfPayment":[{"tokenId":"`+token+`","bankCoordinates":{"iban":"`+iban+`"}}]}}`)
	got, err := vendor(t, read, nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1", IncludeVendorRecord: true})
	if err != nil {
		t.Fatal(err)
	}
	if record := got.GetVendorRecord().String(); strings.Contains(record, iban) || strings.Contains(record, token) {
		t.Errorf("a secret shows in %s", record)
	}
}

// At any HTTP status, this code says that something failed, and not how far Opencell got.
func TestGenericFailure(t *testing.T) {
	for _, status := range []int{200, 400, 500} {
		failing := providertest.Respond(status, `{"status":"FAIL","errorCode":"GENERIC_API_EXCEPTION","message":"x"}`)
		create := adopting(t)
		create.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
		_, err := providertest.Create(t.Context(), vendor(t, nil, failing), create)
		providertest.Fails(t, err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	}
}

// A SUCCESS body with the status of an error is a contradiction. Enlist does not send the create
// request again.
func TestDoneAtAnotherStatus(t *testing.T) {
	for _, status := range []int{302, 401, 403, 404, 500} {
		creates := 0
		create := adopting(t)
		create.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
		_, err := providertest.Create(t.Context(), vendor(t, nil, func(w http.ResponseWriter, r *http.Request) {
			creates++
			providertest.Respond(status, `{"status":"SUCCESS","errorCode":"X"}`)(w, r)
		}), create)
		providertest.Fails(t, err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		if creates != 1 {
			t.Errorf("%d: %d creates", status, creates)
		}
	}
}
