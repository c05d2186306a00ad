package vendorhttp

import (
	"cmp"
	"context"
	"errors"
	"math"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
)

// LimitsOf returns the limits that a provider's configuration sets.
func LimitsOf(config *configv1.Provider) limit.Limits {
	limits := limit.Limits{Rate: math.Inf(1), Burst: 1, Slots: limit.Unlimited}
	if most := config.GetMaxInFlight(); most > 0 {
		limits.Slots = int(most)
	}
	if pace := config.GetRateLimit(); pace != nil {
		limits.Rate, limits.Burst = pace.GetPerSecond(), float64(max(pace.GetBurst(), 1))
	}
	return limits
}

// noTurn returns the error of a request without a slot under the limits.
func (c *Client) noTurn(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, providers.ErrBreakerRefused):
		return c.refusedByBreaker()
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
