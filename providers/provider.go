package providers

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/limit"
)

// Provider is one configured connection to a vendor's system.
//
// Methods are safe for concurrent use and never change their request. The server has validated each
// request: codes are known, dates are complete, the vendor options are those of this vendor, and
// on_existing, unsupported_fields and request_id are set. Every error is an *Error. After a
// response that may mean "done", no method sends another request.
type Provider interface {
	// Describe returns the properties and capabilities of the provider. It always returns the same
	// value; do not change it.
	Describe() *Description

	// Health returns the current health of the connection.
	Health() *enlistv1.ProviderHealth

	// Metrics returns the metrics of the connection, with its name as the label provider.
	Metrics() prometheus.Collector

	// Limits returns the limits of the connection, which replicas may divide among themselves.
	Limits() *limit.Gate

	// Prepare maps a create request to the vendor's request and checks it. It sends nothing.
	Prepare(*enlistv1.CreateCustomerRequest) (Creation, error)

	// GetCustomer reads one customer. It fails with CUSTOMER_NOT_FOUND only if the vendor says so.
	GetCustomer(context.Context, *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error)

	// ListContractors returns a page of a customer's contractors, in the vendor's order, without
	// duplicates or gaps.
	ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error)

	// ExportCustomer returns the vendor's own export of the customer with exactly this id. It fails
	// with CUSTOMER_NOT_FOUND only if the vendor says so. It is called only if Privacy describes it.
	ExportCustomer(ctx context.Context, id string) ([]byte, error)

	// EraseCustomer asks the vendor to erase the customer with exactly this id. A repeated call
	// changes nothing. It fails with CUSTOMER_NOT_FOUND only if the vendor says so. It is called only
	// if Privacy describes it.
	EraseCustomer(ctx context.Context, id string) error

	// Check sends a small request that needs the credentials and changes nothing. It returns nil if
	// the vendor itself responds and accepts the credentials.
	Check(context.Context) error
}

// Description describes a provider.
type Description struct {
	// Name of the provider.
	Name string
	// Vendor of the system.
	Vendor enlistv1.Vendor
	// OnExisting is the provider's default for create requests without on_existing. Unspecified
	// means ON_EXISTING_FAIL.
	OnExisting enlistv1.OnExisting
	// OnExistingUnsupported has the reason for each on_existing that the provider does not support.
	OnExistingUnsupported map[enlistv1.OnExisting]string
	// Unsupported has the reason for each RPC of CustomerService that the provider does not
	// support.
	Unsupported map[string]string
	// Fields is the table of supported fields.
	Fields *FieldTable
	// ReadOtherwise has the reason for each field that a read returns in another form than sent.
	// The keys are paths from CreateCustomerRequest.
	ReadOtherwise map[string]string
	// DuplicateSafety says how well the provider prevents a second creation of the same customer.
	DuplicateSafety *enlistv1.DuplicateSafety
	// Privacy describes what the vendor documents for a person's data.
	Privacy Privacy
	// SettledAfter is the time after a send, whatever its result, until the vendor has finished
	// with the request and look-ups show the result. It is the provider's timeout and its
	// lookup_lag.
	SettledAfter time.Duration
}

// Privacy describes what a vendor documents for a person's data. Each is a sentence for people.
type Privacy struct {
	// Export says what ExportCustomer returns. Empty means that the vendor documents no export.
	Export string
	// Erasure says what the vendor keeps after EraseCustomer. Empty means that the vendor documents
	// no erasure.
	Erasure string
	// Otherwise says what to do at the vendor where it documents no request.
	Otherwise string
}

// WithoutPrivacy is for providers whose vendor documents neither an export nor an erasure.
type WithoutPrivacy struct{}

// ExportCustomer is not supported.
func (WithoutPrivacy) ExportCustomer(context.Context, string) ([]byte, error) {
	return nil, errNoPrivacy
}

// EraseCustomer is not supported.
func (WithoutPrivacy) EraseCustomer(context.Context, string) error { return errNoPrivacy }

var errNoPrivacy = errors.New("the vendor documents no request for a person's data")
