package once

import (
	"context"
	"sync/atomic"
	"time"
)

// attempt is the context of one call of CreateCustomer. It ends with the caller's context until the
// first byte may have been written. After that it ends at the vendor's own limit or when this
// process ends.
type attempt struct {
	context.Context
	caller context.Context
	end    func()
	state  atomic.Int32
	sent   atomic.Bool // the first byte may have been written; stays true after the attempt
}

// Deadline returns the caller's deadline until the first byte may have been written. After that it
// reports none.
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

// newAttempt returns the context of an attempt for a caller, within the life of the service.
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

// connect records that the first byte may be written from now on.
func (a *attempt) connect() {
	a.sent.Store(true)
	a.state.CompareAndSwap(waiting, connected)
}

// isConnected reports whether the attempt is in progress and the first byte may have been written.
func (a *attempt) isConnected() bool { return a.state.Load() == connected }
