package vendorhttp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Session keeps a credential that a vendor gives for a time: an OAuth token, a session cookie.
// However many calls wait for it, one login is under way at a time. Safe for concurrent use.
type Session struct {
	login   func(context.Context) (Credential, error)
	timeout time.Duration
	flight  singleflight.Group

	mu      sync.Mutex
	current Credential
}

// Credential is what a login gave.
type Credential struct {
	// Value is the token or cookie.
	Value string
	// Expires is when to log in again; zero when that is not known.
	Expires time.Time
}

// NewSession makes a session that logs in with the given function, for at most the given time.
func NewSession(timeout time.Duration, login func(context.Context) (Credential, error)) *Session {
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	return &Session{login: login, timeout: timeout}
}

// NewSession makes a session whose logins are calls of this client.
func (c *Client) NewSession(login func(context.Context) (Credential, error)) *Session {
	return NewSession(c.timeout, func(ctx context.Context) (Credential, error) {
		credential, err := login(ctx)
		c.metrics.logins.WithLabelValues(resultOf(err)).Inc()
		return credential, err
	})
}

// Get returns the credential, after a login when there is none that still holds. A login goes on when its caller is gone, since
// others may wait for it.
func (s *Session) Get(ctx context.Context) (string, error) {
	if value := s.held(); value != "" {
		return value, nil
	}
	done := s.flight.DoChan("login", func() (value any, err error) {
		defer func() {
			if panicked := recover(); panicked != nil { // nobody above this would catch it
				err = fmt.Errorf("panic of type %T: %s", panicked, debug.Stack())
			}
		}()
		if value := s.held(); value != "" {
			return value, nil
		}
		ctx, cancel := context.WithTimeout(providers.WithObserver(context.WithoutCancel(ctx), nil), s.timeout)
		defer cancel()
		credential, err := s.login(ctx)
		if err != nil {
			return "", err
		}
		s.mu.Lock()
		s.current = credential
		s.mu.Unlock()
		return credential.Value, nil
	})
	select {
	case result := <-done:
		value, _ := result.Val.(string)
		return value, result.Err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Credential returns a session's credential for a call. Whatever goes wrong here, the call it is for has not been sent.
func (c *Client) Credential(ctx context.Context, session *Session) (string, error) {
	credential, err := session.Get(ctx)
	if err == nil {
		return credential, nil
	}
	var known *providers.Error
	if !errors.As(err, &known) {
		known = &providers.Error{
			Reason:     enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
			Message:    "Provider " + c.provider + " completed no login in the time there was, and nothing was sent. Call again with more time.",
			RetryAfter: time.Second, Cause: err,
		}
	}
	return "", providers.NotSent(known)
}

// Discard forgets the credential that the vendor has refused, unless a newer one has taken its place.
func (s *Session) Discard(refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Value == refused {
		s.current = Credential{}
	}
}

// lifetime returns how long the credential that is held will be used; 0 when there is none, or it is not known.
func (s *Session) lifetime() time.Duration {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Value == "" || s.current.Expires.IsZero() {
		return 0
	}
	return max(time.Until(s.current.Expires), 0)
}

func (s *Session) held() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.current.Expires.IsZero() && !time.Now().Before(s.current.Expires) {
		return ""
	}
	return s.current.Value
}

// RenewBefore returns when to renew a credential that lasts for the given time: a little before its end, so that none expires
// on its way to the vendor.
func RenewBefore(lifetime time.Duration) time.Time {
	return time.Now().Add(lifetime - min(lifetime/10, 30*time.Second))
}
