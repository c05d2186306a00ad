package vendorhttp

import (
	"context"
	"errors"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// verdict says what the result of a request proves about the connection. Health, the breaker and
// rejections use it.
type verdict int

const (
	saysNothing verdict = iota // the caller is gone, or the request was not sent
	works                      // the vendor responded in its own words, even with a refusal of one customer
	refuses                    // the vendor responded and refuses all requests: bad credentials, or too many requests
	fails                      // the vendor was not reachable, did not respond, or the response was not its own
)

// judge returns the verdict on a response, from the error of understand.
func judge(err error) verdict {
	var known *providers.Error
	switch {
	case err == nil:
		return works
	case errors.Is(err, ErrRenew): // the next request decides
		return saysNothing
	case !errors.As(err, &known):
		return fails
	case errors.Is(known, providers.ErrHeldBack), errors.Is(known, errRejectedBefore),
		known.Reason == enlistv1.ErrorReason_OVERLOADED:
		return saysNothing // Enlist itself stopped another request that this response needed
	}
	switch known.Reason {
	case enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RATE_LIMITED:
		return refuses // also with Alive; for the breaker, this equals works
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

// impatient is the part of a provider's timeout that a request must have had before its caller's
// deadline counts against the vendor.
const impatient = 10

// judgeUnanswered returns the verdict on a request without a complete response. A caller that
// leaves, or sets a very short deadline, must not count against the vendor. Neither must a request
// that Enlist itself stopped.
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

// forBreaker returns the verdict for the breaker. The breaker counts the failures of one creation
// once.
func forBreaker(ctx context.Context, said verdict) verdict {
	if observer := providers.ObserverOf(ctx); said == fails && observer != nil && observer.Counted {
		return saysNothing
	}
	return said
}
