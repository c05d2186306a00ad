package providers

import (
	"context"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Observer follows the calls to a vendor that belong to one create. It travels in the context; logins, whose results are shared,
// are not observed. Functions may be nil.
type Observer struct {
	// BeforeSend runs when a request that creates is about to go out: it has its turn and its credentials, and not a byte has left.
	// With an error it stays here, NOT_SENT.
	BeforeSend func(context.Context) error
	// Connected runs when a request that creates has its connection: from here on bytes may have left. It runs again when that turns
	// out to be closed before a byte was written, and another is taken. With an error the connection is closed and the request stays here,
	// NOT_SENT: between BeforeSend and this there is time for a connection to be made, and for a process to be stopped.
	Connected func() error
	// Exchanged gets every call once it is over; one that never had its turn, or that BeforeSend has stopped, is none.
	Exchanged func(*Exchange)
}

// Exchange is one call to a vendor, without secrets.
type Exchange struct {
	// Creates says that the vendor may have created a customer.
	Creates bool
	// Start and End of the call.
	Start, End time.Time
	// Stage is how far it got.
	Stage enlistv1.SendStage
	// Status is the HTTP status of the answer; 0 without one.
	Status int
	// Request as it went out.
	Request *enlistv1.VendorRequest
	// ResponseBody is the answer's body, cut to 4,096 characters; empty when it did not come whole, for then half of a secret may be in it.
	ResponseBody string
}

type observerKey struct{}

// WithObserver returns a context whose vendor calls the observer follows; nil for none.
func WithObserver(ctx context.Context, observer *Observer) context.Context {
	return context.WithValue(ctx, observerKey{}, observer)
}

// ObserverOf returns the observer of the calls that are made with a context; nil when there is none.
func ObserverOf(ctx context.Context) *Observer {
	observer, _ := ctx.Value(observerKey{}).(*Observer)
	return observer
}
