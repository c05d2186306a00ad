package opencell_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/opencell"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { providertest.Main(m) }

func settings(baseURL string) *configv1.Opencell {
	demo := sandboxtest.DemoCredentials().Opencell
	return &configv1.Opencell{
		BaseUrl: baseURL, Realm: demo.Realm, ClientId: demo.ClientID, ClientSecret: demo.ClientSecret,
		Username: demo.Username, Password: demo.Password,
		CustomerCategory: "CLIENT", CurrencyCode: "EUR", LanguageCode: "en",
		Defaults:           &enlistv1.OpencellOptions{BillingCycle: "BC_MONTHLY_1ST"},
		CustomAccountTypes: []string{"OWN_MODEL"},
	}
}

func connect(settings *configv1.Opencell, timeout time.Duration) (providers.Provider, error) {
	return opencell.New(&configv1.Provider{
		Name: "opencell", Timeout: durationpb.New(timeout), Vendor: &configv1.Provider_Opencell{Opencell: settings},
	})
}

func TestProvider(t *testing.T) {
	demo := sandboxtest.DemoCredentials().Opencell
	providertest.Run(t, providertest.Harness{
		Vendor: "opencell",
		New: func(baseURL string, timeout time.Duration) (providers.Provider, error) {
			return connect(settings(baseURL), timeout)
		},
		Defaults: func(baseURL string, options *enlistv1.CreateCustomerRequest) (providers.Provider, error) {
			with := settings(baseURL)
			with.Defaults = options.GetOpencell()
			return connect(with, 10*time.Second)
		},
		NewRefused: func(baseURL string) (providers.Provider, error) {
			wrong := settings(baseURL)
			wrong.Password = "wrong-" + demo.Password
			return connect(wrong, time.Second)
		},
		Request: func(id string) *enlistv1.CreateCustomerRequest {
			return request(t, `{"customer":{"id":"`+id+`","name":{"givenName":"John","familyName":"Smith"},"email":"qa@example.com",
				"displayName":"John Smith","billingAddress":{"lines":["1 Rue"],"countryCode":"FR"}},"opencell":{"crmParentCode":"MAIN_SELLER"}}`)
		},
		Full:    func() []*enlistv1.CreateCustomerRequest { return full(t) },
		IsLogin: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/auth/") },
		Refusal: func(code, words string) (int, string) {
			return 400, providertest.JSON(map[string]any{"status": "FAIL", "errorCode": code, "message": words})
		},
		LoginRefusal: func(words string) (int, string) {
			return 401, providertest.JSON(map[string]any{"error": "invalid_grant " + words, "error_description": words})
		},
		Secrets: []string{demo.ClientSecret, demo.Password, "tok-4242", "FR7630006000011234567890189", "4111111111111111", "ISSUE-77", "00011234567"},
		ReadUnsent: map[string]string{
			"language_code":   "without one the connection's is sent",
			"currency_code":   "without one the connection's is sent",
			"category":        "without one the connection's is sent",
			"display_name":    "a company's name is sent as the description when there is no display name",
			`properties["l"]`: "an option, read as a property",
			`properties["d"]`: "an option, read as a property",
			`properties["b"]`: "an option, read as a property",
			`properties["t"]`: "an option, read as a property",
			`properties["s"]`: "an option, read as a property",
		},
	})
}

func request(t *testing.T, text string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return providertest.Request(t, &enlistv1.CreateCustomerRequest{Provider: "opencell"}, text)
}

