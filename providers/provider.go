package providers

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Provider is one configured connection to a vendor's system.
//
// Methods are safe for concurrent use and never change their request. Requests have passed the contract's validation: codes are
// known, dates complete, vendor options those of this vendor, on_existing and unsupported_fields and request_id set.
// Every error is an *Error. No method calls the vendor a second time after an answer that may mean "done".
type Provider interface {
	// Describe returns what this provider is and can do. It is the same at every call; do not change it.
	Describe() *Description

	// Health returns how the connection fares now.
	Health() *enlistv1.ProviderHealth

	// Metrics are those of the connection, with its name as the label provider.
	Metrics() prometheus.Collector

	// Prepare maps a create to the vendor's request and checks it, and calls nobody.
	Prepare(*enlistv1.CreateCustomerRequest) (Creation, error)

	// GetCustomer reads one customer; reason CUSTOMER_NOT_FOUND only when the vendor has said so.
	GetCustomer(context.Context, *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error)

	// ListContractors returns a page of a customer's contractors, in the vendor's order, none twice and none left out.
	ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error)

	// Check asks the vendor something small that needs the connection's credentials and changes nothing. It returns nil when the vendor has
	// answered in its own words and accepts them.
	Check(context.Context) error
}

// Description is what a provider says of itself.
type Description struct {
	// Name of the configured connection.
	Name string
	// Vendor whose system it is.
	Vendor enlistv1.Vendor
	// OnExisting is the connection's setting for creates that do not say; unspecified: ON_EXISTING_FAIL.
	OnExisting enlistv1.OnExisting
	// OnExistingUnsupported gives, for each on_existing that the provider cannot honour, the reason.
	OnExistingUnsupported map[enlistv1.OnExisting]string
	// Unsupported gives, for each RPC of CustomerService that the provider does not support, the reason.
	Unsupported map[string]string
	// Fields is the table of fields it takes.
	Fields *FieldTable
	// ReadOtherwise gives, for each field that a read returns in another form than it was sent, the reason; by path from
	// CreateCustomerRequest.
	ReadOtherwise map[string]string
	// DuplicateSafety says how far a second create of the same customer is prevented.
	DuplicateSafety *enlistv1.DuplicateSafety
	// SettledAfter is how long after a send, however it ended, the vendor has certainly finished with it and shows the result in
	// look-ups: the connection's timeout and its lookup_lag.
	SettledAfter time.Duration
}
