package once

import (
	"context"
	"time"
)

// This file is the only one of the package that reads the clock or waits, except for the limits of
// contexts (context.WithTimeout). Tests replace the clock with testing/synctest.

// respondEarly is how long before its deadline a caller gets its response at the latest.
const respondEarly = 200 * time.Millisecond

// callerContext returns a context that ends a little before the caller's deadline, so that the
// caller gets a response and not an error of its own clock. Everything that waits for a caller
// compares with the deadline of this context.
func callerContext(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, has := ctx.Deadline()
	if !has {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline)/10, respondEarly)))
}

// fits reports whether there is time for a wait and an attempt after it.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, has := ctx.Deadline()
	return ctx.Err() == nil && (!has || time.Until(deadline) > wait)
}

// sleep waits, and reports whether the whole time has passed before the context ended.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func now() time.Time { return time.Now() }

// since returns the time since then. It is negative if the clock was set back.
func since(then time.Time) time.Duration { return time.Since(then) }

// after returns a channel that gets the time after a wait.
func after(wait time.Duration) <-chan time.Time { return time.After(wait) }
