package vendorhttp

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// A lag of 0s is a value. Only an unset lag has the default.
func TestSettledAfter(t *testing.T) {
	seconds := func(n int64) *durationpb.Duration { return &durationpb.Duration{Seconds: n} }
	for want, config := range map[time.Duration]*configv1.Provider{
		time.Minute:      {},
		35 * time.Second: {Timeout: seconds(5)},
		40 * time.Second: {LookupLag: seconds(10)},
		5 * time.Second:  {Timeout: seconds(5), LookupLag: seconds(0)},
	} {
		if got := SettledAfter(config); got != want {
			t.Errorf("%v: %s, want %s", config, got, want)
		}
	}
}
