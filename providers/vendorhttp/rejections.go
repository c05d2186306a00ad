package vendorhttp

import (
	"errors"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	firstPause   = 10 * time.Second
	longestPause = time.Hour
)

// errRejectedBefore is the cause of an error that refuses a request, because the vendor rejected
// the credentials of earlier ones.
var errRejectedBefore = errors.New("the vendor rejected the credentials before")

// rejections pauses rejected credentials. A vendor that gets a wrong password with every request
// may lock the user. So Enlist sends nothing for a time that doubles with each further rejection.
//
//   - A rejected login starts a pause at once.
//   - A proxy may reject a single request by mistake. So the first of consecutive rejections starts
//     no pause, unless it is a login's.
//   - After the pause, Enlist sends one request as a probe. It refuses others until the probe has
//     ended.
//   - A successful request ends the series of rejections. A successful login ends only a pause that
//     a login started, because a vendor may reject a token that it has just issued.
//
// Times are monotonic. Safe for concurrent use.
type rejections struct {
	provider string
	now      func() time.Time

	mu      sync.Mutex
	last    *providers.Error // the last rejection of the series, or nil
	byLogin bool             // last is a login's
	pauses  int              // pauses in this series
	until   time.Time        // the end of the pause; zero without a pause, and kept until a probe succeeds
	probing bool             // a probe is in progress
	round   int              // number of counted rejections, in all series
}

// admission is the permission for one request. The caller must end it.
type admission struct {
	rejections *rejections
	login      bool
	probe      bool
	round      int
}

// check returns the error of a request that would be refused now, or nil.
func (r *rejections) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refusal()
}

// admit admits one request, or returns the error that refuses it.
func (r *rejections) admit(login bool) (*admission, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refusal(); err != nil {
		return nil, err
	}
	probe := !r.until.IsZero()
	r.probing = r.probing || probe
	return &admission{rejections: r, login: login, probe: probe, round: r.round}, nil
}

// end records the outcome of the request. Only requests that started after the last rejection
// count. So simultaneous requests are rejected once, and the late success of an older token proves
// nothing.
func (a *admission) end(outcome providers.Outcome, err error) {
	r := a.rejections
	works := outcome.Credentials == enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.probe {
		r.probing = false
	}
	switch {
	case a.round != r.round:
	case outcome.Credentials == enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED:
		r.reject(a.login, err)
	case works && !a.login:
		r.last, r.pauses, r.until = nil, 0, time.Time{}
	case works && r.byLogin:
		r.until = time.Time{}
	}
}

func (r *rejections) reject(login bool, err error) {
	pause := login || r.last != nil
	r.round++
	r.byLogin = login
	_ = errors.As(err, &r.last)
	if !pause {
		return
	}
	r.until = r.now().Add(pauseAfter(r.pauses))
	r.pauses++
}

// pauseAfter returns the length of the pause after a number of earlier pauses.
func pauseAfter(pauses int) time.Duration {
	return min(firstPause<<min(pauses, 10), longestPause)
}

// resting reports whether the credentials are paused, or no probe has succeeded since.
func (r *rejections) resting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.until.IsZero()
}

// refusal returns the error of a request that is refused now. RetryAfter stays 0: waiting does not
// help, because the configuration is wrong.
func (r *rejections) refusal() error {
	if r.until.IsZero() {
		return nil
	}
	left := r.until.Sub(r.now())
	if left <= 0 && !r.probing {
		return nil
	}
	again := "is trying them again now"
	if left > 0 {
		again = "tries them again in " + (left + time.Second - 1).Truncate(time.Second).String()
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED,
		Message: "Provider " + r.provider + " rejected the credentials of this connection before, so Enlist sent nothing. It " + again +
			". An operator must fix the credentials in the configuration, which Enlist reads again.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, Vendor: proto.CloneOf(r.last.Vendor), Cause: errRejectedBefore,
	}
}
