package providers

import (
	"context"
	"sync/atomic"
)

// Call is a call to Enlist. Its response may contain large parts of vendors' responses, so their
// memory stays reserved until the call has ended.
type Call struct {
	ctx   context.Context // ends with the call
	holds atomic.Int32
}

type callKey struct{}

// WithCall returns a context for a call to Enlist that ends when ctx ends.
func WithCall(ctx context.Context) context.Context {
	return context.WithValue(ctx, callKey{}, &Call{ctx: ctx})
}

// CallOf returns the call that a context belongs to, or nil.
func CallOf(ctx context.Context) *Call {
	call, _ := ctx.Value(callKey{}).(*Call)
	return call
}

// Holds reports whether the call holds memory.
func (c *Call) Holds() bool { return c != nil && c.holds.Load() > 0 }

// Hold marks that the call holds memory. The call runs release when it has ended. Without a call,
// release runs at once.
func (c *Call) Hold(release func()) {
	if c == nil {
		release()
		return
	}
	c.holds.Add(1)
	context.AfterFunc(c.ctx, func() {
		c.holds.Add(-1)
		release()
	})
}
