package sellandsign_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/providers/sellandsign"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { providertest.Main(m) }

func settings(baseURL string) *configv1.SellAndSign {
	return &configv1.SellAndSign{BaseUrl: baseURL, Token: sandboxtest.DemoCredentials().SellAndSign.Token}
}

func connect(settings *configv1.SellAndSign, timeout time.Duration) (providers.Provider, error) {
	return sellandsign.New(&configv1.Provider{
		Name: "sellandsign", Timeout: durationpb.New(timeout), Vendor: &configv1.Provider_SellAndSign{SellAndSign: settings},
	})
}

// The provider passes the whole suite with both places for the token.
func TestProvider(t *testing.T) {
	token := sandboxtest.DemoCredentials().SellAndSign.Token
	notDocumented := "what getCustomer answers for an unknown number is not documented, and this may be it"
	for name, inQuery := range map[string]bool{"TokenInHeader": false, "TokenInQuery": true} {
		with := func(settings *configv1.SellAndSign) *configv1.SellAndSign {
			settings.TokenInQuery = inQuery
			return settings
		}
		t.Run(name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Vendor: "sell_and_sign",
				New: func(baseURL string, timeout time.Duration) (providers.Provider, error) {
					return connect(with(settings(baseURL)), timeout)
				},
				Defaults: func(baseURL string, options *enlistv1.CreateCustomerRequest) (providers.Provider, error) {
					defaulted := with(settings(baseURL))
					defaulted.Defaults = options.GetSellAndSign()
					return connect(defaulted, 10*time.Second)
				},
				NewRefused: func(baseURL string) (providers.Provider, error) {
					wrong := with(settings(baseURL))
					wrong.Token = "wrong-" + token
					return connect(wrong, time.Second)
				},
				Request:  func(id string) *enlistv1.CreateCustomerRequest { return small(t, id) },
				Full:     func() []*enlistv1.CreateCustomerRequest { return full(t) },
				IsLookup: func(r *http.Request) bool { return r.URL.Query().Get("action") == "getCustomer" },
				OwnCalls: map[string]string{"customer.properties[*]": "getOrCreateCustomerProperty sets one property of a customer that is there"},
				Refusal:  func(code, words string) (int, string) { return 400, code + ": " + words },
				Secrets:  []string{token, url.QueryEscape(token)},
				Excluded: map[string]string{
					"read: 404 of a proxy": notDocumented, "read: 200 empty": notDocumented, "read: 204": notDocumented,
					"check: 200 empty": notDocumented, "check: 204": notDocumented,
				},
			})
		})
	}
}

func request(t *testing.T, text string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return providertest.Request(t, &enlistv1.CreateCustomerRequest{Provider: "sellandsign"}, text)
}

