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

// errRejectedBefore is the cause of an error by which Enlist refuses a request, since the vendor
// rejected the credentials of earlier ones.
var errRejectedBefore = errors.New("the vendor rejected the credentials before")

// rejections makes rejected credentials rest. A vendor that gets a wrong password with every
// request may lock the user, so Enlist sends nothing for a time that doubles with each further
// rejection.
//
//   - A rejected login starts a pause at once.
//   - A proxy may reject a single request by mistake, so the first rejection in a row starts no
//     pause, unless it is a login's.
//   - After the pause one request goes out as a probe. Others are refused until it has ended.
//   - A request that works ends the row of rejections. A login that works ends only a pause that a
//     login started, since a vendor may reject the token that it has just given.
//
// Times are of the monotonic clock. Safe for concurrent use.
type rejections struct {
	provider string
	now      func() time.Time

	mu      sync.Mutex
	last    *providers.Error // the last rejection of the row; nil without one
	byLogin bool             // last is a login's
	pauses  int              // pauses in this row
	until   time.Time        // when the pause ends; zero without a pause, and kept until a probe has worked
	probing bool             // a probe is under way
	round   int              // number of rejections that counted, in all rows
}

// admission is the permission for one request. It must end.
type admission struct {
	rejections *rejections
	login      bool
	probe      bool
	round      int
}

// check returns the error of a request that would be refused now, and nil otherwise.
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

// end records the verdict on the request. Only requests that began after the last rejection count:
// so requests in flight together are rejected once, and a late success of an older token proves
// nothing.
func (a *admission) end(said verdict, err error) {
	r := a.rejections
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.probe {
		r.probing = false
	}
	switch {
	case a.round != r.round:
	case isRejection(said, err):
		r.reject(a.login, err)
	case said == works && !a.login:
		r.last, r.pauses, r.until = nil, 0, time.Time{}
	case said == works && r.byLogin:
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

// pauseAfter returns the length of the pause that follows a number of others.
func pauseAfter(pauses int) time.Duration {
	return min(firstPause<<min(pauses, 10), longestPause)
}

// resting reports whether the credentials rest, or a probe is still to show that the vendor accepts
// them.
func (r *rejections) resting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.until.IsZero()
}

// refusal returns the error of a request that is refused now. RetryAfter stays 0: to wait does not
// help, since the configuration is wrong.
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
		Message: "Provider " + r.provider + " rejected the configured credentials before, so Enlist sent nothing. It " + again +
			". An operator must fix the credentials in the configuration and restart Enlist.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, Vendor: proto.CloneOf(r.last.Vendor), Cause: errRejectedBefore,
	}
}
