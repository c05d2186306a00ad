package caliq_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/caliq"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/sandbox"
	caliqsandbox "github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { providertest.Main(m) }

const (
	unknown  = enlistv1.ErrorReason_OUTCOME_UNKNOWN
	rejected = enlistv1.ErrorReason_VENDOR_REJECTED
	invalid  = enlistv1.ErrorReason_INVALID_FIELD
)

func settings(baseURL string) *configv1.Caliq {
	return &configv1.Caliq{BaseUrl: baseURL, ApiKey: sandboxtest.DemoCredentials().Caliq.APIKey}
}

func connect(settings *configv1.Caliq, timeout time.Duration) (providers.Provider, error) {
	return caliq.New(&configv1.Provider{
		Name: "caliq", Timeout: durationpb.New(timeout), Vendor: &configv1.Provider_Caliq{Caliq: settings},
	})
}

func TestProvider(t *testing.T) {
	demo := sandboxtest.DemoCredentials().Caliq
	providertest.Run(t, providertest.Harness{
		Vendor: "caliq",
		New: func(baseURL string, timeout time.Duration) (providers.Provider, error) {
			return connect(settings(baseURL), timeout)
		},
		Defaults: func(baseURL string, options *enlistv1.CreateCustomerRequest) (providers.Provider, error) {
			with := settings(baseURL)
			with.Defaults = options.GetCaliq()
			return connect(with, 10*time.Second)
		},
		NewRefused: func(baseURL string) (providers.Provider, error) {
			wrong := settings(baseURL)
			wrong.ApiKey = "wrong-" + demo.APIKey
			return connect(wrong, time.Second)
		},
		Request:  func(id string) *enlistv1.CreateCustomerRequest { return small(t, id) },
		Full:     func() []*enlistv1.CreateCustomerRequest { return []*enlistv1.CreateCustomerRequest{full(t)} },
		IsLookup: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/CustomerChange") },
		Refusal: func(code, words string) (int, string) {
			return 200, providertest.JSON(map[string]any{"CustomerCreateData": map[string]any{
				"OK": false, "CustomerCreateIssues": []any{map[string]any{"ID": 7, "Message": words, "ExtraData": code + " " + words}},
			}})
		},
		Secrets: []string{demo.APIKey},
		Excluded: map[string]string{
			providertest.Update:         "Caliq documents no request that changes a customer",
			providertest.ReadBack:       "Caliq documents no call that returns a customer",
			providertest.RequestIDAsKey: "an AccountNo has 10 characters at most",
			"read: 204":                 "Caliq documents 204 as: there are no accounts",
			"check: 204":                "and as: there are no messages",
		},
	})
}

func small(t *testing.T, id string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{"customer":{"id":"`+id+`","name":{"givenName":"John","familyName":"Smith"},"email":"qa@example.com",
		"billingAddress":{"lines":["1 Rue"],"countryCode":"FR"},"currencyCode":"EUR"},"caliq":{"channelId":2}}`)
}

// full returns a request with every field that Caliq supports.
func full(t *testing.T) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{
		"customer": {
			"id": "FULL-1", "name": {"title": "Mr", "givenName": "John", "familyName": "Smith"},
			"organization": {"name": "Acme", "vatNumber": "VAT-1", "eori": "EORI-1"},
			"email": "qa@example.com", "phone": "+33123546780", "mobile": "+33623546789",
			"billingAddress": {"lines": ["1 Rue A", "2 Rue B", "3 Rue C"], "city": "Nice", "postalCode": "06000", "region": "PACA", "countryCode": "FR"},
			"currencyCode": "EUR", "category": "RET"
		},
		"caliq": {"channelId": 2, "allowDeliveries": false, "allowInvoices": false, "customerServiceLevel": 3}}`)
}

