package providers

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Creation is one creation at one provider, mapped and checked. You may call its methods again, but
// not concurrently.
type Creation interface {
	// Key identifies the customer. Only one creation per key may be in progress, without regard to
	// case. It is the customer's id if the caller chooses it, else the values that FindCustomer
	// compares. An empty key excludes no other creation.
	Key() string

	// LooksFirst reports whether CreateCustomer always looks up the customer before it sends.
	LooksFirst() bool

	// Preview carries out validate_only. It may read from the vendor, and creates nothing.
	Preview(context.Context) (*enlistv1.CreateCustomerResponse, error)

	// CreateCustomer creates the customer. If it fails with reason OUTCOME_UNKNOWN, the customer
	// may exist. If it fails with any other reason, this call created nothing.
	CreateCustomer(context.Context) (*enlistv1.CreateCustomerResponse, error)

	// FindCustomer looks up what an earlier CreateCustomer of the same request with an unknown
	// outcome may have created. It creates no customer. If a creation needs more than one request,
	// FindCustomer completes it for a customer with MatchOurs, unless Sent.ReadOnly is set.
	FindCustomer(context.Context, Sent) ([]Candidate, error)
}
