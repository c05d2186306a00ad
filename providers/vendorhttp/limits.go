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

// limits bound the calls to one vendor: how many are under way at once, and how many go a second.
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

// enter waits for a call's turn, and returns what to call when it is over. It fails as soon as it is known that the turn will not
// come within the context, or that it would be refused.
func (l limits) enter(ctx context.Context, breaker *breaker) (done func(), err error) {
	if breaker.isOpen() {
		return nil, providers.ErrHeldBack
	}
	if err := l.inFlight.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	if breaker.isOpen() { // since it queued
		err = providers.ErrHeldBack
	} else {
		err = l.pace.Wait(ctx)
	}
	if err != nil {
		l.inFlight.Release(1)
		return nil, err
	}
	return func() { l.inFlight.Release(1) }, nil
}

// noTurn makes the error of a call whose turn did not come.
func (c *Client) noTurn(ctx context.Context, err error) *providers.Error {
	if errors.Is(err, providers.ErrHeldBack) {
		return c.heldBack()
	}
	cause := cmp.Or(context.Cause(ctx), err)
	if errors.Is(cause, context.Canceled) {
		return c.failed(&Request{}, enlistv1.SendStage_SEND_STAGE_NOT_SENT, cause)
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OVERLOADED,
		Message: "The turn of this call to provider " + c.provider + " did not come in the time there was, because of the limits that are set for it, " +
			"and nothing was sent. Call again after the time in RetryInfo, or with more time.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: time.Second, Cause: cause,
	}
}
