package vendorhttp

import (
	"context"
	"time"
)

// timeout ends a context when a time is over. Pauses do not count: a vendor does not fail because
// Enlist takes long to decode what it sent. Not safe for concurrent use.
type timeout struct {
	left   time.Duration
	since  time.Time // start of the time that counts
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

// withTimeout returns a context that ends with context.DeadlineExceeded as its cause. Its timeout
// has started. stop frees both.
func withTimeout(ctx context.Context, left time.Duration) (context.Context, *timeout) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(left, func() { cancel(context.DeadlineExceeded) })
	return ctx, &timeout{left, time.Now(), timer, cancel}
}

func (t *timeout) pause() {
	t.timer.Stop()
	t.left -= time.Since(t.since)
}

func (t *timeout) resume() {
	t.since = time.Now()
	t.timer.Reset(t.left)
}

func (t *timeout) stop() {
	t.timer.Stop()
	t.cancel(nil)
}
