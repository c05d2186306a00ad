package once

import (
	"context"
	"sync/atomic"
	"time"
)

// patient returns a context that ends a little before the caller's deadline, so that the caller hears from us and not from its clock.
func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, has := ctx.Deadline()
	if !has {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline)/10, 200*time.Millisecond)))
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

// attempt is one call of a provider's CreateCustomer. Its context ends with the caller's until bytes may have left; from then on the
// vendor's own limit ends the call, or the end of this process.
type attempt struct {
	context.Context
	caller context.Context
	end    func()
	state  atomic.Int32
	sent   atomic.Bool // bytes may have left, be the call over or not
}

// Deadline is the caller's until bytes may have left, for what has to wait before that; then there is none.
func (a *attempt) Deadline() (time.Time, bool) {
	if a.isConnected() {
		return time.Time{}, false
	}
	return a.caller.Deadline()
}

const (
	waiting int32 = iota
	connected
	calledOff
	over
)

// newAttempt makes the context of a call for a caller, within the life of the service.
func newAttempt(caller, life context.Context) *attempt {
	a := &attempt{caller: caller}
	var cancel context.CancelCauseFunc
	a.Context, cancel = context.WithCancelCause(context.WithoutCancel(caller))
	withCaller := context.AfterFunc(caller, func() {
		if a.state.CompareAndSwap(waiting, calledOff) {
			cancel(context.Cause(caller))
		}
	})
	withLife := context.AfterFunc(life, func() { cancel(context.Canceled) })
	a.end = func() {
		withCaller()
		withLife()
		cancel(nil)
		a.state.Store(over)
	}
	return a
}

// connect says that bytes may leave.
func (a *attempt) connect() {
	a.sent.Store(true)
	a.state.CompareAndSwap(waiting, connected)
}

// isConnected reports whether the call is under way and bytes may have left.
func (a *attempt) isConnected() bool { return a.state.Load() == connected }
