package vendorhttp

import (
	"context"
	"errors"
	"time"

	"github.com/enlist-dev/enlist/providers"
)

// outcomeOf returns the outcome of a request whose response was understood, with an error or nil.
func outcomeOf(err error) providers.Outcome {
	switch {
	case errors.Is(err, ErrRenew): // the next request tells
		return providers.Outcome{Label: "credentials"}
	case errors.Is(err, providers.ErrBreakerRefused), errors.Is(err, errRejectedBefore):
		return labelOf(err) // Enlist itself stopped another request that this response made necessary
	}
	return providers.OutcomeOf(err)
}

// labelOf returns the outcome of a request that says nothing about the connection.
func labelOf(err error) providers.Outcome {
	return providers.Outcome{Label: providers.OutcomeOf(err).Label}
}

// impatient is which part of a provider's timeout a request must have had for its caller's deadline
// to count against the vendor.
const impatient = 10

// outcomeWithoutResponse returns the outcome of a request without a whole response. A caller that
// leaves, or gives the vendor next to no time, must not speak against the vendor to all others.
// Neither must a request that Enlist itself stopped.
func (c *Client) outcomeWithoutResponse(ctx context.Context, took time.Duration, failure *providers.Error) providers.Outcome {
	ended := context.Cause(ctx)
	if errors.Is(ended, context.Canceled) || ended != nil && took < c.timeout/impatient || errors.Is(failure, errNoRoom) {
		return labelOf(failure)
	}
	return providers.OutcomeOf(failure)
}

// forBreaker returns what the breaker counts of an outcome. It counts the failures of one creation
// once.
func forBreaker(ctx context.Context, outcome providers.Outcome) providers.Count {
	if observer := providers.ObserverOf(ctx); outcome.Breaker == providers.CountFailure && observer != nil && observer.Counted {
		return providers.CountNothing
	}
	return outcome.Breaker
}
