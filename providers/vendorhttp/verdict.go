package vendorhttp

import (
	"context"
	"errors"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// verdict is what the end of a request says of the connection. Health, the breaker and rejections
// go by it.
type verdict int

const (
	saysNothing verdict = iota // the caller has gone, or the request did not go out
	works                      // the vendor answered in its own words, be it with a refusal of one customer
	refuses                    // it answered, and refuses all requests: bad credentials, or too many requests
	fails                      // it was not reachable, did not answer, or answered in no words of its own
)

// judge returns the verdict on a response that was understood with an error or without.
func judge(err error) verdict {
	var known *providers.Error
	switch {
	case err == nil:
		return works
	case errors.Is(err, ErrRenew): // the next request tells
		return saysNothing
	case !errors.As(err, &known):
		return fails
	case errors.Is(known, providers.ErrHeldBack), errors.Is(known, errRejectedBefore),
		known.Reason == enlistv1.ErrorReason_OVERLOADED:
		return saysNothing // Enlist itself stopped another request that this response made necessary
	}
	switch known.Reason {
	case enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RATE_LIMITED:
		return refuses // also with Alive: for the breaker this is the same as works
	default:
		if known.Alive || isRefusalOfOne(known.Reason) {
			return works
		}
		return fails
	}
}

// isRefusalOfOne reports whether the vendor refuses one customer in its own words.
func isRefusalOfOne(reason enlistv1.ErrorReason) bool {
	switch reason {
	case enlistv1.ErrorReason_VENDOR_REJECTED, enlistv1.ErrorReason_CUSTOMER_EXISTS, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND:
		return true
	default:
		return false
	}
}

// isRejection reports whether a response with this verdict and error rejects the credentials.
func isRejection(said verdict, err error) bool {
	return said == refuses && providers.IsReason(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED)
}

// impatient is which part of a provider's timeout a request must have had for its caller's deadline
// to count against the vendor.
const impatient = 10

// judgeUnanswered returns the verdict on a request without a whole response. A caller that leaves,
// or gives the vendor next to no time, must not speak against the vendor to all others. Neither
// must a request that Enlist itself stopped.
func (c *Client) judgeUnanswered(ctx context.Context, took time.Duration, failure *providers.Error) verdict {
	ended := context.Cause(ctx)
	switch {
	case errors.Is(ended, context.Canceled), ended != nil && took < c.timeout/impatient, errors.Is(failure, errNoRoom):
		return saysNothing
	case failure.Reason == enlistv1.ErrorReason_VENDOR_UNAVAILABLE, failure.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN:
		return fails
	}
	return saysNothing // the observer stopped it
}

// forBreaker returns what the breaker hears of a verdict. It counts the failures of one creation
// once.
func forBreaker(ctx context.Context, said verdict) verdict {
	if observer := providers.ObserverOf(ctx); said == fails && observer != nil && observer.Counted {
		return saysNothing
	}
	return said
}
