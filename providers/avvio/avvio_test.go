package avvio_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/avvio"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { providertest.Main(m) }

const (
	unknown     = enlistv1.ErrorReason_OUTCOME_UNKNOWN
	rejected    = enlistv1.ErrorReason_VENDOR_REJECTED
	credentials = enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED
	invalid     = enlistv1.ErrorReason_INVALID_FIELD
	notFound    = enlistv1.ErrorReason_CUSTOMER_NOT_FOUND

	guestPassword = `gu"est<pä55`
)

func settings(baseURL string) *configv1.Avvio {
	demo := sandboxtest.DemoCredentials().Avvio
	return &configv1.Avvio{BaseUrl: baseURL, Username: demo.Username, Password: demo.Password}
}

func connect(settings *configv1.Avvio, timeout time.Duration) (providers.Provider, error) {
	return avvio.New(&configv1.Provider{
		Name: "avvio", Timeout: durationpb.New(timeout), Vendor: &configv1.Provider_Avvio{Avvio: settings},
	})
}

func TestProvider(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		Vendor: "avvio",
		New: func(baseURL string, timeout time.Duration) (providers.Provider, error) {
			return connect(settings(baseURL), timeout)
		},
		Defaults: func(baseURL string, options *enlistv1.CreateCustomerRequest) (providers.Provider, error) {
			with := settings(baseURL)
			with.Defaults = options.GetAvvio()
			return connect(with, 10*time.Second)
		},
		NewRefused: func(baseURL string) (providers.Provider, error) {
			wrong := settings(baseURL)
			wrong.Password = "wrong-" + wrong.GetPassword()
			return connect(wrong, time.Second)
		},
		Request: func(id string) *enlistv1.CreateCustomerRequest { return small(t, id) },
		Full: func() []*enlistv1.CreateCustomerRequest {
			mobile := small(t, "mobile")
			mobile.Customer.Mobile = "+33623546789"
			return []*enlistv1.CreateCustomerRequest{full(t), mobile}
		},
		Refusal: func(code, words string) (int, string) {
			return 200, providertest.JSON(map[string]any{"status": "error", "errorCode": code, "message": words, "description": words})
		},
		Secrets: []string{sandboxtest.DemoCredentials().Avvio.Password, guestPassword},
		Excluded: map[string]string{
			providertest.Duplicate: "Avvio gives the id itself and documents no other key, so nothing tells a second account from the first",
			providertest.Update:    "Avvio documents no request that changes an account",
			providertest.Adopt:     "Avvio gives the id itself, so there is none to look for",
		},
	})
}

// small returns a create request for a new guest. Avvio assigns the id.
func small(t *testing.T, guest string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	create := request(t, `{"customer":{"name":{"givenName":"John","familyName":"Smith"},"email":"guest-`+guest+`@example.com"},"avvio":{"siteId":1853}}`)
	create.GetAvvio().Password = guestPassword
	return create
}

// full returns a request with every field that Avvio supports, except the mobile number, which
// replaces the landline's.
func full(t *testing.T) *enlistv1.CreateCustomerRequest {
	t.Helper()
	create := request(t, `{
		"customer": {
			"name": {"title": "Mr", "givenName": "John", "familyName": "Smith"}, "organization": {"name": "Acme"},
			"email": "qa@example.com", "phone": "+33123546780",
			"billingAddress": {"lines": ["1 Rue A", "2 Rue B"], "city": "Nice", "postalCode": "06000", "region": "PACA", "countryCode": "FR"},
			"languageCode": "fr-CA"
		},
		"avvio": {"siteId": 1853}}`)
	create.GetAvvio().Password = guestPassword
	return create
}

func request(t *testing.T, text string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return providertest.Request(t, &enlistv1.CreateCustomerRequest{
		Provider: "avvio", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
		OnExisting: enlistv1.OnExisting_ON_EXISTING_FAIL, UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT,
	}, text)
}

