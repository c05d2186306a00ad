package vendorhttp

import (
	"cmp"
	"errors"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// triesAtOnce is the number of requests that a half-open breaker admits. All of them must
	// succeed before it closes.
	triesAtOnce = 3
	// tryAgainAfter is the RetryAfter of a request that arrives while those are in flight.
	tryAgainAfter = time.Second
	// parts is the number of buckets of a breaker's period.
	parts = 10
)

// breaker refuses requests to a vendor that fails or hangs. A nil breaker refuses none.
type breaker struct {
	state     *gobreaker.TwoStepCircuitBreaker[any]
	openUntil atomic.Pointer[time.Time] // monotonic; nil before the breaker first opens
}

// newBreaker returns a provider's breaker. gobreaker counts a request at its start time. So the
// period includes the timeout: requests to a vendor that hangs must stay in the period until they
// fail.
func newBreaker(config *configv1.Provider) *breaker {
	settings := config.GetBreaker()
	if settings.GetDisabled() {
		return nil
	}
	period := cmp.Or(settings.GetPeriod().AsDuration(), 30*time.Second) + timeoutOf(config)
	openFor := cmp.Or(settings.GetOpenFor().AsDuration(), 5*time.Second)
	percent, least := cmp.Or(settings.GetFailurePercent(), 50), cmp.Or(settings.GetMinimumCalls(), 20)
	made := &breaker{}
	made.state = gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		MaxRequests: triesAtOnce, Interval: period, BucketPeriod: period / parts, Timeout: openFor,
		ReadyToTrip: func(counts gobreaker.Counts) bool {
			failed, all := int64(counts.TotalFailures), int64(counts.TotalFailures)+int64(counts.TotalSuccesses)
			return all >= int64(least) && failed*100 >= all*int64(percent)
		},
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				until := time.Now().Add(openFor)
				made.openUntil.Store(&until)
			}
		},
		IsExcluded: func(err error) bool { return errors.Is(err, errSaysNothing) },
	})
	return made
}

var (
	// errSaysNothing and errFailed report the outcome of a request to the breaker.
	errSaysNothing = errors.New("the request is no evidence about the connection")
	errFailed      = errors.New("the request failed")
)

// isOpen reports whether the breaker refuses every request.
func (b *breaker) isOpen() bool { return b != nil && b.state.State() == gobreaker.StateOpen }

// enter admits a request or returns an error. The returned function ends the request with what the
// breaker counts. A request that counts nothing frees its slot.
func (b *breaker) enter() (ended func(providers.Count), err error) {
	if b == nil {
		return func(providers.Count) {}, nil
	}
	done, err := b.state.Allow()
	if err != nil {
		return nil, providers.ErrBreakerRefused
	}
	return func(count providers.Count) {
		switch count {
		case providers.CountNothing:
			done(errSaysNothing)
		case providers.CountFailure:
			done(errFailed)
		case providers.CountSuccess:
			done(nil)
		}
	}, nil
}

// wait returns the time until the breaker may admit a request.
func (b *breaker) wait() time.Duration {
	if until := b.openUntil.Load(); until != nil && time.Until(*until) > 0 {
		return time.Until(*until) + time.Millisecond // it admits requests after that time, not at it
	}
	return tryAgainAfter
}

func (b *breaker) health() enlistv1.BreakerState {
	if b == nil {
		return enlistv1.BreakerState_BREAKER_STATE_UNSPECIFIED
	}
	switch b.state.State() {
	case gobreaker.StateOpen:
		return enlistv1.BreakerState_BREAKER_STATE_OPEN
	case gobreaker.StateHalfOpen:
		return enlistv1.BreakerState_BREAKER_STATE_HALF_OPEN
	default:
		return enlistv1.BreakerState_BREAKER_STATE_CLOSED
	}
}

// refusedByBreaker returns the error of a request that the breaker refuses.
func (c *Client) refusedByBreaker() *providers.Error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
		Message: "Provider " + c.provider + " keeps failing or does not respond, so Enlist pauses requests to it and did not send this one. " +
			providers.CallLater + " GetProvider shows the health of the connection.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: c.breaker.wait(), Cause: providers.ErrBreakerRefused,
	}
}
