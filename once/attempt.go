package once

import (
	"context"
	"sync/atomic"
	"time"
)

// attempt is the context of one call of a provider's CreateCustomer. It ends with the caller's
// context until the first byte may have been written. From then on the vendor's own limit ends the
// call, or the end of this process.
type attempt struct {
	context.Context
	caller context.Context
	end    func()
	state  atomic.Int32
	sent   atomic.Bool // the first byte may have been written; also true when the call is over
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

// newAttempt returns the context of a call for a caller, within the life of the service.
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

// connect notes that the first byte may be written from now on.
func (a *attempt) connect() {
	a.sent.Store(true)
	a.state.CompareAndSwap(waiting, connected)
}

// isConnected reports whether the call is in progress and the first byte may have been written.
func (a *attempt) isConnected() bool { return a.state.Load() == connected }
