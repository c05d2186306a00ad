package vendorhttp

import (
	"context"
	"errors"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// verdict is what the end of a call says of the connection. Health and the breaker go by it.
type verdict int

const (
	saysNothing verdict = iota // its caller has gone, or it did not go out
	works                      // the vendor has spoken in its own words, be it a refusal of one customer
	refuses                    // it has spoken, and refuses whoever calls: the credentials, or so many calls
	fails                      // it could not be reached, did not answer, or answered in no words of its own
)

// judge says what an answer says that was understood with an error or without.
func judge(err error) verdict {
	var known *providers.Error
	switch {
	case err == nil:
		return works
	case errors.Is(err, ErrRenew): // the next call tells
		return saysNothing
	case !errors.As(err, &known):
		return fails
	}
	switch known.Reason {
	case enlistv1.ErrorReason_VENDOR_REJECTED, enlistv1.ErrorReason_CUSTOMER_EXISTS, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND:
		return works
	case enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RATE_LIMITED:
		return refuses
	case enlistv1.ErrorReason_OVERLOADED: // another call, which this answer made necessary, had no turn
		return saysNothing
	default:
		if errors.Is(known, providers.ErrHeldBack) {
			return saysNothing
		}
		return fails
	}
}

// impatient is which part of a provider's timeout a call must have had for its caller's deadline to count against the vendor.
const impatient = 10

// judgeUnanswered says what a call says that got no whole answer. Callers who go, or who leave the vendor next to no time, must not
// speak against it to all others; nor must what Enlist itself has stopped.
func (c *Client) judgeUnanswered(ctx context.Context, took time.Duration, failure *providers.Error) verdict {
	ended := context.Cause(ctx)
	switch {
	case errors.Is(ended, context.Canceled), ended != nil && took < c.timeout/impatient, errors.Is(failure, errNoRoom):
		return saysNothing
	case failure.Reason == enlistv1.ErrorReason_VENDOR_UNAVAILABLE, failure.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN:
		return fails
	}
	return saysNothing // the observer has stopped it
}
