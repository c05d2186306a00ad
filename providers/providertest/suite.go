// Package providertest is the one suite that every provider passes, against the sandbox.
//
// A behaviour that all providers share is a case here. A provider that cannot have one names it in
// Excluded with the reason. The suite then proves the exclusion: what is said to be unsupported
// must fail as unsupported.
//
// The file matrix.txt says what each fault of the sandbox does to each operation at each vendor.
// The case Matrix checks it.
//
// Only tests import it.
package providertest

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Harness is what the suite must know of a vendor.
type Harness struct {
	// Vendor is the vendor's name at the sandbox: "opencell".
	Vendor string
	// New makes a provider named as the vendor, with the sandbox's demo credentials, at a base URL, with a timeout for vendor calls.
	New func(baseURL string, timeout time.Duration) (providers.Provider, error)
	// NewRefused makes one whose credentials the vendor refuses.
	NewRefused func(baseURL string) (providers.Provider, error)
	// Request makes a small create that the vendor accepts. Where the caller chooses the key, id is it.
	Request func(id string) *enlistv1.CreateCustomerRequest
	// Full makes creates that, between them, set every field that the vendor takes; more than one where fields exclude each other.
	Full func() []*enlistv1.CreateCustomerRequest
	// Defaults makes one whose settings have the options of a request as their defaults.
	Defaults func(baseURL string, options *enlistv1.CreateCustomerRequest) (providers.Provider, error)
	// IsLogin tells the vendor's login calls from the others; nil where there is no login. A login has one POST.
	IsLogin func(*http.Request) bool
	// IsLookup tells the calls by which a create first looks whether the customer exists; nil where a create is one call.
	IsLookup func(*http.Request) bool
	// Refusal makes an answer by which the vendor refuses a customer with a code and in words of its own.
	Refusal func(code, words string) (status int, body string)
	// LoginRefusal makes an answer by which it refuses a login in its own words; nil where there is no login.
	LoginRefusal func(words string) (status int, body string)
	// Secrets are values that no error, preview or record may show.
	Secrets []string
	// Excluded names cases that this provider cannot pass, with the reason. See the cases for how each is proved.
	Excluded map[string]string
	// OwnCalls names the canonical paths ([*] for indexes) whose values go in calls of their own after the create, with the reason.
	// A preview does not show those calls; the suite looks for the values in what a real create sends.
	OwnCalls map[string]string
	// ReadUnsent names the fields of a customer that a read returns where the request has none, with the reason.
	ReadUnsent map[string]string
}

// The cases that may be excluded.
const (
	// Duplicate: a second create with the same key is refused. Proof: it truly succeeds.
	Duplicate = "Duplicate"
	// Update: ON_EXISTING_UPDATE overwrites. Proof: it is refused as FIELD_NOT_SUPPORTED at on_existing.
	Update = "Update"
	// Adopt: ON_EXISTING_ADOPT returns what is there. Proof: it is refused as FIELD_NOT_SUPPORTED at on_existing.
	Adopt = "Adopt"
	// RequestIDAsKey: the request_id is the key where the customer has no id. Proof: it is refused as INVALID_FIELD at customer.id.
	RequestIDAsKey = "RequestIDIsTheKeyOfLastResort"
	// ReadBack: a read returns what was created. Proof: a read returns the id and nothing else of the customer.
	ReadBack = "ReadBack"
)

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Helper()
	cases := []struct {
		name string
		run  func(*testing.T, *fixture)
	}{
		{"RoundTrip", roundTrip},
		{RequestIDAsKey, requestIDAsKey},
		{"Missing", missing},
		{Duplicate, duplicate},
		{Update, update},
		{Adopt, adopt},
		{"Unicode", unicodeText},
		{"Parallel", parallel},
		{"InputIsNotChanged", inputNotChanged},
		{"FieldsReachTheWire", fieldsReachTheWire},
		{"FieldsDropped", fieldsDropped},
		{"FatesDefaulted", fatesDefaulted},
		{"PreviewIsWhatIsSent", previewIsSent},
		{"VendorRecord", vendorRecord},
		{"UnsupportedRPCs", unsupportedRPCs},
		{"CredentialsRefused", credentialsRefused},
		{"CredentialsExpired", credentialsExpired},
		{"OneLoginUnderLoad", oneLogin},
		{"VendorFailures", vendorFailures},
		{"VendorFailuresOnRead", vendorFailuresOnRead},
		{"NotReachable", notReachable},
		{"Slow", slow},
		{"Cancelled", cancelled},
		{"CreationIsReusable", reusable},
		{"FindSlow", findSlow},
		{"FindOther", findOther},
		{"FindUpdate", findUpdate},
		{"FindFails", findFails},
		{"Observed", observed},
		{"ObservedFailures", observedFailures},
		{"ObservedRenewal", observedRenewal},
		{"ObservedEcho", observedEcho},
		{"ObserverStops", observerStops},
		{"VendorWords", vendorWords},
		{"VendorWordsOfALogin", vendorWordsOfALogin},
		{"Health", health},
		{"HealthAfterFailures", healthAfterFailures},
		{"HealthOfCredentials", healthOfCredentials},
		{"HealthInFlight", healthInFlight},
		{"Breaker", breaks},
		{"HostileAnswers", hostileAnswers},
		{"Check", check},
		{"CheckFails", checkFails},
		{"Matrix", matrix},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, newFixture(t, h)) })
	}
}

// request makes a create as the server hands it on.
func (f *fixture) request() *enlistv1.CreateCustomerRequest {
	return settled(f.harness.Request("K-" + uuid.NewString()[:6]))
}

func settled(request *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerRequest {
	request, _ = proto.Clone(request).(*enlistv1.CreateCustomerRequest)
	request.RequestId = uuid.NewString()
	if request.GetOnExisting() == 0 {
		request.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
	}
	if request.GetUnsupportedFields() == 0 {
		request.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT
	}
	return request
}

func (f *fixture) create(request *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerResponse {
	f.t.Helper()
	response, err := Create(f.t.Context(), f.provider, request)
	if err != nil {
		f.t.Fatalf("create: %v", err)
	}
	return response
}

func (f *fixture) get(id string) *enlistv1.GetCustomerResponse {
	f.t.Helper()
	response, err := f.provider.GetCustomer(f.t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: id})
	if err != nil {
		f.t.Fatalf("get: %v", err)
	}
	return response
}

func (f *fixture) name() string { return f.provider.Describe().Name }

// fails asserts the reason of an error, that it is complete, and that it shows no secret. It returns the error.
func (f *fixture) fails(err error, want ...enlistv1.ErrorReason) *providers.Error {
	f.t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) {
		f.t.Fatalf("got %v (%T), want an error with reason %v", err, err, want)
	}
	f.showsNoSecret(known.Error())
	for _, message := range known.Vendor.GetMessages() {
		f.showsNoSecret(message.String())
	}
	if known.Message == "" {
		f.t.Errorf("the error %s has no message", known.Reason)
	}
	if waits := known.Reason == unavailable || known.Reason == limited || known.Reason == enlistv1.ErrorReason_OVERLOADED; waits != (known.RetryAfter > 0) {
		f.t.Errorf("%s with a wait of %s", known.Reason, known.RetryAfter)
	}
	for _, reason := range want {
		if known.Reason == reason {
			return known
		}
	}
	f.t.Fatalf("got %v, want one of %v", known, want)
	return nil
}

func short(t *testing.T, timeout time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	t.Cleanup(cancel)
	return ctx
}