func small(t *testing.T, id string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{"customer":{"id":"`+id+`","name":{"title":"Mr","givenName":"John","familyName":"Smith"},"email":"qa@example.com",
		"mobile":"+33612345678","billingAddress":{"lines":["1 Rue"],"city":"Nice","postalCode":"06000","countryCode":"FR"}}}`)
}

// full returns three requests with every field that Sell&Sign supports, because the options
// civility and civility_code replace a title.
func full(t *testing.T) []*enlistv1.CreateCustomerRequest {
	t.Helper()
	second := small(t, "FULL-2")
	second.Customer.Name.Title = ""
	second.VendorOptions = &enlistv1.CreateCustomerRequest_SellAndSign{SellAndSign: &enlistv1.SellAndSignOptions{
		Civility: enlistv1.SellAndSignCivility_SELL_AND_SIGN_CIVILITY_MADAME,
	}}
	third := small(t, "FULL-3")
	third.Customer.Name.Title = ""
	third.VendorOptions = &enlistv1.CreateCustomerRequest_SellAndSign{SellAndSign: &enlistv1.SellAndSignOptions{CivilityCode: "MAITRE"}}
	return []*enlistv1.CreateCustomerRequest{request(t, `{
		"customer": {
			"id": "FULL-1", "name": {"title": "Mme.", "givenName": "Zoë-Anne", "familyName": "d'Arc 2"},
			"organization": {"name": "Acme & Fils", "registrationNumber": "REG 1"}, "jobTitle": "Director", "email": "zoe+1@example.com",
			"phone": "+33 (0)1 23 54 67 80", "mobile": "+33 6 12.34-56/78",
			"billingAddress": {"lines": ["1 Rue A", "2 Rue B"], "city": "Nice", "postalCode": "06000", "countryCode": "FR"},
			"birthDate": {"year": 1957, "month": 2, "day": 28}, "birthPlace": "Lyon",
			"properties": {"segment": "gold", "note": "ça & là"}
		},
		"sellAndSign": {"customerCode": "CODE-1"}}`), second, third}
}

// published is the URL of the page's sample. answer is the page's response to it.
func published(t *testing.T) (target *url.URL, answer []byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/create_request.txt")
	if err != nil {
		t.Fatal(err)
	}
	target, err = url.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = os.ReadFile("testdata/create_answer.json"); err != nil {
		t.Fatal(err)
	}
	return target, answer
}

func sample(t *testing.T) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{
		"requestId": "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", "onExisting": "ON_EXISTING_UPDATE",
		"customer": {"id": "AM201603021055", "name": {"title": "Monsieur", "givenName": "Bernard", "familyName": "Sanders"},
			"organization": {"name": "CUSTOMER", "registrationNumber": "SIRET123"}, "jobTitle": "Director", "email": "test@calinda.fr",
			"phone": "01234567890", "mobile": "01234567890",
			"billingAddress": {"lines": ["A", "B"], "postalCode": "13100", "city": "PARIS", "countryCode": "FR"}},
		"sellAndSign": {"customerCode": "SIRET123"}}`)
}

// The page's own sample, from the equivalent canonical request, and the page's response.
func TestPageSample(t *testing.T) {
	want, answer := published(t)
	var got *http.Request
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("action") == "getCustomer" { // no such customer
			_, _ = w.Write([]byte("null"))
			return
		}
		got = r
		_, _ = w.Write(answer)
	}))
	defer vendor.Close()
	settings := settings(vendor.URL)
	settings.Token, settings.TokenInQuery = "[your authentication token]", true
	provider, err := connect(settings, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	created, err := providertest.Create(t.Context(), provider, sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if got.Method != http.MethodPost || got.URL.Path != want.Path || got.ContentLength != 0 {
		t.Errorf("%s %s with %d bytes", got.Method, got.URL.Path, got.ContentLength)
	}
	if diff := cmp.Diff(want.Query(), got.URL.Query()); diff != "" {
		t.Errorf("query differs from the page's (-page +sent):\n%s", diff)
	}
	answered := &enlistv1.Customer{}
	if err := protojson.Unmarshal([]byte(`{"id": "AM201603021055", "name": {"title": "MONSIEUR", "givenName": "Bernard", "familyName": "Sanders"},
		"organization": {"name": "yourcompany", "registrationNumber": "SIRET"}, "jobTitle": "Director", "email": "test@calinda.fr",
		"phone": "01234567890", "mobile": "01234567890",
		"billingAddress": {"lines": ["A", "B"], "postalCode": "13100", "city": "PARIS", "countryCode": "FR"},
		"vendorIds": {"actor_id": "141", "customer_code": "AM201603021055"}, "createTime": "2016-03-02T10:16:56.030Z",
		"source": "RECORD_SOURCE_VENDOR"}`), answered); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answered, created.GetCustomer(), protocmp.Transform()); diff != "" {
		t.Errorf("customer (-page +read):\n%s", diff)
	}
	if created.GetOutcome() != enlistv1.Outcome_OUTCOME_CREATED || strings.Contains(created.String(), "$") {
		t.Errorf("outcome %s", created.GetOutcome())
	}
}
