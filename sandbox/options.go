package sandbox

import (
	"net/http"
	"time"

	"github.com/enlist-dev/enlist/sandbox/avvio"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
	"github.com/enlist-dev/enlist/sandbox/valomnia"
)

// Option changes how a [Sandbox] behaves.
type Option func(*settings)

type settings struct {
	now         func() time.Time
	opencell    opencell.Settings
	sellAndSign sellandsign.Settings
	valomnia    valomnia.Settings
	caliq       caliq.Settings
	avvio       avvio.Settings
}

func defaults() settings {
	s := settings{now: time.Now}
	s.opencell.RefreshTokenLifetime = 30 * time.Minute
	s.sellAndSign.PropertyKeys = []string{"segment", "loyalty_level", "account_manager", "note"}
	s.sellAndSign.NotFoundStatus, s.sellAndSign.NotFoundBody = http.StatusOK, "null"
	WithTokenLifetime(5 * time.Minute)(&s)
	WithCredentials(DemoCredentials())(&s)
	return s
}

func (s *settings) credentials() Credentials {
	return Credentials{
		Opencell:    s.opencell.Credentials,
		SellAndSign: s.sellAndSign.Credentials,
		Valomnia:    s.valomnia.Credentials,
		Caliq:       s.caliq.Credentials,
		Avvio:       s.avvio.Credentials,
	}
}

// WithCredentials replaces the demo credentials.
func WithCredentials(credentials Credentials) Option {
	return func(s *settings) {
		s.opencell.Credentials = credentials.Opencell
		s.sellAndSign.Credentials = credentials.SellAndSign
		s.valomnia.Credentials = credentials.Valomnia
		s.caliq.Credentials = credentials.Caliq
		s.avvio.Credentials = credentials.Avvio
	}
}

// WithClock replaces the clock. By this clock tokens expire, records are stamped and slow look-ups
// end. Delays that a fault orders always use the real clock.
func WithClock(now func() time.Time) Option {
	return func(s *settings) { s.now = now }
}

// WithTokenLifetime sets the lifetime of an Opencell access token and of a Valomnia session. The
// default is 5 minutes.
func WithTokenLifetime(lifetime time.Duration) Option {
	return func(s *settings) { s.opencell.TokenLifetime, s.valomnia.TokenLifetime = lifetime, lifetime }
}

// WithRefreshTokenLifetime sets the lifetime of an Opencell refresh token. The default is 30
// minutes.
func WithRefreshTokenLifetime(lifetime time.Duration) Option {
	return func(s *settings) { s.opencell.RefreshTokenLifetime = lifetime }
}

// WithOpencellBefore2021 emulates an older Opencell server: it refuses an existing customer with
// 403 instead of 409, and isCompany is an unknown property.
func WithOpencellBefore2021() Option {
	return func(s *settings) { s.opencell.Before2021 = true }
}

// WithOpencellVersion sets the major version of the Opencell server. The default is 16.
func WithOpencellVersion(version int) Option {
	return func(s *settings) { s.opencell.Version = version }
}

// WithSellAndSignPropertyKeys declares the free properties that Sell&Sign accepts. The default is
// segment, loyalty_level, account_manager and note.
func WithSellAndSignPropertyKeys(keys ...string) Option {
	return func(s *settings) { s.sellAndSign.PropertyKeys = keys }
}

// WithSellAndSignNotFound sets what getCustomer sends for an unknown number, which the vendor does
// not document. The default is 200 and null.
func WithSellAndSignNotFound(status int, body string) Option {
	return func(s *settings) { s.sellAndSign.NotFoundStatus, s.sellAndSign.NotFoundBody = status, body }
}

// WithSellAndSignBareLists sends Sell&Sign's lists as bare arrays instead of an object with
// elements. Both forms have been seen.
func WithSellAndSignBareLists() Option {
	return func(s *settings) { s.sellAndSign.BareLists = true }
}

// WithCaliqAutoNumbering has Caliq make the account numbers itself. AccountNo must be blank then.
func WithCaliqAutoNumbering() Option {
	return func(s *settings) { s.caliq.AutoNumbering = true }
}

// WithCaliqUniqueAccountNo has Caliq refuse a second customer with an AccountNo in use. The vendor
// does not say whether it does.
func WithCaliqUniqueAccountNo() Option {
	return func(s *settings) { s.caliq.UniqueAccountNo = true }
}

// WithCaliqUniqueEmail has Caliq refuse a second customer with an Email in use.
func WithCaliqUniqueEmail() Option {
	return func(s *settings) { s.caliq.UniqueEmail = true }
}

// WithAvvioListStatus adds the status "ok" to Avvio's lists. The vendor's pages show siteList
// alone, which is the default.
func WithAvvioListStatus() Option {
	return func(s *settings) { s.avvio.ListStatus = true }
}
