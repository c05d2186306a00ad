package once

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// jobs are the creations that this process works on. One goroutine at a time works on a creation.
type jobs struct {
	mu    sync.Mutex
	byKey map[journal.Key]*job
}

// job is the work on one creation, in a goroutine of its own. It may go on after its caller has got a
// response.
type job struct {
	key journal.Key
	// writer marks the writes of this job, so that a write that returned an error is recognized.
	writer []byte
	// finished is closed when the work has ended.
	finished chan struct{}
	// fingerprint of the caller's request; nil without a caller.
	fingerprint []byte
	// shared is an error that every caller with the same request would get; nil for none. It is set
	// before finished is closed.
	shared error
	// isOver: the response is known. Callers that come later start again and do not share it.
	isOver atomic.Bool
	// first gets the first response for the caller.
	first chan reply
	// late is the error for a caller whose time ends before the intent is recorded, if there is a
	// better reason than the journal.
	late error
	// lease is this replica's lease from before it became the owner of the record.
	lease int64
	// sends counts the attempts of this job to send.
	sends int
	// attempt is the present or latest call to the vendor.
	attempt atomic.Pointer[attempt]
}

// reply is the response or the error for a caller.
type reply struct {
	response *enlistv1.CreateCustomerResponse
	err      error
}

// reply gives the caller a response, unless it has one.
func (j *job) reply(response *enlistv1.CreateCustomerResponse, err error) {
	select {
	case j.first <- reply{response, err}:
	default:
	}
}

// refuseAfter replies that nothing was sent once the context ends, so that a slow journal does not
// leave the caller without a response. inTime stops that, and reports whether the caller has not got
// that reply. If it has, nothing may be sent.
func (j *job) refuseAfter(ctx context.Context) (inTime func() bool) {
	late := j.late
	return context.AfterFunc(ctx, func() {
		if late == nil {
			late = journalUnavailable(context.Cause(ctx))
		}
		j.reply(nil, late)
	})
}

// isSending reports whether a call is in progress of which bytes may have left.
func (j *job) isSending() bool {
	a := j.attempt.Load()
	return a != nil && a.isConnected()
}

func newJobs() *jobs { return &jobs{byKey: map[journal.Key]*job{}} }

// start returns the job of a creation, and whether it is new. The caller of start does the work of a
// new one, with runJob.
func (j *jobs) start(key journal.Key) (started *job, isNew bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if present := j.byKey[key]; present != nil {
		return present, false
	}
	started = &job{key: key, writer: newWriter(), finished: make(chan struct{}), first: make(chan reply, 1)}
	j.byKey[key] = started
	return started, true
}

func (j *jobs) finish(ended *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.byKey, ended.key)
	close(ended.finished)
}

// sharedFailures leave no record and do not depend on the caller.
func sharedFailures() []enlistv1.ErrorReason {
	return []enlistv1.ErrorReason{
		enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_VENDOR_RATE_LIMITED,
		enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE,
	}
}

// runJob does the work of a new job in a goroutine, and returns its response. If the context ends
// first and bytes may have left, it returns that the outcome is not known yet, and the work goes on.
func (s *Service) runJob(
	ctx context.Context, j *job, work func() (*enlistv1.CreateCustomerResponse, error),
) (*enlistv1.CreateCustomerResponse, error) {
	s.work.Go(func() {
		defer s.jobs.finish(j)
		defer func() {
			if value := recover(); value != nil {
				s.log.ErrorContext(ctx, "panic", "cause", panicked(value), "stack", string(debug.Stack()))
				j.reply(nil, panicked(value))
			}
		}()
		response, err := work()
		if ctx.Err() == nil && isReason(err, sharedFailures()...) {
			j.shared = err
		}
		j.isOver.Store(true)
		j.reply(response, err)
	})
	select {
	case first := <-j.first:
		return first.response, first.err
	case <-ctx.Done():
	}
	if j.isSending() {
		return nil, stillSending(j.key.Provider)
	}
	left, otherwise := lastWords/2, inProgress(j.key.Provider)
	if a := j.attempt.Load(); a != nil && a.sent.Load() { // it is over, and its outcome is being recorded
		left, otherwise = answerEarly/2, stillSending(j.key.Provider)
	}
	select { // work that has sent nothing ends with its caller, and replies
	case first := <-j.first:
		return first.response, first.err
	case <-after(left):
		return nil, otherwise
	}
}
