package once

import (
	"math/rand/v2"
	"slices"
	"time"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// This file has the pauses before the next look-up and the next send of a creation.

const (
	// firstLookupAfter and lastLookupAfter are the shortest and the longest pause between two
	// look-ups of a creation.
	firstLookupAfter = 500 * time.Millisecond
	lastLookupAfter  = 5 * time.Minute
	// firstRest is the pause after the first send whose outcome is not proven. Each further such
	// send makes it restGrows times as long, up to lastLookupAfter.
	firstRest = 500 * time.Millisecond
	restGrows = 2
	// followFor is the longest pause for which a caller's run follows its own send.
	followFor = 5 * time.Second
)

// restLeft returns what remains of the pause after the latest send. With obey, the pause is at
// least the vendor's RetryAfter; a new request of the caller does not obey it. The wall clock may
// be read here, because the pause never decides what is true.
func restLeft(payload *journalv1.Payload, obey bool) time.Duration {
	pause := firstRest
	for range min(payload.GetUnansweredSends(), 10) - 1 {
		pause = min(pause*restGrows, lastLookupAfter)
	}
	if obey {
		pause = max(pause, payload.GetFailure().GetRetryAfter().AsDuration())
	}
	for _, try := range slices.Backward(payload.GetTries()) {
		if try.GetKind() == enlistv1.TryKind_TRY_KIND_SEND {
			ended := try.GetEndTime()
			if ended == nil { // the process that sent it died
				ended = try.GetStartTime()
			}
			return max(pause-since(ended.AsTime()).Abs(), 0)
		}
	}
	return 0
}

// pause returns the time until the next look-up after a repeated send without a proven outcome.
func pause(payload *journalv1.Payload) time.Duration {
	return backOff(max(payload.GetLookups(), payload.GetUnansweredSends()-1))
}

// backOff returns the time until the next look-up after a number of look-ups.
func backOff(lookups int32) time.Duration {
	return jitter(min(firstLookupAfter<<min(lookups, 20), lastLookupAfter))
}

// jitter returns a random wait between half and one and a half of the given one, so that callers
// that failed together do not return together.
func jitter(wait time.Duration) time.Duration {
	return wait/2 + rand.N(wait) //nolint:gosec // nothing secret
}