func request(t *testing.T, text string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return providertest.Request(t, &enlistv1.CreateCustomerRequest{
		Provider: "caliq", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
		OnExisting: enlistv1.OnExisting_ON_EXISTING_FAIL, UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT,
	}, text)
}

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The page's own sample, from the equivalent canonical request. The sample has a text that is
// longer than the page allows, and one that is not a code. Both are replaced.
func TestPageSample(t *testing.T) {
	own := settings("http://127.0.0.1:1")
	own.ChannelId = 2
	own.Defaults = &enlistv1.CaliqOptions{CustomerServiceLevel: proto.Int32(23)}
	provider, err := connect(own, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	preview, err := providertest.Create(t.Context(), provider, request(t, `{
		"validateOnly": true,
		"customer": {"id": "string 3", "organization": {"name": "sample string 4", "vatNumber": "sample string 20", "eori": "sample string 21"},
			"billingAddress": {"lines": ["sample string 5", "sample string 6", "sample string 7"], "city": "sample string 8",
				"region": "sample string 9", "postalCode": "string 10", "countryCode": "FR"},
			"name": {"title": "Mr", "givenName": "sample string 15", "familyName": "sample string 16"}, "phone": "sample string 17",
			"mobile": "sample string 18", "email": "sample string 19", "currencyCode": "EUR", "category": "RET"}}`))
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]any
	if err := json.Unmarshal([]byte(preview.GetVendorRequest().GetBody()), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(fixture(t, "create_request.json"), &want); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"apiKey": "$CALIQ_API_KEY", "AccountNo": "string 3", "Postcode": "string 10", "Country": "FRA", "Title": "Mr", "Currency": "EUR", "CustomerCategory": "RET",
	} {
		if want[name] == nil {
			t.Errorf("the page has no %s", name)
		}
		want[name] = value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body differs from the page's (-page +sent):\n%s", diff)
	}
	if got := preview.GetVendorRequest().GetUrl(); got != "http://127.0.0.1:1/api/v1/CustomerCreate" {
		t.Errorf("url %s", got)
	}
}

// vendor returns a Caliq whose response to a creation the test sets. It has no accounts and one
// message in its catalogue.
func vendor(t *testing.T, change func(*configv1.Caliq), status int, body string) providers.Provider {
	t.Helper()
	return handled(t, change, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/CustomerChange"):
			w.WriteHeader(http.StatusNoContent)
		case strings.HasSuffix(r.URL.Path, "/Message"):
			_, _ = io.WriteString(w, `{"MessagesList":[{"ID":9,"Description":"what nine means"}]}`)
		default:
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	})
}

