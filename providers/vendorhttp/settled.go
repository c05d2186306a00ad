package vendorhttp

import (
	"cmp"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// DefaultLookupLag is the time after the end of a request during which the vendor may still carry
// it out, or not show its result.
const DefaultLookupLag = 30 * time.Second

// SettledAfter returns Description.SettledAfter of a configured provider. A lookup_lag of 0s is a
// value, not the default.
func SettledAfter(config *configv1.Provider) time.Duration {
	lag := DefaultLookupLag
	if config.LookupLag != nil {
		lag = config.GetLookupLag().AsDuration()
	}
	return timeoutOf(config) + lag
}

func timeoutOf(config *configv1.Provider) time.Duration {
	return cmp.Or(config.GetTimeout().AsDuration(), DefaultTimeout)
}
