package providers

import (
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Sent is what is known of the sends whose outcome is unknown.
type Sent struct {
	// Since is when the first of them can have left, by the clock of the machine that sent it.
	Since time.Time
	// Looked says that the vendor was asked just before the last send, and that the create went out because of what it said: with
	// ON_EXISTING_FAIL and ON_EXISTING_ADOPT, that the customer was not there.
	Looked bool
}

// Candidate is a customer that a send may have made.
type Candidate struct {
	// Match says whether it did.
	Match Match
	// Alike says that MatchOurs rests on equal content alone, which another create with the same content may have made.
	Alike bool
	// Near says that the customer's key is only nearly equal to the requested one: the vendor may
	// store keys in another form.
	Near bool
	// Response is the create's answer if it did. With on_existing UPDATE or ADOPT its outcome is what is known of that.
	Response *enlistv1.CreateCustomerResponse
	// Differences are the paths of fields that are not as the request has them.
	Differences []string
}

// Match says whether a customer that is there is the one that a create made.
type Match int

const (
	// MatchUnclear: it has the key, but neither proves nor excludes that it is ours.
	MatchUnclear Match = iota
	// MatchOurs: it bears our reference; or it was not there before the send; or all that can be compared is as it was sent.
	MatchOurs
	// MatchOther: it was there before, or bears another's reference.
	MatchOther
)