func handled(t *testing.T, change func(*configv1.Caliq), handler http.HandlerFunc) providers.Provider {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	own := settings(server.URL)
	if change != nil {
		change(own)
	}
	provider, err := connect(own, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func autoNumbering(settings *configv1.Caliq) { settings.AutoNumbering = true }

// The page's own response: a success with issues.
func TestPageAnswer(t *testing.T) {
	create := small(t, "")
	create.IncludeVendorRecord = true
	answer, err := providertest.Create(t.Context(), vendor(t, autoNumbering, 200, string(fixture(t, "create_answer.json"))), create)
	if err != nil {
		t.Fatal(err)
	}
	if id := answer.GetCustomer().GetId(); id != "sample string 3" {
		t.Errorf("id %q", id)
	}
	if diff := cmp.Diff(map[string]string{"account_id": "2", "address_id": "4", "contact_id": "5"}, answer.GetCustomer().GetVendorIds()); diff != "" {
		t.Error(diff)
	}
	issues := answer.GetVendorRecord().GetFields()["CustomerCreateData"].GetStructValue().GetFields()["CustomerCreateIssues"].GetListValue().GetValues()
	if len(issues) != 2 || issues[1].GetStructValue().GetFields()["ExtraData"].GetStringValue() != "sample string 3" {
		t.Errorf("issues %v", issues)
	}
}

// Caliq's page names twelve messages. Enlist keeps all of them, in a refusal and after a success.
func TestTwelveIssues(t *testing.T) {
	numbers := []string{"1", "9", "29", "30", "31", "32", "34", "35", "37", "38", "39", "40"}
	var issues []string
	for _, number := range numbers {
		issues = append(issues, `{"ID":`+number+`,"Message":"about `+number+`","ExtraData":"extra `+number+`"}`)
	}
	list := `"CustomerCreateIssues":[` + strings.Join(issues, ",") + `]`
	_, err := providertest.Create(t.Context(), vendor(t, nil, 200, `{"CustomerCreateData":{"OK":false,`+list+`}}`), small(t, "A-1"))
	messages := reason(t, err, rejected).Vendor.GetMessages()
	_, err = providertest.Create(t.Context(), vendor(t, nil, 200, `{"CustomerCreateData":{"OK":false,"AccountID":7,"AccountNo":"A-1",`+list+`}}`), small(t, "A-1"))
	if open := reason(t, err, unknown).Vendor.GetMessages(); len(open) != 13 || open[12].GetCode() != "40" {
		t.Errorf("with an account: %v", open)
	}
	created, err := providertest.Create(t.Context(), vendor(t, nil, 200, `{"CustomerCreateData":{"OK":true,"AccountID":7,"AccountNo":"A-1",`+list+`}}`), small(t, "A-1"))
	if err != nil || len(created.GetWarnings()) != len(numbers) || len(messages) != len(numbers) {
		t.Fatalf("%d messages; warnings %v, %v", len(messages), created.GetWarnings(), err)
	}
	for i, number := range numbers {
		message, warning := messages[i], created.GetWarnings()[i]
		if message.GetCode() != number || message.GetMessage() != "about "+number || message.GetExtra() != "extra "+number {
			t.Errorf("message %v", message)
		}
		if warning.GetVendorCode() != number || !strings.HasPrefix(warning.GetMessage(), "about "+number) || !strings.HasSuffix(warning.GetMessage(), "extra "+number) {
			t.Errorf("warning %v", warning)
		}
	}
}

func TestAnswers(t *testing.T) {
	data := func(members string) string { return `{"CustomerCreateData":{` + members + `}}` }
	for name, test := range map[string]struct {
		status int
		body   string
		want   enlistv1.ErrorReason // unspecified means success
		says   string               // the vendor's messages
	}{
		"done":                      {200, data(`"OK":true,"AccountID":7,"AccountNo":"A-1"`), 0, ""},
		"done, ids as text":         {200, data(`"OK":true,"AccountID":"7","AccountNo":"A-1","CustomerCreateIssues":null`), 0, ""},
		"done, no AccountID":        {200, data(`"OK":true,"AccountNo":"A-1"`), unknown, ""},
		"done, AccountID 0":         {200, data(`"OK":true,"AccountID":0,"AccountNo":"A-1"`), unknown, ""},
		"done, no AccountNo":        {200, data(`"OK":true,"AccountID":7`), 0, ""},
		"done, in Caliq's form":     {200, data(`"OK":true,"AccountID":7,"AccountNo":" a-01 "`), unknown, ""},
		"done, in capitals, padded": {200, data(`"OK":true,"AccountID":7,"AccountNo":" a-1 "`), 0, ""},
		"done, AccountNo an object": {200, data(`"OK":true,"AccountID":7,"AccountNo":{"a":1}`), 0, ""},
		"done, odd members":         {200, "\xEF\xBB\xBF" + data(`"OK":true,"AccountID":7,"AccountNo":"A-1","AddressID":"none","CustomerCreateIssues":[null,3,{"ID":"x"}]`), 0, ""},
		"done, another's":           {200, data(`"OK":true,"AccountID":7,"AccountNo":"A-2"`), unknown, "AccountNo A-2"},
		"OK as text":                {200, data(`"OK":"true","AccountID":7,"AccountNo":"A-1"`), 0, ""},
		"OK twice":                  {200, data(`"OK":true,"OK":false,"AccountID":7,"AccountNo":"A-1"`), unknown, ""},
		"OK left out":               {200, data(`"AccountID":7,"AccountNo":"A-1"`), unknown, "AccountID 7"},
		"done, not at 200":          {202, data(`"OK":true,"AccountID":7,"AccountNo":"A-1"`), 0, ""},
		"no data":                   {200, `{"CustomerCreateData":null}`, unknown, ""},
		"XML in spite of all":       {200, string(fixture(t, "create_answer.xml")), unknown, ""},
		"refused": {
			200, data(`"OK":false,"AccountID":0,"AccountNo":null,"CustomerCreateIssues":[
			{"ID":9,"Message":"no such channel","ExtraData":"ChannelID"},{"ID":40,"Message":null,"ExtraData":null}]`), rejected,
			`code:"9" message:"no such channel" extra:"ChannelID" description:"what nine means" code:"40"`,
		},
		"refused without issues":    {200, data(`"OK":false`), rejected, ""},
		"refused, with an account":  {200, data(`"OK":false,"AccountID":7`), unknown, "AccountID 7"},
		"refused, and tells a key":  {200, data(`"OK":false,"CustomerCreateIssues":[{"ID":1,"ExtraData":"demo-caliq-api-key"}]`), rejected, "$REDACTED"},
		"400":                       {400, `{"Message":"The request is invalid."}`, rejected, "The request is invalid."},
		"400 without words":         {400, ``, rejected, ""},
		"400 that says it is done":  {400, data(`"OK":true,"AccountID":7,"AccountNo":"A-1"`), 0, ""},
		"404 that says it is done":  {404, data(`"OK":true,"AccountID":7,"AccountNo":"A-1"`), 0, ""},
		"401":                       {401, `{"Message":"Authorization has been denied for this request."}`, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, "denied"},
		"503":                       {503, `{"Message":"The service is unavailable."}`, unknown, "unavailable"},
		"500 that says it is done":  {500, data(`"OK":true,"AccountID":7,"AccountNo":"A-1"`), 0, ""},
		"500 that says it is not":   {500, data(`"OK":false`), rejected, ""},
		"many issues":               {200, data(`"OK":false,"CustomerCreateIssues":[` + strings.Repeat(`{"ID":9},`, 30) + `{"ID":9}]`), rejected, "what nine means"},
		"a long issue, cut to size": {200, data(`"OK":false,"CustomerCreateIssues":[{"ID":9,"ExtraData":"` + strings.Repeat("x", 300) + `"}]`), rejected, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := providertest.Create(t.Context(), vendor(t, nil, test.status, test.body), small(t, "A-1"))
			if test.want == 0 {
				if err != nil || answer.GetCustomer().GetVendorIds()["account_id"] != "7" {
					t.Fatalf("%v, %v", answer, err)
				}
				return
			}
			known := reason(t, err, test.want)
			if int(known.Vendor.GetHttpStatus()) != test.status || len(known.Vendor.GetMessages()) > 20 {
				t.Errorf("vendor error %v", known.Vendor)
			}
			if known.Reason == rejected && known.Confirm == providers.ConfirmNothing || name == "400 without words" && known.Confirm != providers.ConfirmAfterLag {
				t.Errorf("confirmed by %d", known.Confirm)
			}
			var said []string
			for _, message := range known.Vendor.GetMessages() {
				said = append(said, strings.ReplaceAll(message.String(), "  ", " "))
			}
			if !strings.Contains(strings.Join(said, " "), test.says) {
				t.Errorf("messages %q, want %q", said, test.says)
			}
		})
	}
}

func reason(t *testing.T, err error, want enlistv1.ErrorReason) *providers.Error {
	t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return known
}

// Enlist fetches the catalogue once for any number of errors. If it cannot fetch it, the errors
// have no descriptions.
func TestCatalogue(t *testing.T) {
	var fetched atomic.Int32
	var fails atomic.Bool
	vendors := sandbox.New()
	provider := handled(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/Message") {
			fetched.Add(1)
			if fails.Load() {
				_, _ = io.WriteString(w, `{"hello":"world"}`)
				return
			}
		}
		vendors.ServeHTTP(w, r)
	})
	var observed atomic.Int32
	ctx := providers.WithObserver(t.Context(), &providers.Observer{Exchanged: func(*providers.Exchange) { observed.Add(1) }})
	refused := func() *enlistv1.VendorMessage {
		create := small(t, "A-1")
		create.Customer.Category = "NONE"
		_, err := providertest.Create(ctx, provider, create)
		messages := reason(t, err, rejected).Vendor.GetMessages()
		if len(messages) != 1 || messages[0].GetCode() != "35" || messages[0].GetExtra() != "CustomerCategory" {
			t.Errorf("messages %v", messages)
		}
		return messages[0]
	}
	fails.Store(true)
	if refused(); fetched.Load() != 1 || observed.Load() != 2 { // the look-up and the creation, because the catalogue belongs to no creation
		t.Errorf("fetched %d times, observed %d calls", fetched.Load(), observed.Load())
	}
	fails.Store(false)
	fetched.Store(0)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if got := refused().GetDescription(); got != "The customer category does not exist" {
				t.Errorf("description %q", got)
			}
		})
	}
	group.Wait()
	if got := fetched.Load(); got != 1 {
		t.Errorf("fetched %d times for 20 errors, want once", got)
	}
}

