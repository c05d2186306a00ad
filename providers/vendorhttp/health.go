package vendorhttp

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// health is how the calls of a client have fared since the start. Each part is one atomic value: no call waits for another because of it.
type health struct {
	success     atomic.Int64 // when, in microseconds since 1970; 0 for never
	failure     atomic.Pointer[failure]
	inFlight    atomic.Int32
	credentials atomic.Int32 // a CredentialState
}

// failure is a call that failed.
type failure struct {
	at     time.Time
	reason enlistv1.ErrorReason
}

// Health returns how the connection fares. session is where its credential is kept; nil where there is no login.
func (c *Client) Health(session *Session) *enlistv1.ProviderHealth {
	now := &enlistv1.ProviderHealth{
		InFlight: c.health.inFlight.Load(), Credentials: enlistv1.CredentialState(c.health.credentials.Load()),
	}
	if at := c.health.success.Load(); at != 0 {
		now.LastSuccessTime = timestamppb.New(time.UnixMicro(at))
	}
	if failed := c.health.failure.Load(); failed != nil {
		now.LastFailureTime, now.LastFailureReason = timestamppb.New(failed.at), failed.reason.String()
	}
	if left := session.lifetime(); left > 0 {
		now.CredentialLifetime = durationpb.New(left)
	}
	return now
}

// judged takes note of what an answer was judged to be. What the vendor says of one customer, in its own words, speaks for the connection.
func (h *health) judged(err error) {
	var known *providers.Error
	switch {
	case err == nil:
		h.succeeded()
	case !errors.As(err, &known): // ErrRenew: the next call tells
	case known.Reason == enlistv1.ErrorReason_VENDOR_REJECTED, known.Reason == enlistv1.ErrorReason_CUSTOMER_EXISTS,
		known.Reason == enlistv1.ErrorReason_CUSTOMER_NOT_FOUND:
		h.succeeded()
	case known.Reason == enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED:
		h.credentials.Store(int32(enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED))
		h.failed(known.Reason)
	default:
		h.failed(known.Reason)
	}
}

func (h *health) succeeded() {
	h.credentials.Store(int32(enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED))
	h.success.Store(time.Now().UnixMicro())
}

// unanswered takes note of a call without a whole answer, unless that is because its caller has gone.
func (h *health) unanswered(ctx context.Context, err *providers.Error) {
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		h.failed(err.Reason)
	}
}

func (h *health) failed(reason enlistv1.ErrorReason) {
	h.failure.Store(&failure{at: time.Now(), reason: reason})
}
