package vendorhttp

import (
	"cmp"
	"context"
	"errors"
	"math"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// limits bound the requests to one vendor: the number in flight, and the number per second.
type limits struct {
	inFlight *semaphore.Weighted
	pace     *rate.Limiter
}

func newLimits(config *configv1.Provider) limits {
	made := limits{inFlight: semaphore.NewWeighted(math.MaxInt64), pace: rate.NewLimiter(rate.Inf, 1)}
	if most := config.GetMaxInFlight(); most > 0 {
		made.inFlight = semaphore.NewWeighted(int64(most))
	}
	if limit := config.GetRateLimit(); limit != nil {
		made.pace = rate.NewLimiter(rate.Limit(limit.GetPerSecond()), max(int(limit.GetBurst()), 1))
	}
	return made
}

// enter waits for a slot for one request, and returns the function that frees it. It fails as soon
// as the context cannot outlast the wait, or refuse returns an error.
func (l limits) enter(ctx context.Context, refuse func() error) (done func(), err error) {
	if err := refuse(); err != nil {
		return nil, err
	}
	if err := l.inFlight.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	if err = refuse(); err == nil { // the wait may have been long
		err = l.pace.Wait(ctx)
	}
	if err != nil {
		l.inFlight.Release(1)
		return nil, err
	}
	return func() { l.inFlight.Release(1) }, nil
}

// noTurn returns the error of a request without a slot under the limits.
func (c *Client) noTurn(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, providers.ErrHeldBack):
		return c.heldBack()
	case errors.Is(err, errRejectedBefore):
		return err
	}
	cause := cmp.Or(context.Cause(ctx), err)
	if errors.Is(cause, context.Canceled) {
		return c.failed(&Request{}, enlistv1.SendStage_SEND_STAGE_NOT_SENT, cause)
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OVERLOADED,
		Message: "Timed out waiting for a free slot at provider " + c.provider + " (max_in_flight, rate_limit), so Enlist sent nothing. " +
			"Call again after the RetryInfo delay, or with a longer deadline.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: time.Second, Cause: cause,
	}
}