func TestAutoNumbering(t *testing.T) {
	var body atomic.Value
	vendors := sandbox.New(sandbox.With(func(s *caliqsandbox.Settings) { s.AutoNumbering = true }))
	provider := handled(t, autoNumbering, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/CustomerCreate") {
			text, _ := io.ReadAll(r.Body)
			body.Store(string(text))
			r.Body = io.NopCloser(strings.NewReader(string(text)))
		}
		vendors.ServeHTTP(w, r)
	})
	created, err := providertest.Create(t.Context(), provider, small(t, ""))
	if err != nil || created.GetCustomer().GetId() != "C0000001" {
		t.Fatalf("%v, %v", created, err)
	}
	if text, _ := body.Load().(string); !strings.Contains(text, `"AccountNo":"",`) {
		t.Errorf("sent %s", text)
	}
	read, err := provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "C0000001"})
	if err != nil || read.GetCustomer().GetVendorIds()["account_id"] != created.GetCustomer().GetVendorIds()["account_id"] {
		t.Errorf("read %v, %v", read, err)
	}
	_, err = providertest.Create(t.Context(), provider, small(t, "A-1"))
	if known := reason(t, err, invalid); known.Violations[0].Path != "customer.id" {
		t.Errorf("violations %v", known.Violations)
	}
	adopt := small(t, "")
	adopt.OnExisting = enlistv1.OnExisting_ON_EXISTING_ADOPT
	_, err = providertest.Create(t.Context(), provider, adopt)
	if known := reason(t, err, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED); known.Violations[0].Path != "on_existing" {
		t.Errorf("violations %v", known.Violations)
	}
	if class := provider.Describe().DuplicateSafety.GetClass(); class != enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_NONE {
		t.Errorf("class %s", class)
	}
}

