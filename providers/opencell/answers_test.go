package opencell_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

const (
	absent = `{"actionStatus":{"status":"FAIL","errorCode":"ENTITY_DOES_NOT_EXISTS_EXCEPTION","message":"x"}}`
	taken  = `{"status":"FAIL","errorCode":"ENTITY_ALREADY_EXISTS_EXCEPTION","message":"x"}`
)

func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// vendor is an Opencell that answers reads and creates in the given ways.
func vendor(t *testing.T, read, create http.HandlerFunc) providers.Provider {
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
	provider, err := connect(settings(server.URL), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func fails(t *testing.T, err error, want enlistv1.ErrorReason) *providers.Error {
	t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	return known
}

func adopting(t *testing.T) *enlistv1.CreateCustomerRequest {
	t.Helper()
	return request(t, `{"onExisting":"ON_EXISTING_ADOPT","customer":{"id":"A-1","name":{"familyName":"Smith"},"billingAddress":{"countryCode":"FR"}}}`)
}

func TestAdopt(t *testing.T) {
	// The code is taken, but not by a customer: by an account of a level below.
	_, err := providertest.Create(t.Context(), vendor(t, text(404, absent), text(409, taken)), adopting(t))
	fails(t, err, enlistv1.ErrorReason_CUSTOMER_EXISTS)

	_, err = providertest.Create(t.Context(), vendor(t, text(502, ""), text(200, `{"status":"SUCCESS"}`)), adopting(t))
	if known := fails(t, err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
		t.Errorf("stage %s of a create that was not sent", known.Stage)
	}
}

func TestReadsNobodyElse(t *testing.T) {
	other := text(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"B-2"}}`)
	_, err := vendor(t, other, nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1"})
	fails(t, err, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID)
}

// Dates come out as midnight where the server stands.
func TestDateOfAnotherZone(t *testing.T) {
	read := text(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","customFields":{"customField":[
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

// What the server says may repeat what it was sent.
func TestSecretsInAnswers(t *testing.T) {
	const iban, token = "FR7630006000011234567890189", "tok-4242"
	refusing := text(400, `{"status":"FAIL","errorCode":"INVALID_PARAMETER","message":"bad: {\"iban\":\"`+iban+`\",\"tokenId\":\"`+token+`\"}"}`)
	_, err := providertest.Create(t.Context(), vendor(t, nil, refusing), full(t)[0])
	if said := fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED).Vendor.String(); strings.Contains(said, iban) || strings.Contains(said, token) {
		t.Errorf("a secret shows in %s", said)
	}
	read := text(200, `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-1","paymentMethods":[{"tokenId":"`+token+`","bankCoordinates":{"iban":"`+iban+`"}}]}}`)
	got, err := vendor(t, read, nil).GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{CustomerId: "A-1", IncludeVendorRecord: true})
	if err != nil {
		t.Fatal(err)
	}
	if record := got.GetVendorRecord().String(); strings.Contains(record, iban) || strings.Contains(record, token) {
		t.Errorf("a secret shows in %s", record)
	}
}

// Errors are told by their code: this one says that something went wrong, at whatever status, and not how far it had got.
func TestGenericFailure(t *testing.T) {
	for _, status := range []int{200, 400, 500} {
		failing := text(status, `{"status":"FAIL","errorCode":"GENERIC_API_EXCEPTION","message":"x"}`)
		create := adopting(t)
		create.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
		_, err := providertest.Create(t.Context(), vendor(t, nil, failing), create)
		fails(t, err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	}
}

// A body that says it is done is believed before the status that says otherwise, and the create not sent again.
func TestDoneAtAnotherStatus(t *testing.T) {
	for _, status := range []int{302, 401, 403, 404, 500} {
		creates := 0
		create := adopting(t)
		create.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
		_, err := providertest.Create(t.Context(), vendor(t, nil, func(w http.ResponseWriter, r *http.Request) {
			creates++
			text(status, `{"status":"SUCCESS","errorCode":"X"}`)(w, r)
		}), create)
		fails(t, err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		if creates != 1 {
			t.Errorf("%d: %d creates", status, creates)
		}
	}
}
