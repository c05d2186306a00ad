package providers

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Creation is one create at one provider, mapped and checked. Its methods may be called again, but one at a time.
type Creation interface {
	// Key names what at most one create at a time may be under way for, without regard to case: the customer's id where the caller
	// chooses it, else what FindCustomer would tell the customer by. Empty: nothing.
	Key() string

	// LooksFirst reports whether CreateCustomer always asks the vendor for the customer before it sends.
	LooksFirst() bool

	// Preview answers validate_only. It may read from the vendor; it creates nothing.
	Preview(context.Context) (*enlistv1.CreateCustomerResponse, error)

	// CreateCustomer creates the customer. An error with reason OUTCOME_UNKNOWN means that the customer may exist; with any other
	// reason this call did not create it.
	CreateCustomer(context.Context) (*enlistv1.CreateCustomerResponse, error)

	// FindCustomer looks for what an earlier CreateCustomer of the same request, whose outcome is unknown, may have made. It creates
	// no customer; where more belongs to a create than one call, it completes that for a customer which is MatchOurs.
	FindCustomer(context.Context, Sent) ([]Candidate, error)
}