// Caliq assigns the numbers, but the configuration does not say so. The account exists, under a
// number that was not requested.
func TestNumberedInSpite(t *testing.T) {
	answer := `{"CustomerCreateData":{"OK":true,"AccountID":1001,"AccountNo":"C0000001"}}`
	_, err := providertest.Create(t.Context(), vendor(t, nil, 200, answer), small(t, "A-1"))
	if known := reason(t, err, unknown); known.Vendor.GetMessages()[0].GetMessage() != "AccountID 1001, AccountNo C0000001" {
		t.Errorf("vendor %v", known.Vendor)
	}
}

// Every limit on the page is reported at its canonical path.
func TestLimits(t *testing.T) {
	provider := vendor(t, nil, 500, "")
	limits := map[string]int{
		"id": 10, "organization.name": 40, "billing_address.lines[0]": 50, "billing_address.lines[1]": 50, "billing_address.lines[2]": 50,
		"billing_address.city": 50, "billing_address.region": 25, "billing_address.postal_code": 15, "name.title": 6, "name.given_name": 20,
		"name.family_name": 30, "phone": 20, "mobile": 20, "email": 70, "organization.vat_number": 30, "organization.eori": 20, "category": 4,
	}
	long := func(more int) *enlistv1.CreateCustomerRequest {
		text := func(path string) string { return strings.Repeat("é", limits[path]+more) }
		return &enlistv1.CreateCustomerRequest{
			RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", ValidateOnly: true,
			Customer: &enlistv1.Customer{
				Id: text("id"), Organization: &enlistv1.Organization{Name: text("organization.name"), VatNumber: text("organization.vat_number"), Eori: text("organization.eori")},
				BillingAddress: &enlistv1.Address{
					Lines: []string{text("billing_address.lines[0]"), text("billing_address.lines[1]"), text("billing_address.lines[2]")},
					City:  text("billing_address.city"), Region: text("billing_address.region"), PostalCode: text("billing_address.postal_code"), CountryCode: "FR",
				},
				Name:  &enlistv1.PersonName{Title: text("name.title"), GivenName: text("name.given_name"), FamilyName: text("name.family_name")},
				Phone: text("phone"), Mobile: text("mobile"), Email: text("email"), CurrencyCode: "EUR", Category: text("category"),
			},
			VendorOptions: &enlistv1.CreateCustomerRequest_Caliq{Caliq: &enlistv1.CaliqOptions{ChannelId: proto.Int32(2)}},
		}
	}
	if _, err := providertest.Create(t.Context(), provider, long(0)); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	violated := func(request *enlistv1.CreateCustomerRequest) []string {
		_, err := providertest.Create(t.Context(), provider, request)
		var paths []string
		for _, violation := range reason(t, err, invalid).Violations {
			paths = append(paths, strings.TrimPrefix(violation.Path, "customer."))
		}
		slices.Sort(paths)
		return paths
	}
	var want []string
	for path := range limits {
		want = append(want, path)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, violated(long(1))); diff != "" {
		t.Errorf("above the limits:\n%s", diff)
	}
	required := []string{
		"billing_address.country_code", "billing_address.lines[0]", "caliq.channel_id", "currency_code", "email", "id", "name.family_name", "name.given_name",
	}
	empty := &enlistv1.CreateCustomerRequest{Customer: &enlistv1.Customer{DisplayName: "John Smith"}}
	if diff := cmp.Diff(required, violated(empty)); diff != "" {
		t.Errorf("required:\n%s", diff)
	}
}

