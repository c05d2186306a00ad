package providers

import (
	"context"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Observer follows the requests to a vendor that belong to one creation. It travels in the context.
// Logins are not observed, since several creations share their result. Functions may be nil.
type Observer struct {
	// BeforeSend runs before a create request goes out: the request has its place under the limits
	// and its credentials, and no byte has left. If it returns an error, nothing is sent
	// (NOT_SENT). shown is true if the look-up before this request showed the customer under
	// exactly the requested key.
	BeforeSend func(ctx context.Context, shown bool) error
	// Connected runs when a create request has its connection: from here on bytes may have left. It
	// runs again if net/http finds that connection closed before the first byte and takes another.
	// If it returns an error, the connection is closed and nothing is sent (NOT_SENT). Making a
	// connection takes time, and the process may be stopped meanwhile: so BeforeSend is not enough.
	Connected func() error
	// Exchanged gets every exchange once it is over. A request that got no place under the limits,
	// or that BeforeSend stopped, has none.
	Exchanged func(*Exchange)
	// Counted says that the breaker has already counted a failure of this creation. Requests that
	// fail under this observer, look-ups included, then say nothing to the breaker; requests that
	// succeed count as always. Set it before the first request.
	Counted bool
}

// Exchange is one request to a vendor and its response, without secrets.
type Exchange struct {
	// Creates says that the vendor may have created a customer.
	Creates bool
	// Start and End of the exchange.
	Start, End time.Time
	// Stage is how far the request got.
	Stage enlistv1.SendStage
	// Status is the HTTP status of the response; 0 without one.
	Status int
	// Request as it went out.
	Request *enlistv1.VendorRequest
	// ResponseBody is the response's body, cut to 4,096 characters. It is empty if the body did not
	// arrive whole, since redaction could miss half of a secret.
	ResponseBody string
}

type observerKey struct{}

// WithObserver returns a context in which the observer follows the requests to vendors; nil for
// none.
func WithObserver(ctx context.Context, observer *Observer) context.Context {
	return context.WithValue(ctx, observerKey{}, observer)
}

// ObserverOf returns the context's observer; nil if there is none.
func ObserverOf(ctx context.Context) *Observer {
	observer, _ := ctx.Value(observerKey{}).(*Observer)
	return observer
}