// full returns two requests with every field that Opencell supports, because some fields replace
// others.
func full(t *testing.T) []*enlistv1.CreateCustomerRequest {
	t.Helper()
	return []*enlistv1.CreateCustomerRequest{request(t, `{
		"customer": {
			"id": "FULL-1", "name": {"title": "Mr.", "givenName": "John", "familyName": "Smith"}, "displayName": "John Smith",
			"organization": {"registrationNumber": "REG-1", "vatNumber": "VAT-1"},
			"jobTitle": "CMO", "email": "qa@example.com", "phone": "+33123546780", "mobile": "+33123546789", "fax": "+33123546781",
			"billingAddress": {"lines": ["1 Rue A", "2 Rue B", "3 Rue C", "4 Rue D", "5 Rue E"], "city": "Nice", "postalCode": "06000",
				"region": "PACA", "countryCode": "FR"},
			"languageCode": "fr-CA", "currencyCode": "USD", "category": "PROSPECT",
			"properties": {"loyalty": "gold", "shop": "Nice"}
		},
		"opencell": {
			"crmParentCode": "MAIN_SELLER",
			"subscriptionDate": {"year": 2018, "month": 1, "day": 10}, "paymentMethod": "OPENCELL_PAYMENT_METHOD_CHECK",
			`+billing+`,
			"paymentMethods": [{"paymentMethodType": "OPENCELL_PAYMENT_METHOD_DIRECTDEBIT", "alias": "debit", "preferred": true,
				"bankCoordinates": {"iban": "FR7630006000011234567890189", "bic": "BDFEFRPP", "accountOwner": "John Smith", "bankName": "Banque"},
				"mandateIdentification": "M-2", "mandateDate": {"year": 2018, "month": 1, "day": 11}, "tokenId": "tok-4242"}, `+card+`],
			"billingCycle": "BC_MONTHLY_15TH", "electronicBilling": true, "externalRef1": "REF-1", "externalRef2": "REF-2",
			"mandateIdentification": "M-1", "mandateDate": {"year": 2018, "month": 1, "day": 12},
			"customerAccountStatus": "ACTIVE", "dunningLevel": "R0", "nextInvoiceDate": {"year": 2018, "month": 2, "day": 1},
			"billingAccountStatus": "ACTIVE", "userAccountStatus": "ACTIVE", "terminationDate": {"year": 2030, "month": 1, "day": 1},
			"mailingType": "AUTO", "ccedEmails": "a@example.com,b@example.com",
			"customFields": [`+custom+`]
		}}`), request(t, `{
		"customer": {
			"id": "FULL-2", "name": {"givenName": "Jane", "familyName": "Doe"}, "organization": {"name": "Acme"}, "email": "jane@example.com",
			"billingAddress": {"countryCode": "DE"}
		},
		"opencell": {"crmAccountType": "C_BA", "crmParentCode": "MAIN_SELLER", "titleCode": "MRS", "isCompany": false, "customerBrand": "DEFAULT",
			"creditCategory": "VIP", "terminationReason": "TERM_REASON_1", "emailTemplate": "INVOICE_EMAIL"}}`)}
}

// card sets every field of a card, and those of any payment method.
const card = `{"paymentMethodType": "OPENCELL_PAYMENT_METHOD_CARD", "cardNumber": "4111111111111111", "owner": "John Smith", "monthExpiration": 7,
	"yearExpiration": 30, "issueNumber": "ISSUE-77", "cardType": "OPENCELL_CARD_TYPE_VISA", "customerAccountCode": "FULL-1", "id": "12", "disabled": false,
	"userId": "user-1", "email": "pay@example.com", "info1": "i1", "info2": "i2", "info3": "i3", "info4": "i4", "info5": "i5",
	"referenceDocumentCode": "DOC-1", "untdidPaymentMeans": "30",
	"bankCoordinates": {"bankCode": "30006", "branchCode": "00001", "accountNumber": "00011234567", "key": "89", "bankId": "B-1", "issuerNumber": "I-1",
		"issuerName": "Issuer", "ics": "FR00ZZZ123456"},
	"customFields": [` + custom + `]}`

// billing sets every option for how Opencell bills the customer.
const billing = `"billingEmail": "invoices@example.com", "tradingCountryCode": "DE", "legalEntityType": "MR",
	"customerAccountStatusDate": {"year": 2018, "month": 1, "day": 13}, "dunningLevelDate": {"year": 2018, "month": 1, "day": 14},
	"parentCustomerCode": "PARENT", "paymentTerms": "NET30", "taxCategoryCode": "TAX", "sellerCode": "MAIN_SELLER",
	"discountPlansForInstantiation": [{"code": "DP-1", "startDate": {"year": 2018, "month": 3, "day": 1}, "endDate": {"year": 2018, "month": 4, "day": 1},
		"defaultDuration": 3, "durationUnit": "OPENCELL_DURATION_UNIT_MONTH", "customFields": [` + custom + `]}],
	"discountPlansForTermination": ["DP-0"],
	"customerThreshold": {"amount": 1.5, "check": "OPENCELL_THRESHOLD_CHECK_BEFORE_DISCOUNT", "perEntity": true},
	"customerAccountThreshold": {"amount": 1000000, "check": "OPENCELL_THRESHOLD_CHECK_AFTER_DISCOUNT", "perEntity": false},
	"billingAccountThreshold": {"amount": 3, "check": "OPENCELL_THRESHOLD_CHECK_POSITIVE_RT", "perEntity": true},
	"minimumAmounts": {
		"customer": {"amountEl": "#{1}", "labelEl": "l1", "chargeTemplate": "c1", "targetAccount": "t1"},
		"customerAccount": {"amountEl": "#{2}", "labelEl": "l2", "chargeTemplate": "c2", "targetAccount": "t2"},
		"billingAccount": {"amountEl": "#{3}", "labelEl": "l3", "chargeTemplate": "c3"},
		"userAccount": {"amountEl": "#{4}", "labelEl": "l4", "chargeTemplate": "c4"}},
	"bankCoordinates": {"iban": "FR7630006000011234567890189", "bic": "BDFEFRPP", "accountOwner": "John Smith", "bankName": "Banque", "bankCode": "30006",
		"branchCode": "00001", "accountNumber": "00011234567", "key": "89", "bankId": "B-1", "issuerNumber": "I-1", "issuerName": "Issuer", "ics": "FR00ZZZ123456"}`

