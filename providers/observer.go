package providers

import (
	"context"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Observer observes the vendor requests of one creation. The context contains it. It does not
// observe logins and other requests that several creations share, unless Everything is set.
// Functions may be nil.
type Observer struct {
	// BeforeSend runs before Enlist sends a create request. The request has its slot under the
	// limits and its credentials, and no byte is written. If it returns an error, Enlist sends
	// nothing (NOT_SENT). shown is true if the look-up before this request showed the customer
	// under exactly the requested key.
	BeforeSend func(ctx context.Context, shown bool) error
	// Connected runs when a create request has its connection. From then on, bytes may be written.
	// It runs again if net/http finds that connection closed before the first byte and uses
	// another. If it returns an error, the client closes the connection and sends nothing
	// (NOT_SENT). BeforeSend is not enough, because connecting takes time and the process may be
	// suspended meanwhile.
	Connected func() error
	// Exchanged gets every completed exchange. It does not run for a request that got no slot under
	// the limits, or that BeforeSend stopped.
	Exchanged func(*Exchange)
	// Failed gets an exchange that Exchanged has got, and whose response was not understood or is an
	// error, when the adapter has interpreted it. Error and ErrorReason are set, and ResponseBody may
	// be another one.
	Failed func(*Exchange)
	// Counted reports that the breaker has already counted a failure of this creation. The breaker
	// then ignores failures of requests with this observer, look-ups included. It counts successes
	// as always. Set it before the first request.
	Counted bool
	// Everything reports that the observer also gets the requests that several creations share, such
	// as logins. Of a login it gets the names of the parameters and the shape of the response. Of a
	// list of all customers it gets the shape.
	Everything bool
}

// Exchange is one request to a vendor and its response, without secrets.
type Exchange struct {
	// Operation is the kind of the request, as in metrics.
	Operation string
	// Creates reports that the vendor may have created a customer.
	Creates bool
	// Start and End of the exchange.
	Start, End time.Time
	// Stage is how far the request got.
	Stage enlistv1.SendStage
	// Status is the HTTP status of the response; 0 without one.
	Status int
	// Request as sent.
	Request *enlistv1.VendorRequest
	// ResponseBody is the response's body, cut to 4,096 characters. It is empty if the body did not
	// arrive completely, because redaction could miss half of a secret. Of a list of all customers it
	// has the size, or the shape if the list was not understood.
	ResponseBody string
	// Error says what was wrong with the response, or why none arrived, in at most 512 characters. It
	// may repeat the vendor's words. ErrorReason is its reason. Both are unset if nothing was wrong.
	Error       string
	ErrorReason enlistv1.ErrorReason
}

type observerKey struct{}

// WithObserver returns a context with the observer, which may be nil.
func WithObserver(ctx context.Context, observer *Observer) context.Context {
	return context.WithValue(ctx, observerKey{}, observer)
}

// ObserverOf returns the context's observer, or nil.
func ObserverOf(ctx context.Context) *Observer {
	observer, _ := ctx.Value(observerKey{}).(*Observer)
	return observer
}

// WithoutCreation returns a context for a request that several creations share. It has no observer,
// unless that observes everything.
func WithoutCreation(ctx context.Context) context.Context {
	if observer := ObserverOf(ctx); observer != nil && !observer.Everything {
		return WithObserver(ctx, nil)
	}
	return ctx
}