// vendor returns an Avvio that responds to every request in the given way.
func vendor(t *testing.T, change func(*configv1.Avvio), handler http.HandlerFunc) providers.Provider {
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

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func reason(t *testing.T, err error, want enlistv1.ErrorReason) *providers.Error {
	t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	for _, text := range []string{known.Error(), known.Vendor.String()} {
		for _, secret := range []string{sandboxtest.DemoCredentials().Avvio.Password, "est<p", `est\u003cp`, "gu%22est"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows in %s", secret, text)
			}
		}
	}
	return known
}

// The page's own sample request and response, from the equivalent canonical request, as on the
// wire.
func TestPageSample(t *testing.T) {
	var sent []byte
	answer, err := os.ReadFile("testdata/create_answer.json")
	if err != nil {
		t.Fatal(err)
	}
	provider := vendor(t, func(own *configv1.Avvio) {
		own.Username, own.Password, own.SiteId = "username", "password", 1853
		own.Defaults = &enlistv1.AvvioOptions{Password: "password123"}
	}, func(w http.ResponseWriter, r *http.Request) {
		sent, _ = io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.Path != "/api/ws_api" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
		}
		_, _ = w.Write(answer)
	})
	created, err := providertest.Create(t.Context(), provider, request(t, `{
		"customer": {"name": {"title": "Mr", "givenName": "Joe", "familyName": "Bloggs"}, "organization": {"name": "SHR"},
			"email": "joe.blogs@gmail.com", "phone": "+353 (0)61 335 680", "languageCode": "en-IE",
			"billingAddress": {"lines": ["Avvio House, Lonsdale Road", "National Technology Park"], "city": "Castletroy",
				"postalCode": "V94 AW2X", "region": "Co. Limerick", "countryCode": "IE"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := created.GetCustomer(); got.GetId() != "8796093023822" || got.GetVendorIds()["account_id"] != "8796093023822" {
		t.Errorf("created %v", got)
	}
	published, err := os.ReadFile("testdata/create_request.json")
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := errors.Join(json.Unmarshal(sent, &got), json.Unmarshal(published, &want)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body differs from the page's (-page +sent):\n%s", diff)
	}
}

func TestAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   enlistv1.ErrorReason // unspecified means success
		says   string               // the vendor's words
	}{
		"done":                     {200, `{"status":"ok","accountID":9007199254740993}`, 0, ""},
		"done, id as text":         {200, `{"status":"OK","accountID":"9007199254740993","more":{}}`, 0, ""},
		"done, at 201":             {201, `{"status":"ok","accountID":9007199254740993}`, 0, ""},
		"ok without an id":         {200, `{"status":"ok"}`, unknown, ""},
		"ok, null for an id":       {200, `{"status":"ok","accountID":null}`, unknown, ""},
		"ok, 0 for an id":          {200, `{"status":"ok","accountID":0}`, unknown, ""},
		"ok, a wrong id":           {200, `{"status":"ok","accountID":"none"}`, unknown, ""},
		"an id without ok":         {200, `{"accountID":7}`, unknown, `"accountID":7`},
		"an id with an error":      {200, `{"status":"error","accountID":7,"message":"mail not sent"}`, unknown, "mail not sent"},
		"ok and an id at 500":      {500, `{"status":"ok","accountID":9007199254740993}`, 0, ""},
		"ok and an id at 404":      {404, "\xEF\xBB\xBF" + `{"status":"ok","accountID":9007199254740993}`, 0, ""},
		"an id at 403":             {403, `{"status":"error","accountID":7,"message":"mail not sent"}`, unknown, "mail not sent"},
		"no status":                {200, `{"message":"no"}`, unknown, "no"},
		"status is a number":       {200, `{"status":3}`, unknown, ""},
		"status of something else": {200, `{"status":"pending"}`, unknown, "pending"},
		"status of a truth value":  {200, `{"status":"true"}`, unknown, "true"},
		"status of HTTP":           {200, `{"status":"200"}`, unknown, "200"},
		"status that says done":    {200, `{"status":"saved"}`, unknown, "saved"},
		"status that says refused": {200, `{"status":"Invalid request"}`, rejected, "Invalid request"},
		"status NOK":               {200, `{"status":"NOK"}`, rejected, "NOK"},
		"error":                    {200, `{"status":"error","message":"nameFirst is mandatory"}`, rejected, `code:"error" message:"nameFirst is mandatory"`},
		"error with a code":        {200, `{"status":"fail","errorCode":17,"description":"no such site"}`, rejected, `code:"17"`},
		"error with other words":   {200, `{"status":"error","reason":["no such site"]}`, rejected, "no such site"},
		"error, a member twice":    {200, `{"status":"error","message":"bad","x":1,"x":2}`, unknown, ""},
		"error at 400":             {400, `{"status":"error","message":"bad site"}`, rejected, "bad site"},
		"error at 422":             {422, `{"status":"error"}`, rejected, "error"},
		"the server's error":       {200, `{"status":"error","message":"Internal error"}`, unknown, "Internal error"},
		"the server's exception":   {200, `{"status":"error","trace":["NullPointerException"]}`, unknown, "NullPointer"},
		"error at 500":             {500, `{"status":"error","message":"bad site"}`, rejected, "bad site"},
		"error at 502":             {502, `{"status":"error","message":"bad site"}`, unknown, "bad site"},
		"error at 302":             {302, `{"status":"error","message":"bad site"}`, unknown, "bad site"},
		"credentials":              {200, `{"status":"error","message":"the user could not be authenticated"}`, credentials, "authenticated"},
		"credentials, at 401":      {401, `{"status":"error","message":"who?"}`, credentials, "who?"},
		"passwords, by value": {
			200, `{"status":"error","message":"demo-avvio-password and gu\"est<pä55","description":"{\"x\":\"gu\\\"est\\u003cpä55\"}"}`,
			rejected, `message:"$REDACTED and $REDACTED"`,
		},
		"passwords, by field": {200, `{"status":"error","accountInformation":{"email":"a@b.example","password":"truncat"}}`, rejected, "a@b.example"},
		"passwords, deep":     {200, `{"status":"error","message":{"request":{"userAuth":{"password":"truncat"}},"why":"no such site"}}`, rejected, "no such site"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := providertest.Create(t.Context(), vendor(t, nil, says(test.status, test.body)), small(t, "1"))
			if test.want == 0 {
				if err != nil || answer.GetCustomer().GetId() != "9007199254740993" {
					t.Fatalf("%v, %v", answer, err)
				}
				return
			}
			known := reason(t, err, test.want)
			var said []string
			for _, message := range known.Vendor.GetMessages() {
				said = append(said, strings.ReplaceAll(strings.ReplaceAll(message.String(), "  ", " "), `\"`, `"`))
			}
			if text := strings.Join(said, " "); !strings.Contains(text, test.says) || strings.Contains(text, "truncat") {
				t.Errorf("messages %q, want %q", said, test.says)
			}
		})
	}
}

func TestRecordWithoutPasswords(t *testing.T) {
	create := small(t, "1")
	create.IncludeVendorRecord = true
	answer, err := providertest.Create(t.Context(), vendor(t, nil, says(200, `{"status":"ok","accountID":7,"password":"x-1","echo":["gu\"est<pä55"]}`)), create)
	if err != nil {
		t.Fatal(err)
	}
	if text := answer.String(); strings.Contains(text, "x-1") || strings.Contains(text, "est<p") || strings.Count(text, "$REDACTED") != 2 {
		t.Errorf("answer %s", text)
	}
}

// The violations name what a caller must fix, and where.
func TestViolations(t *testing.T) {
	provider := vendor(t, nil, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	for name, test := range map[string]struct {
		change func(*enlistv1.CreateCustomerRequest)
		want   enlistv1.ErrorReason
		paths  []string
		part   string
	}{
		"nothing": {func(r *enlistv1.CreateCustomerRequest) {
			r.Customer, r.VendorOptions = &enlistv1.Customer{DisplayName: "John Smith"}, nil
		}, invalid, []string{"avvio.site_id", "customer.name.given_name", "customer.name.family_name", "avvio.password"}, "site_id"},
		"no password": {func(r *enlistv1.CreateCustomerRequest) { r.GetAvvio().Password = "" }, invalid, []string{"avvio.password"}, "defaults.password"},
		"a language without a name": {
			func(r *enlistv1.CreateCustomerRequest) { r.Customer.LanguageCode = "aaa" }, invalid,
			[]string{"customer.language_code"},
			"an English name",
		},
		"an id": {
			func(r *enlistv1.CreateCustomerRequest) { r.Customer.Id = "A-1" }, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED,
			[]string{"customer.id"},
			"Avvio assigns the id",
		},
		"a third line": {func(r *enlistv1.CreateCustomerRequest) {
			r.Customer.BillingAddress = &enlistv1.Address{Lines: []string{"1", "2", "3"}}
		}, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED, []string{"customer.billing_address.lines[2]"}, "no field"},
		"two numbers": {
			func(r *enlistv1.CreateCustomerRequest) { r.Customer.Phone, r.Customer.Mobile = "+3312", "+3361" },
			enlistv1.ErrorReason_FIELD_NOT_SUPPORTED,
			[]string{"customer.mobile"},
			"customer.phone fills",
		},
	} {
		t.Run(name, func(t *testing.T) {
			create := small(t, "1")
			test.change(create)
			_, err := providertest.Create(t.Context(), provider, create)
			violations := reason(t, err, test.want).Violations
			var paths []string
			described := false
			for _, violation := range violations {
				paths = append(paths, violation.Path)
				described = described || strings.Contains(violation.Description, test.part)
			}
			if !slices.Equal(paths, test.paths) || !described {
				t.Errorf("violations %v, want %v with %q", violations, test.paths, test.part)
			}
		})
	}
}

func list(accounts string) string {
	return `{"status":"ok","siteList":[{"siteID":"12","primaryName":"Other"},{"siteID":1853,"primaryName":"Hotel","accountList":[` + accounts + `]}]}`
}

// A warning names a country that is neither a code nor a known name, which customer cannot
// represent.
func TestUnknownCountry(t *testing.T) {
	for country, warned := range map[string]int{"": 0, "IE": 0, "irl": 0, "Irlande": 0, "Atlantis": 1} {
		provider := vendor(t, nil, says(200, list(`{"accountID":7,"dtCreated":"2024-03-01T12:00:00Z","address":{"country":"`+country+`"}}`)))
		read, err := provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "7"})
		if err != nil {
			t.Fatal(err)
		}
		if got := read.GetCustomer().GetBillingAddress().GetCountryCode(); len(read.GetWarnings()) != warned || (got == "") != (country == "" || warned > 0) {
			t.Errorf("%q is read as %q with %v", country, got, read.GetWarnings())
		}
		for _, warning := range read.GetWarnings() {
			if warning.GetCode() != enlistv1.WarningCode_WARNING_CODE_UNREPRESENTED_VALUE ||
				warning.GetPath() != "customer.billing_address.country_code" || strings.Contains(warning.GetMessage(), country) {
				t.Errorf("%v", warning)
			}
		}
	}
}

func TestGetCustomer(t *testing.T) {
	const whole = `{"accountID":9007199254740993,"dtCreated":"2024-03-01 12:00:00","dtModified":1709294400000,"username":"john","status":"active",
		"email":"j@example.com","name":{"title":"Mr","first":"John","last":"Smith"},"password":"x-1",
		"address":{"addressLine1":"1 Rue","town":"Nice","addressZIP":"06000","county":"PACA","country":"FR"}}`
	for name, test := range map[string]struct {
		status int
		body   string
		want   enlistv1.ErrorReason
		read   string // the customer, as JSON
	}{
		"whole": {200, list(`{"accountID":9007199254740992},` + whole), 0, `{"id":"9007199254740993",
			"name":{"title":"Mr","givenName":"John","familyName":"Smith"},"email":"j@example.com",
			"billingAddress":{"lines":["1 Rue"],"city":"Nice","postalCode":"06000","region":"PACA","countryCode":"FR"},
			"vendorIds":{"account_id":"9007199254740993","username":"john"},"createTime":"2024-03-01T12:00:00Z","updateTime":"2024-03-01T12:00:00Z",
			"source":"RECORD_SOURCE_VENDOR"}`},
		"in other forms": {200, list(`{"accountID":"9007199254740993","dtCreated":"2024-03-01T13:00:00+0100","dtModified":"yesterday","name":null,
			"email":null,"address":{"country":"Ireland"},"status":1}`), 0, `{"id":"9007199254740993","billingAddress":{"countryCode":"IE"},
			"vendorIds":{"account_id":"9007199254740993"},"createTime":"2024-03-01T12:00:00Z","source":"RECORD_SOURCE_VENDOR"}`},
		"not there":   {200, list(`{"accountID":9007199254740992}`), notFound, ""},
		"no accounts": {200, list(``), notFound, ""},
		"no sites":    {200, `{"status":"ok","siteList":[]}`, notFound, ""},
		"no list":     {200, `{"status":"ok"}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, ""},
		"no status": {200, `{"siteList":[{"siteID":1853,"accountList":[{"accountID":"9007199254740993","dtCreated":"2024-03-01T12:00:00Z"}]}]}`, 0, `{
			"id":"9007199254740993","vendorIds":{"account_id":"9007199254740993"},"createTime":"2024-03-01T12:00:00Z","source":"RECORD_SOURCE_VENDOR"}`},
		"one, no lists": {200, `{"siteList":{"siteID":1853,"accountList":{"accountID":9007199254740993,"dtCreated":"2024-03-01T12:00:00Z"}}}`, 0, `{
			"id":"9007199254740993","vendorIds":{"account_id":"9007199254740993"},"createTime":"2024-03-01T12:00:00Z","source":"RECORD_SOURCE_VENDOR"}`},
		"odd rows": {200, `{"siteList":[null,7,{"siteID":null,"accountList":null},{"siteID":1853,"accountList":[null,"x",{"accountID":"A"},{"email":[1]},
			{"accountID":9007199254740993,"dtCreated":"2024-03-01T12:00:00Z","username":{"a":1},"email":5}]}]}`, 0, `{"email":"5",
			"id":"9007199254740993","vendorIds":{"account_id":"9007199254740993"},"createTime":"2024-03-01T12:00:00Z","source":"RECORD_SOURCE_VENDOR"}`},
		"accounts of else": {200, `{"siteList":[{"siteID":1853,"accountList":"none"}]}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, ""},
		"accounts twice":   {200, `{"siteList":[{"siteID":1853,"accountList":[],"accountList":[{"accountID":9007199254740993}]}]}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, ""},
		"a list of else":   {200, `{"status":"ok","siteList":[7]}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, ""},
		"a site of null":   {200, `{"siteList":[null,{"siteID":1853,"accountList":[]}]}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, ""},
		"refused":          {200, `{"status":"error","message":"no access to site 1853"}`, rejected, ""},
		"credentials":      {200, `{"status":"error","message":"the user could not be authenticated"}`, credentials, ""},
		"error at 500":     {500, `{"status":"error","message":"internal error"}`, enlistv1.ErrorReason_VENDOR_UNAVAILABLE, ""},
		"a list, at 500":   {500, list(whole), enlistv1.ErrorReason_VENDOR_UNAVAILABLE, ""},
	} {
		t.Run(name, func(t *testing.T) {
			provider := vendor(t, nil, says(test.status, test.body))
			read, err := provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "9007199254740993", IncludeVendorRecord: true})
			if test.want != 0 {
				reason(t, err, test.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := &enlistv1.Customer{}
			if err := protojson.Unmarshal([]byte(test.read), want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, read.GetCustomer(), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
			warned := slices.Contains(providertest.Warned(read.GetWarnings()), "UNREADABLE_VALUE customer.update_time dtModified")
			if warned != strings.Contains(test.body, "yesterday") {
				t.Errorf("warnings %v", read.GetWarnings())
			}
			record := read.GetVendorRecord()
			if record.GetFields()["dtCreated"] == nil || strings.Contains(record.String(), "x-1") {
				t.Errorf("record %v", record)
			}
		})
	}
}

