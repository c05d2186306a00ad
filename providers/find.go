package providers

import (
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Sent is what Enlist knows about the attempts with an unknown outcome.
type Sent struct {
	// Since is the earliest time at which the first attempt can have been sent, by the clock of its
	// machine.
	Since time.Time
	// Looked reports that a look-up just before the last attempt allowed it. With ON_EXISTING_FAIL
	// and ON_EXISTING_ADOPT, that look-up found no customer.
	Looked bool
	// ReadOnly reports that a person only wants to see the candidates. FindCustomer then completes
	// nothing.
	ReadOnly bool
}

// Candidate is a customer that an attempt may have created.
type Candidate struct {
	// Match says whether it did.
	Match Match
	// ContentOnly reports that MatchOurs rests on equal content alone, so another creation with the
	// same content may have made the customer.
	ContentOnly bool
	// Near reports that the customer's key is only nearly equal to the requested one. The vendor
	// may store keys in another form.
	Near bool
	// Response is the response of the creation if it made this customer. With on_existing UPDATE or
	// ADOPT, its outcome is the known one.
	Response *enlistv1.CreateCustomerResponse
	// Requested is the customer as the vendor would return it if this creation made it, and Found the
	// one that the vendor returns. Both have only what the adapter can compare.
	Requested, Found *enlistv1.Customer
	// Differences are the paths of the fields whose difference is evidence for Match.
	Differences []string
}

// Match says whether a creation made an existing customer.
type Match int

const (
	// MatchUnclear: it has the key, but nothing proves or excludes that it is ours.
	MatchUnclear Match = iota
	// MatchOurs: it has our reference, or it did not exist before the send, or all comparable
	// content equals what was sent.
	MatchOurs
	// MatchOther: it existed before the send, or has the reference of another creation.
	MatchOther
)
