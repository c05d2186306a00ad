package once

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// flights are the creates that this process is at work on, each with one goroutine.
type flights struct {
	mu    sync.Mutex
	byKey map[journal.Key]*flight
}

// flight is the work on one create.
type flight struct {
	key journal.Key
	// writer marks what this flight writes, so that a write that returned an error is recognized.
	writer []byte
	// landed is closed when the work has ended.
	landed chan struct{}
	// fingerprint of the request that it carries out; nil for work on a record.
	fingerprint []byte
	// shared is the failure that whoever waited for the flight with the same request would meet as well; set before it lands, else nil.
	shared error
	// isOver says that the answer is known: who boards from then on begins again, and does not share it.
	isOver atomic.Bool
	// told gets the first answer that is known; the work may go on after it.
	told chan answer
	// late is what a caller hears whose time ends before the create is recorded, when there is a better reason than the journal.
	late error
	// lease is that of this replica from before it came to own the record.
	lease int64
	// sends counts the attempts of this flight to send, of the first and of each resend.
	sends int
	// attempt is the call to the vendor that is or was under way.
	attempt atomic.Pointer[attempt]
}

// answer is what a caller gets.
type answer struct {
	response *enlistv1.CreateCustomerResponse
	err      error
}

// tell gives the caller its answer, unless it has one.
func (f *flight) tell(response *enlistv1.CreateCustomerResponse, err error) {
	select {
	case f.told <- answer{response, err}:
	default:
	}
}

// refuseAfter tells the caller that nothing was sent once the context, its time, ends: a journal that is slow to fail must not leave it
// without an answer. inTime ends that, and reports whether the caller has not been told so: else nothing may be sent.
func (f *flight) refuseAfter(ctx context.Context) (inTime func() bool) {
	late := f.late
	return context.AfterFunc(ctx, func() {
		if late == nil {
			late = journalUnavailable(context.Cause(ctx))
		}
		f.tell(nil, late)
	})
}

// isSending reports whether bytes of a create may have left.
func (f *flight) isSending() bool {
	a := f.attempt.Load()
	return a != nil && a.isConnected()
}

func newFlights() *flights { return &flights{byKey: map[journal.Key]*flight{}} }

// board returns the flight of a create, and whether it is new: then the caller does the work and calls land.
func (f *flights) board(key journal.Key) (boarded *flight, isNew bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if there := f.byKey[key]; there != nil {
		return there, false
	}
	boarded = &flight{key: key, writer: newWriter(), landed: make(chan struct{}), told: make(chan answer, 1)}
	f.byKey[key] = boarded
	return boarded, true
}

// land ends a flight.
func (f *flights) land(ended *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.byKey, ended.key)
	close(ended.landed)
}

// sharedFailures leave nothing behind and do not depend on who calls.
func sharedFailures() []enlistv1.ErrorReason {
	return []enlistv1.ErrorReason{
		enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_VENDOR_RATE_LIMITED,
		enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE,
	}
}

// fly does the work of a new flight in a goroutine of its own, and returns its answer; or, once the context has ended and bytes may have
// left, that the outcome is not known yet. The work then goes on.
func (s *Service) fly(
	ctx context.Context, f *flight, work func() (*enlistv1.CreateCustomerResponse, error),
) (*enlistv1.CreateCustomerResponse, error) {
	s.work.Go(func() {
		defer s.flights.land(f)
		defer func() {
			if value := recover(); value != nil {
				s.log.ErrorContext(ctx, "panic", "cause", panicked(value), "stack", string(debug.Stack()))
				f.tell(nil, panicked(value))
			}
		}()
		response, err := work()
		if ctx.Err() == nil && isReason(err, sharedFailures()...) {
			f.shared = err
		}
		f.isOver.Store(true)
		f.tell(response, err)
	})
	select {
	case told := <-f.told:
		return told.response, told.err
	case <-ctx.Done():
	}
	if f.isSending() {
		return nil, stillSending(f.key.Provider)
	}
	left, otherwise := lastWords/2, inProgress(f.key.Provider)
	if a := f.attempt.Load(); a != nil && a.sent.Load() { // it is over, and being recorded
		left, otherwise = answerEarly/2, stillSending(f.key.Provider)
	}
	select { // what has sent nothing ends with its caller, and says how
	case told := <-f.told:
		return told.response, told.err
	case <-after(left):
		return nil, otherwise
	}
}