func TestIDsThatAvvioCannotHaveGiven(t *testing.T) {
	provider := vendor(t, nil, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	for _, id := range []string{"A-1", "0", "-7", "007", "+7", "7 ", "9223372036854775808"} {
		_, err := provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: id})
		if known := reason(t, err, invalid); known.Violations[0].Path != "customer_id" {
			t.Errorf("%s: violations %v", id, known.Violations)
		}
	}
}

// A look-up searches the provider's property first, and then all others.
func TestSitesThatAreAsked(t *testing.T) {
	for _, test := range []struct {
		site int64
		id   string
		want []string
	}{
		{1853, "7", []string{`"siteIDList":[1853]`}},
		{1853, "8", []string{`"siteIDList":[1853]`, ``}},
		{1853, "9", []string{`"siteIDList":[1853]`, ``}},
		{0, "8", []string{``}},
	} {
		var asked []string
		provider := vendor(t, func(own *configv1.Avvio) { own.SiteId = test.site }, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, sites, _ := strings.Cut(strings.TrimSuffix(string(body), "}"), `"operation":"getAccounts"`)
			asked = append(asked, strings.TrimPrefix(sites, ","))
			accounts := `{"accountID":7},{"accountID":8}`
			if sites != "" {
				accounts = `{"accountID":7}`
			}
			_, _ = io.WriteString(w, list(accounts))
		})
		_, err := provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: test.id})
		if (err == nil) == (test.id == "9") || !slices.Equal(asked, test.want) {
			t.Errorf("%d, %s: asked %q, %v", test.site, test.id, asked, err)
		}
	}
}

