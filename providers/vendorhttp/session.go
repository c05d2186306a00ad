package vendorhttp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Session keeps a credential that a vendor issues for some time, such as an OAuth token or a
// session cookie. At most one login is in flight, for any number of waiting requests. Safe for
// concurrent use.
type Session struct {
	provider string
	login    func(context.Context) (Credential, error)
	done     func(error) // records the end of a login
	timeout  time.Duration
	flight   singleflight.Group

	mu      sync.Mutex
	current Credential
}

// Credential is the result of a login.
type Credential struct {
	// Value is the token or cookie. The session trims it, and refuses a value that no HTTP header
	// can contain.
	Value string
	// Expires is the time for the next login. It is zero if that is unknown.
	Expires time.Time
}

// NewSession returns a session whose logins are requests of this client.
func (c *Client) NewSession(login func(context.Context) (Credential, error)) *Session {
	return &Session{provider: c.provider, login: login, done: c.loggedIn, timeout: c.timeout}
}

// loggedIn records the end of a login. If the credential is unusable, the login's request has
// succeeded as far as its adapter knows.
func (c *Client) loggedIn(err error) {
	if errors.Is(err, errRejectedBefore) { // no login was sent
		return
	}
	c.metrics.logins.WithLabelValues(outcomeOf(err).Label).Inc()
	if errors.Is(err, errUnusable) {
		c.health.note(outcomeOf(err), err)
	}
}

// Get returns the credential. It logs in first if there is none, or if it has expired. A login
// continues after its caller has left, because other callers may wait for it.
func (s *Session) Get(ctx context.Context) (string, error) {
	if value := s.valid(); value != "" {
		return value, nil
	}
	done := s.flight.DoChan("login", func() (value any, err error) {
		defer func() {
			if panicked := recover(); panicked != nil { // no caller would recover it
				err = fmt.Errorf("panic of type %T: %s", panicked, debug.Stack())
			}
		}()
		if value := s.valid(); value != "" {
			return value, nil
		}
		ctx, cancel := context.WithTimeout(providers.WithoutCreation(context.WithoutCancel(ctx)), s.timeout)
		defer cancel()
		credential, err := s.renew(ctx)
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

// renew logs in, and checks the credential before its first use.
func (s *Session) renew(ctx context.Context) (Credential, error) {
	credential, err := s.login(ctx)
	if err == nil {
		credential.Value = strings.TrimSpace(credential.Value)
		err = s.check(credential.Value)
	}
	if s.done != nil {
		s.done(err)
	}
	return credential, err
}

// errUnusable is the cause of an error about a credential that no HTTP header can contain.
var errUnusable = errors.New("no HTTP header can contain the credential")

// check returns an error if no HTTP header can contain the credential. The error does not quote it.
func (s *Session) check(credential string) error {
	problem := unusable(credential)
	if problem == "" {
		return nil
	}
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID,
		Message: "Provider " + s.provider + " sent a token or session that no HTTP header can contain: it " + problem + ". " + checkBaseURL,
		Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED, Cause: errUnusable,
	}
}

// unusable returns what is wrong with a credential, or "".
func unusable(credential string) string {
	if credential == "" {
		return "is empty"
	}
	for _, c := range []byte(credential) {
		switch {
		case c < ' ', c == 0x7f:
			return "contains a control character"
		case c == ' ':
			return "contains a space"
		case c > 0x7f:
			return "contains a character that is not ASCII"
		}
	}
	return ""
}

// Credential returns a session's credential for a request. If it fails, that request was not sent.
func (c *Client) Credential(ctx context.Context, session *Session) (string, error) {
	credential, err := session.Get(ctx)
	if err == nil {
		return credential, nil
	}
	var known *providers.Error
	if !errors.As(err, &known) {
		known = &providers.Error{
			Reason:     enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
			Message:    "Timed out waiting for a login at provider " + c.provider + ", so Enlist sent nothing. Call again with a longer deadline.",
			RetryAfter: time.Second, Cause: err,
		}
	}
	return "", providers.NotSent(known)
}

// Discard forgets a credential that the vendor refused, unless a newer one has replaced it.
func (s *Session) Discard(refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Value == refused {
		s.current = Credential{}
	}
}

// lifetime returns the time until the current credential expires. It returns 0 if there is none, or
// if the expiry is unknown.
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

func (s *Session) valid() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.current.Expires.IsZero() && !time.Now().Before(s.current.Expires) {
		return ""
	}
	return s.current.Value
}

// RenewBefore returns when to renew a credential with the given lifetime: a little before its end,
// so that it does not expire in transit.
func RenewBefore(lifetime time.Duration) time.Time {
	return time.Now().Add(lifetime - min(lifetime/10, 30*time.Second))
}