// A read returns a customer with a nearly equal number if no other has exactly this number, with
// Caliq's form of it and a warning.
func TestGetCustomerInAnotherForm(t *testing.T) {
	provider := handled(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"CustomerChangeList":[{"ID":1,"AccountNo":"a-1"}]}`)
	})
	read, err := provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
	if err != nil {
		t.Fatal(err)
	}
	warnings := read.GetWarnings()
	if read.GetCustomer().GetId() != "a-1" || len(warnings) != 1 || warnings[0].GetCode() != enlistv1.WarningCode_WARNING_CODE_ID_CHANGED {
		t.Errorf("read %v", read)
	}
}

func TestGetCustomer(t *testing.T) {
	for name, test := range map[string]struct {
		body   string
		want   enlistv1.ErrorReason
		ids    string
		warned []string
	}{
		"there":             {`{"CustomerChangeList":[{"ID":1,"AccountNo":"a-1"},{"ID":2,"AccountNo":"A-1"},{"ID":3,"AccountNo":"A-10"},{"ID":4,"AccountNo":null}]}`, 0, "2", nil},
		"listed twice":      {`{"CustomerChangeList":[{"ID":2,"AccountNo":"A-1"},{"ID":2,"AccountNo":"A-1"}]}`, 0, "2", nil},
		"two of the number": {`{"CustomerChangeList":[{"ID":2,"AccountNo":"A-1"},{"ID":5,"AccountNo":"A-1"}]}`, 0, "2,5", nil},
		"two near":          {`{"CustomerChangeList":[{"ID":1,"AccountNo":"a-1"},{"ID":2,"AccountNo":" A-1"}]}`, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND, "", nil},
		"odd rows": {
			`{"CustomerChangeList":[null,"x",3,{"ID":{},"AccountNo":77},{"AccountNo":null},{"ID":"2","AccountNo":"A-1"},[1],{"ID":9,"AccountNo":["A-1"]}]}`, 0, "2", nil,
		},
		"an unreadable id": {
			`{"CustomerChangeList":[{"ID":{"x":1},"AccountNo":"A-1"},{"ID":[],"AccountNo":"B-1"}]}`, 0, "",
			[]string{`UNREADABLE_VALUE customer.vendor_ids["account_id"] ID`},
		},
		"empty list": {`{"CustomerChangeList":[]}`, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND, "", nil},
		"no list":    {`{"CustomerChangeList":null}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, "", nil},
		"larger than most": {
			`{"CustomerChangeList":[` + strings.Repeat(`{"ID":1,"AccountNo":"B-1"},`, 200_000) + `{"ID":2,"AccountNo":"A-1"}]}`,
			0, "2", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			provider := handled(t, nil, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.body) })
			read, err := provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1", IncludeVendorRecord: true})
			if test.want != 0 {
				reason(t, err, test.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := &enlistv1.Customer{Id: "A-1", VendorIds: map[string]string{"account_id": test.ids}, Source: enlistv1.RecordSource_RECORD_SOURCE_VENDOR}
			if test.ids == "" {
				want.VendorIds = nil
			}
			if !proto.Equal(read.GetCustomer(), want) || len(read.GetVendorRecord().GetFields()) == 0 ||
				!slices.Equal(providertest.Warned(read.GetWarnings()), test.warned) {
				t.Errorf("read %v", read)
			}
		})
	}
}

// A creation whose look-up fails is not sent.
func TestLookupFails(t *testing.T) {
	provider := handled(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/CustomerChange") {
			t.Errorf("a call of %s", r.URL.Path)
		}
		w.WriteHeader(http.StatusBadGateway)
	})
	_, err := providertest.Create(t.Context(), provider, small(t, "A-1"))
	if known := reason(t, err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
		t.Errorf("stage %s", known.Stage)
	}
}
