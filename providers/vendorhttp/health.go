package vendorhttp

import (
	"errors"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// health records the results of a client's requests since the start. Each part is one atomic value,
// so requests do not wait for each other.
type health struct {
	success     atomic.Int64 // time in microseconds since 1970; 0 for never
	failure     atomic.Pointer[failure]
	inFlight    atomic.Int32
	credentials atomic.Int32 // a CredentialState
}

// failure is a request that failed.
type failure struct {
	at     time.Time
	reason enlistv1.ErrorReason
}

// Health returns the connection's health. session has the credential; it is nil for a vendor
// without a login.
func (c *Client) Health(session *Session) *enlistv1.ProviderHealth {
	now := &enlistv1.ProviderHealth{
		InFlight: c.health.inFlight.Load(), Credentials: enlistv1.CredentialState(c.health.credentials.Load()), Breaker: c.breaker.health(),
	}
	if at := c.health.success.Load(); at != 0 {
		now.LastSuccessTime = timestamppb.New(time.UnixMicro(at))
	}
	if failed := c.health.failure.Load(); failed != nil {
		now.LastFailureTime, now.LastFailureReason = timestamppb.New(failed.at), failed.reason.String()
	}
	if c.rejected.resting() { // neither a successful login nor a late response ends the pause
		now.Credentials = enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED
	}
	if left := session.lifetime(); left > 0 {
		now.CredentialLifetime = durationpb.New(left)
	}
	return now
}

// note records the outcome of a request that ended with an error or without.
func (h *health) note(outcome providers.Outcome, err error) {
	if outcome.Credentials != enlistv1.CredentialState_CREDENTIAL_STATE_UNSPECIFIED {
		h.credentials.Store(int32(outcome.Credentials))
	}
	if outcome.Credentials == enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED {
		h.success.Store(time.Now().UnixMicro())
	}
	var known *providers.Error
	if outcome.Failed && errors.As(err, &known) {
		h.failure.Store(&failure{at: time.Now(), reason: known.Reason})
	}
}
