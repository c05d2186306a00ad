// Package providertest is the suite that every provider must pass, against the sandbox.
//
// A behaviour that all providers share is a case here. A provider that does not support a case
// names it in Excluded, with the reason. The suite then proves the exclusion: the operation must
// fail as unsupported.
//
// matrix.txt has the expected result of each fault of the sandbox, for each operation and vendor.
// The case Matrix runs it.
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

// Harness describes a vendor to the suite.
type Harness struct {
	// Vendor is the vendor's name at the sandbox: "opencell".
	Vendor string
	// New returns a provider with the vendor's name, the sandbox's demo credentials, a base URL,
	// and a timeout for vendor requests.
	New func(baseURL string, timeout time.Duration) (providers.Provider, error)
	// NewRefused returns a provider whose credentials the vendor rejects.
	NewRefused func(baseURL string) (providers.Provider, error)
	// Request returns a small create request that the vendor accepts. id is the key if the caller
	// chooses it.
	Request func(id string) *enlistv1.CreateCustomerRequest
	// Full returns create requests that together set every supported field. There is more than one
	// if fields exclude each other.
	Full func() []*enlistv1.CreateCustomerRequest
	// Defaults returns a provider whose settings have the options of a request as defaults.
	Defaults func(baseURL string, options *enlistv1.CreateCustomerRequest) (providers.Provider, error)
	// IsLogin reports whether a request is a login. It is nil if the vendor has no login. A login
	// has one POST.
	IsLogin func(*http.Request) bool
	// IsLookup reports whether a request is the look-up before a creation. It is nil if a creation
	// is one request.
	IsLookup func(*http.Request) bool
	// Refusal returns a response in which the vendor refuses a customer, with a code and in its own
	// words.
	Refusal func(code, words string) (status int, body string)
	// LoginRefusal returns a response in which the vendor refuses a login in its own words. It is
	// nil if the vendor has no login.
	LoginRefusal func(words string) (status int, body string)
	// Secrets are values that no error, preview or record may contain.
	Secrets []string
	// Excluded names the cases that this provider cannot pass, with the reason. Each case says how
	// the suite proves it.
	Excluded map[string]string
	// OwnCalls names the canonical paths ([*] for indexes) whose values need separate requests
	// after the creation, with the reason. A preview does not show those requests. The suite looks
	// for the values in the requests of a real creation.
	OwnCalls map[string]string
	// ReadUnsent names the customer fields that a read returns although the request does not set
	// them, with the reason.
	ReadUnsent map[string]string
}

// Cases that a provider may exclude.
const (
	// Duplicate: the vendor refuses a second creation with the same key. Proof: it succeeds.
	Duplicate = "Duplicate"
	// Update: ON_EXISTING_UPDATE overwrites. Proof: it fails as FIELD_NOT_SUPPORTED at on_existing.
	Update = "Update"
	// Adopt: ON_EXISTING_ADOPT returns the existing customer. Proof: it fails as
	// FIELD_NOT_SUPPORTED at on_existing.
	Adopt = "Adopt"
	// RequestIDAsKey: the request_id is the key if the customer has no id. Proof: the request fails
	// as INVALID_FIELD at customer.id.
	RequestIDAsKey = "RequestIDIsTheKeyOfLastResort"
	// ReadBack: a read returns what was created. Proof: a read returns only the id of the customer.
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
		{"Privacy", privacy},
		{"CredentialsRefused", credentialsRefused},
		{"CredentialsExpired", credentialsExpired},
		{"OneLoginUnderLoad", oneLogin},
		{"VendorFailures", vendorFailures},
		{"VendorFailuresOnRead", vendorFailuresOnRead},
		{"NotRepeated", notRepeated},
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

// request returns a creation in the form in which the server passes it on.
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

// fails asserts the reason of an error, that it is complete, and that it contains no secret. It
// returns the error.
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
	waits := providers.ConsequencesOf(known.Reason).GetAction() == enlistv1.CallerAction_CALLER_ACTION_RETRY
	if waits != (known.RetryAfter > 0) {
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
