package sandbox

import (
	"net/http"
	"time"
)

// Option changes how a [Sandbox] behaves.
type Option func(*settings)

type settings struct {
	credentials          Credentials
	now                  func() time.Time
	tokenLifetime        time.Duration
	refreshTokenLifetime time.Duration
	opencellBefore2021   bool

	sellAndSignKeys      []string
	sellAndSignBareLists bool
	sellAndSignNotFound  struct {
		status int
		body   string
	}

	caliqAutoNumbering, caliqUniqueAccountNo, caliqUniqueEmail bool
}

func defaults() settings {
	s := settings{
		credentials:          DemoCredentials(),
		now:                  time.Now,
		tokenLifetime:        5 * time.Minute,
		refreshTokenLifetime: 30 * time.Minute,
		sellAndSignKeys:      []string{"segment", "loyalty_level", "account_manager", "note"},
	}
	s.sellAndSignNotFound.status, s.sellAndSignNotFound.body = http.StatusOK, "null"
	return s
}

// WithCredentials replaces the demo credentials.
func WithCredentials(credentials Credentials) Option {
	return func(s *settings) { s.credentials = credentials }
}

// WithClock replaces the clock by which tokens expire, records are stamped and
// slow look-ups end. Delays that a fault orders are slept on the real clock.
func WithClock(now func() time.Time) Option {
	return func(s *settings) { s.now = now }
}

// WithTokenLifetime sets how long an Opencell access token and a Valomnia
// session live (5 minutes unless set).
func WithTokenLifetime(lifetime time.Duration) Option {
	return func(s *settings) { s.tokenLifetime = lifetime }
}

// WithRefreshTokenLifetime sets how long an Opencell refresh token lives
// (30 minutes unless set).
func WithRefreshTokenLifetime(lifetime time.Duration) Option {
	return func(s *settings) { s.refreshTokenLifetime = lifetime }
}

// WithOpencellBefore2021 emulates an older Opencell server: what exists already
// is refused with 403 instead of 409, and isCompany is an unknown property.
func WithOpencellBefore2021() Option {
	return func(s *settings) { s.opencellBefore2021 = true }
}

// WithSellAndSignPropertyKeys declares the free properties that Sell&Sign
// accepts, instead of segment, loyalty_level, account_manager and note.
func WithSellAndSignPropertyKeys(keys ...string) Option {
	return func(s *settings) { s.sellAndSignKeys = keys }
}

// WithSellAndSignNotFound sets what getCustomer answers for an unknown number
// (200 and null unless set): the vendor does not document it.
func WithSellAndSignNotFound(status int, body string) Option {
	return func(s *settings) { s.sellAndSignNotFound.status, s.sellAndSignNotFound.body = status, body }
}

// WithSellAndSignBareLists answers Sell&Sign's lists as bare arrays instead of
// an object with elements: both are seen.
func WithSellAndSignBareLists() Option {
	return func(s *settings) { s.sellAndSignBareLists = true }
}

// WithCaliqAutoNumbering has Caliq give the account numbers itself: AccountNo
// must be left blank.
func WithCaliqAutoNumbering() Option {
	return func(s *settings) { s.caliqAutoNumbering = true }
}

// WithCaliqUniqueAccountNo has Caliq refuse a second customer with an AccountNo
// in use. The vendor does not say whether it does.
func WithCaliqUniqueAccountNo() Option {
	return func(s *settings) { s.caliqUniqueAccountNo = true }
}

// WithCaliqUniqueEmail has Caliq refuse a second customer with an Email in use.
func WithCaliqUniqueEmail() Option {
	return func(s *settings) { s.caliqUniqueEmail = true }
}
