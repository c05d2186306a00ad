package sandbox

import "time"

// Option changes how a [Sandbox] behaves.
type Option func(*settings)

type settings struct {
	now     func() time.Time
	vendors []vendor
}

// With changes the settings of one vendor, which is the package that declares them:
//
//	sandbox.With(func(s *caliq.Settings) { s.AutoNumbering = true })
func With[S any](change func(*S)) Option {
	return func(s *settings) {
		for _, vendor := range s.vendors {
			if own, is := vendor.settings.(*S); is {
				change(own)
			}
		}
	}
}

// WithClock replaces the clock. By this clock tokens expire, records are stamped and slow look-ups
// end. Delays that a fault orders always use the real clock.
func WithClock(now func() time.Time) Option {
	return func(s *settings) { s.now = now }
}
