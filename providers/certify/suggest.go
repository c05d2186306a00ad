package certify

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	mostTimeout = 10 * time.Minute
	// reserve is how many times longer than measured a setting should be: a run sees the vendor for
	// minutes.
	reserve = 3
)

// suggest compares settings with what was measured.
func (r *run) suggest() {
	var lines []string
	add := func(name string, configured, suggested time.Duration, isSet bool, why string) {
		shown := configured.String()
		if !isSet {
			shown += " (default)"
		}
		r.report.Settings = append(r.report.Settings, Setting{name, shown, suggested.String(), why})
		if suggested != configured {
			lines = append(lines, fmt.Sprintf("    %s: %s # %s", name, seconds(suggested), why))
		}
	}
	if r.lags > 0 { // a shorter one is not suggested, because it also covers requests that the vendor still processes
		lag, why := r.lookupLag(), "new customers were visible at once"
		if r.lag > 0 {
			why = fmt.Sprintf("new customers stayed invisible for up to %s", round(r.lag))
		}
		suggested := lag
		if r.lag > lag/reserve {
			suggested = min(max(lag, roundUp(reserve*r.lag)), time.Hour)
		}
		add("lookup_lag", lag, suggested, r.Config.LookupLag != nil, why)
	}
	if slowest := r.slowest(); slowest > 0 {
		suggested := r.timeout()
		if slowest > suggested/reserve {
			suggested = min(max(suggested, roundUp(reserve*slowest)), mostTimeout)
		}
		add("timeout", r.timeout(), suggested, r.Config.GetTimeout() != nil, fmt.Sprintf("the slowest request took %s", round(slowest)))
	}
	if pace := r.refusedPace(); pace > 0 {
		configured := "no limit (default)"
		if limit := r.Config.GetRateLimit(); limit != nil {
			configured = fmt.Sprintf("%g per second", limit.GetPerSecond())
		}
		why := "the vendor responded with HTTP status 429 at this run's pace"
		r.report.Settings = append(r.report.Settings, Setting{"rate_limit", configured, fmt.Sprintf("%g per second", pace), why})
		lines = append(lines, fmt.Sprintf("    rate_limit: {per_second: %g} # %s", pace, why))
	}
	if len(lines) > 0 {
		r.report.YAML = "providers:\n  - name: " + r.report.Provider + "\n" + strings.Join(lines, "\n") + "\n"
	}
}

// refusedPace returns a pace below the one at which the vendor refused a request with 429, in
// requests per second. It returns 0 if the vendor refused none.
func (r *run) refusedPace() float64 {
	all := r.recorder.since(0)
	for i, exchange := range all {
		if exchange.Status != http.StatusTooManyRequests {
			continue
		}
		within := 0
		for _, earlier := range all[:i+1] {
			if exchange.Start.Sub(earlier.Start) < time.Second {
				within++
			}
		}
		return math.Max(1, math.Floor(float64(within)/2))
	}
	return 0
}

// slowest returns the longest time until a response, or until Enlist gave up.
func (r *run) slowest() (slowest time.Duration) {
	for _, exchange := range r.recorder.since(0) {
		slowest = max(slowest, exchange.End.Sub(exchange.Start))
	}
	return slowest
}

// roundUp rounds up to whole seconds.
func roundUp(duration time.Duration) time.Duration {
	return (duration + time.Second - 1).Truncate(time.Second)
}

// round makes a duration short to read.
func round(duration time.Duration) time.Duration {
	if duration > time.Second {
		return duration.Round(100 * time.Millisecond)
	}
	return duration.Round(time.Millisecond)
}

// seconds returns a duration as the configuration has it.
func seconds(duration time.Duration) string {
	return strconv.FormatFloat(duration.Seconds(), 'f', -1, 64) + "s"
}