// custom sets custom fields of every kind, with their periods.
const custom = `{"code": "l", "longValue": "9007199254740993"}, {"code": "d", "doubleValue": 1.25}, {"code": "b", "booleanValue": true},
	{"code": "t", "dateValue": {"year": 2020, "month": 2, "day": 29}}, {"code": "s", "stringValue": "text"}, {"code": "list", "listValue": {"items": [{"stringValue": "a"}, {"longValue": "7"}, {"doubleValue": 2.5}, {"booleanValue": true}]},
		"valueDate": {"year": 2020, "month": 1, "day": 1}},
	{"code": "map", "mapValue": {"entries": {"a": {"stringValue": "x"}, "b": {"longValue": "9007199254740991"}, "c": {"doubleValue": 1000000},
		"d": {"booleanValue": false}}}, "valuePeriodStartDate": {"year": 2020, "month": 1, "day": 1}, "valuePeriodEndDate": {"year": 2021, "month": 1, "day": 1},
		"valuePeriodPriority": 2},
	{"code": "entity", "entityReferenceValue": {"classname": "org.meveo.model.crm.Customer", "classnameCode": "CE", "code": "OTHER"}},
	{"code": "url", "urlReferenceValue": {"url": "https://example.com", "label": "shop"}},
	{"code": "file", "fileValue": "contract.pdf"}`

// The page's own sample, from the equivalent canonical request.
func TestPageSample(t *testing.T) {
	provider := vendor(t, providertest.Respond(404, absent), nil, func(own *configv1.Opencell) { own.ReferenceRequestId = proto.Bool(false) })
	sample := request(t, `{
		"requestId": "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", "onExisting": "ON_EXISTING_UPDATE", "validateOnly": true,
		"customer": {"id": "CLASSIC-C00", "displayName": "John Smith", "name": {"title": "MR", "givenName": "John", "familyName": "Smith"},
			"organization": {"vatNumber": "12345678901234", "registrationNumber": "12354678901234"}, "jobTitle": "CMO",
			"billingAddress": {"lines": ["673 Eugene Points"], "postalCode": "92136", "city": "New Taryn", "countryCode": "FR"},
			"email": "qa@opencellsoft.com", "mobile": "+33123546789", "languageCode": "fr", "currencyCode": "EUR", "category": "CLIENT"},
		"opencell": {"crmParentCode": "MAIN_SELLER", "subscriptionDate": {"year": 2018, "month": 1, "day": 10}, "paymentMethod": "OPENCELL_PAYMENT_METHOD_CHECK",
			"billingCycle": "BC_MONTHLY_1ST", "electronicBilling": true}}`)
	preview, err := providertest.Create(t.Context(), provider, sample)
	if err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile("testdata/create_request.json")
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]any
	if err := json.Unmarshal([]byte(preview.GetVendorRequest().GetBody()), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(published, &want); err != nil {
		t.Fatal(err)
	}
	// The page has this Boolean as a text and an absent object as null. Opencell treats both forms
	// alike.
	want["electronicBilling"] = true
	delete(want, "customFields")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body differs from the page's (-page +sent):\n%s", diff)
	}
	if want := "/opencell/api/rest/account/accountHierarchy/createOrUpdateCRMAccountHierarchy"; !strings.HasSuffix(preview.GetVendorRequest().GetUrl(), want) {
		t.Errorf("url %s", preview.GetVendorRequest().GetUrl())
	}
}

// An update changes only what the request sets, and nothing that Enlist would add.
func TestUpdateSendsNothingDerived(t *testing.T) {
	provider := vendor(t, providertest.Respond(404, absent), nil)
	for on, want := range map[string]bool{"ON_EXISTING_FAIL": true, "ON_EXISTING_UPDATE": false, "ON_EXISTING_ADOPT": true} {
		preview, err := providertest.Create(t.Context(), provider, request(t, `{"requestId": "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", "validateOnly": true,
			"onExisting": "`+on+`", "customer": {"id": "X", "name": {"familyName": "One"}, "billingAddress": {"countryCode": "FR"}}}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"externalRef1", "isCompany"} {
			if got := strings.Contains(preview.GetVendorRequest().GetBody(), name); got != want {
				t.Errorf("%s: %s sent: %t, want %t", on, name, got, want)
			}
		}
	}
}