// The setting site_id applies if the request names no property. The request's property overrides
// it.
func TestSite(t *testing.T) {
	provider := vendor(t, func(own *configv1.Avvio) { own.SiteId = 12 }, says(500, ""))
	create := small(t, "1")
	create.ValidateOnly = true
	for site, part := range map[*int64]string{nil: `"siteID":12,`, proto.Int64(8796093023822): `"siteID":8796093023822,`} {
		create.GetAvvio().SiteId = site
		preview, err := providertest.Create(t.Context(), provider, create)
		if err != nil || !strings.Contains(preview.GetVendorRequest().GetBody(), part) {
			t.Errorf("%v, %v", preview, err)
		}
		if body := preview.GetVendorRequest().GetBody(); !strings.Contains(body, `"$AVVIO_PASSWORD"`) || !strings.Contains(body, `"$REQUEST_AVVIO_PASSWORD"`) {
			t.Errorf("body %s", body)
		}
	}
}

// A caller without an id cannot read the customer, so the message does not name GetCustomer.
func TestUnknownOutcomeSaysWhatCanBeDone(t *testing.T) {
	_, err := providertest.Create(t.Context(), vendor(t, nil, says(500, "")), small(t, "1"))
	if message := reason(t, err, unknown).Message; strings.Contains(message, "GetCustomer") {
		t.Errorf("there is no id to read by: %s", message)
	}
}
