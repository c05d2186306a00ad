package valomnia_test

import (
	"net/http"
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
	"github.com/enlist-dev/enlist/providers/valomnia"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { providertest.Main(m) }

func settings(baseURL string) *configv1.Valomnia {
	demo := sandboxtest.DemoCredentials().Valomnia
	return &configv1.Valomnia{BaseUrl: baseURL, ApiVersion: "v1.0", Username: demo.Username, Password: demo.Password}
}

func connect(settings *configv1.Valomnia, timeout time.Duration) (providers.Provider, error) {
	return valomnia.New(&configv1.Provider{
		Name: "valomnia", Timeout: durationpb.New(timeout), Vendor: &configv1.Provider_Valomnia{Valomnia: settings},
	})
}

func TestProvider(t *testing.T) {
	demo := sandboxtest.DemoCredentials().Valomnia
	providertest.Run(t, providertest.Harness{
		Vendor: "valomnia",
		New: func(baseURL string, timeout time.Duration) (providers.Provider, error) {
			return connect(settings(baseURL), timeout)
		},
		Defaults: func(baseURL string, options *enlistv1.CreateCustomerRequest) (providers.Provider, error) {
			with := settings(baseURL)
			with.Defaults = options.GetValomnia()
			return connect(with, 10*time.Second)
		},
		NewRefused: func(baseURL string) (providers.Provider, error) {
			wrong := settings(baseURL)
			wrong.Password = "wrong-" + demo.Password
			return connect(wrong, time.Second)
		},
		Request: func(id string) *enlistv1.CreateCustomerRequest {
			return request(t, `{"customer":{"id":"`+id+`","name":{"givenName":"John","familyName":"Smith"},"email":"qa@example.com","mobile":"+33123546789",
				"billingAddress":{"lines":["673 Eugene Points"],"city":"Nice","countryCode":"FR"}}}`)
		},
		Full: func() []*enlistv1.CreateCustomerRequest { return full(t) },
		IsLogin: func(r *http.Request) bool {
			return r.URL.Path == "/j_spring_security_check" || strings.HasPrefix(r.URL.Path, "/login/")
		},
		Refusal: func(code, words string) (int, string) {
			return 400, providertest.JSON(map[string]any{"error": code, "error_description": words})
		},
		LoginRefusal: func(words string) (int, string) { return 200, providertest.JSON(map[string]any{"error": words}) },
		Secrets:      []string{demo.Password, url.QueryEscape(demo.Password)},
		Excluded:     map[string]string{providertest.Update: "Valomnia documents no request that updates a customer"},
		ReadUnsent: map[string]string{
			"display_name":  "the one name that Valomnia keeps, whatever it was made of",
			"category":      "the root category when none was sent",
			"currency_code": "the organization's when none was sent",
		},
	})
}

func request(t *testing.T, text string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return providertest.Request(t, &enlistv1.CreateCustomerRequest{Provider: "valomnia"}, text)
}

// settled returns a request in the form in which the server passes it on.
func settled(t *testing.T, text string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	request := request(t, text)
	request.RequestId = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"
	if request.GetOnExisting() == 0 {
		request.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
	}
	if request.GetUnsupportedFields() == 0 {
		request.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT
	}
	return request
}

// full returns three requests with every field that Valomnia supports: there is one name, and the
// addresses are equal or not.
func full(t *testing.T) []*enlistv1.CreateCustomerRequest {
	t.Helper()
	return []*enlistv1.CreateCustomerRequest{request(t, `{
		"customer": {
			"id": "FULL-A", "displayName": "Crème & Fils 🎩", "organization": {"registrationNumber": "REG-1", "vatNumber": "VAT-1"},
			"email": "qa@example.com", "phone": "+33123546780", "mobile": "+33123546789", "fax": "+33123546781", "website": "https://example.com/é",
			"billingAddress": {"lines": ["1 Rue A", "2 Rue B", "3 Rue C", "4 Rue D", "5 Rue E"], "city": "Nice", "postalCode": "06000",
				"countryCode": "FR", "latitude": 43.7, "longitude": -7.25},
			"shippingAddress": {"lines": ["1 Gasse A", "2 Gasse B", "3 Gasse C", "4 Gasse D", "5 Gasse E"], "city": "Köln", "postalCode": "50667",
				"countryCode": "DE", "latitude": 50.9375, "longitude": 6.9603},
			"currencyCode": "EUR", "category": "2", "comment": "Zwei\nZeilen"
		},
		"valomnia": {
			"reference2": "R2", "barcode": "4006381333931", "isActive": false, "billWithParent": true, "customerSegmentationId": "1", "userId": "3",
			"creditLimit": 5000.5, "dueDateConfigNumber": 7, "dueDateConfigType": "VALOMNIA_DUE_DATE_CONFIG_TYPE_AFTER_INVOICE_DATE",
			"image": {"filename": "logo é.png", "content": "iVBORw0KGgo="}, "paymentTypeIds": ["7", "8"], "regionId": "3",
			"customerRisk": "low", "customerRiskColor": "#1BE9D8", "onHold": true, "onHoldReason": "späte Zahlung"
		}}`), request(t, `{
		"customer": {"id": "FULL/B é", "organization": {"name": "Acme"}, "category": "jewelry", "email": "jane@example.com", "phone": "+33123546780",
			"billingAddress": {"countryCode": "DE", "city": "Köln"}},
		"valomnia": {"isSubCustomer": true, "parentCustomer": "FULL-A", "isSameAddress": false, "useExternalId": true, "paymentTypeIds": ["cash"],
			"customerSegmentationId": "seg_b", "userId": "emp-003", "dueDateConfigNumber": 30,
			"dueDateConfigType": "VALOMNIA_DUE_DATE_CONFIG_TYPE_AFTER_END_OF_INVOICE_MONTH"}}`), request(t, `{
		"customer": {"id": "FULL-C", "name": {"givenName": "Zoë", "familyName": "山田"}, "email": "zoe@example.com", "mobile": "+33123546789",
			"billingAddress": {"countryCode": "FR", "city": "Nice"}}}`)}
}

// The page's own sample: the parameters that create its customer, and the meaning of its response.
func TestPageSample(t *testing.T) {
	answer, err := os.ReadFile("testdata/create_answer.json")
	if err != nil {
		t.Fatal(err)
	}
	vendor := newVendor(t, text(http.StatusCreated, string(answer)), text(http.StatusOK, string(answer)))
	created, err := providertest.Create(t.Context(), vendor.provider, settled(t, `{
		"customer": {"id": "NC-3", "displayName": "Marie's Jewelry", "category": "2", "currencyCode": "USD",
			"billingAddress": {"countryCode": "FR", "city": "Nice"}},
		"valomnia": {"billWithParent": true, "customerSegmentationId": "1", "creditLimit": 5000, "dueDateConfigNumber": 7,
			"dueDateConfigType": "VALOMNIA_DUE_DATE_CONFIG_TYPE_AFTER_INVOICE_DATE", "paymentTypeIds": ["7", "8"], "regionId": 3}}`))
	if err != nil {
		t.Fatal(err)
	}
	sent, err := url.ParseQuery(vendor.calls[0].body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(url.Values{
		"reference": {"NC-3"}, "name": {"Marie's Jewelry"}, "categoryId": {"2"}, "currency": {"USD"}, "billingCountry": {"FR"}, "billingCity": {"Nice"},
		"billWithParent": {"true"}, "customerSegmentationId": {"1"}, "creditLimit": {"5000"}, "dueDateConfigNumber": {"7"}, "dueDateConfigType": {"1"},
		// The page has = in place of the colons in the list, which is not JSON.
		"paymentTypes": {strings.ReplaceAll(`[{"id"=7},{"id"=8}]`, "=", ":")}, "regionId": {"3"}, "isSameAddress": {"true"},
	}, sent); diff != "" {
		t.Errorf("form differs from the page's parameters (-page +sent):\n%s", diff)
	}
	if call := vendor.calls[0]; call.method != "POST" || call.path != "/api/v1.0/customers" {
		t.Errorf("%s %s", call.method, call.path)
	}
	read, err := vendor.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "valomnia", CustomerId: "NC-3"})
	if err != nil {
		t.Fatal(err)
	}
	want := &enlistv1.Customer{}
	if err := protojson.Unmarshal([]byte(`{"id": "NC-3", "displayName": "Marie's Jewelry", "category": "jewelry", "currencyCode": "USD",
		"billingAddress": {"countryCode": "FR", "city": "Nice"},
		"vendorIds": {"customer_id": "256", "category_id": "2", "customer_segmentation_id": "1", "region_id": "3", "user_id": "2"},
		"createTime": "2015-12-17T23:00:00Z", "updateTime": "2015-12-17T23:00:00Z", "source": "RECORD_SOURCE_VENDOR"}`), want); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]*enlistv1.Customer{"created": created.GetCustomer(), "read": read.GetCustomer()} {
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
