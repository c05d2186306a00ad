package once

import (
	"bytes"
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

// job is the work on one creation, in its own goroutine. It may go on after its caller has got a
// response.
type job struct {
	key journal.Key
	// writer marks the writes of this job, so that it recognizes a write that returned an error.
	writer []byte
	// finished is closed when the work has ended.
	finished chan struct{}
	// fingerprint of the caller's request; nil without a caller.
	fingerprint []byte
	// shared is an error that every caller with the same request would get; nil for none. It is set
	// before finished is closed.
	shared error
	// isOver: the response is known. Later callers start again and do not share it.
	isOver atomic.Bool
	// isAwaited: a caller waits, and has no response yet.
	isAwaited atomic.Bool
	// first gets the first response for the caller.
	first chan reply
	// beginTimeout is the error for a caller whose deadline passes before the intent is recorded; nil
	// for JOURNAL_UNAVAILABLE.
	beginTimeout error
	// lease is this replica's lease from before it became the owner of the record.
	lease int64
	// sends counts the attempts of this job to send.
	sends int
	// attempt is the present or latest call of the provider.
	attempt atomic.Pointer[attempt]
}

// reply is the response or the error for a caller.
type reply struct {
	response *enlistv1.CreateCustomerResponse
	err      error
}

// reply gives the caller a response, unless it has one.
func (j *job) reply(response *enlistv1.CreateCustomerResponse, err error) {
	j.isAwaited.Store(false)
	select {
	case j.first <- reply{response, err}:
	default:
	}
}

// join waits for a job that another caller started. It returns the error that both callers get.
// With nil, the caller of join starts again.
func (j *job) join(ctx context.Context, fingerprint []byte) error {
	isOver := j.isOver.Load()
	select {
	case <-j.finished:
		if !isOver && bytes.Equal(j.fingerprint, fingerprint) {
			return j.shared
		}
		return nil
	case <-ctx.Done():
		return inProgress(j.key.Provider)
	}
}

// refuseAfter replies that nothing was sent when the context ends, so that a slow journal does not
// leave the caller without a response. inTime stops that. It reports false if the caller has that
// reply, so that nothing may be sent.
func (j *job) refuseAfter(ctx context.Context) (inTime func() bool) {
	timeout := j.beginTimeout
	return context.AfterFunc(ctx, func() {
		if timeout == nil {
			timeout = journalUnavailable(context.Cause(ctx))
		}
		j.reply(nil, timeout)
	})
}

// isSending reports whether an attempt is in progress whose first byte may have been written.
func (j *job) isSending() bool {
	a := j.attempt.Load()
	return a != nil && a.isConnected()
}

func newJobs() *jobs { return &jobs{byKey: map[journal.Key]*job{}} }

// start returns the job of a creation, and whether it is new. The caller of start runs a new job
// with runJob.
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

// has reports whether this process works on a creation.
func (j *jobs) has(key journal.Key) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.byKey[key] != nil
}

func (j *jobs) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.byKey)
}

func (j *jobs) finish(ended *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.byKey, ended.key)
	close(ended.finished)
}

// sharedFailures returns the reasons that record no outcome and do not depend on the caller.
func sharedFailures() []enlistv1.ErrorReason {
	return []enlistv1.ErrorReason{
		enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_VENDOR_RATE_LIMITED,
		enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE,
	}
}

// runJob runs a new job in a goroutine of its own, and returns its response. If the context ends
// while an attempt request is in progress, runJob returns OUTCOME_UNKNOWN, and the job goes on.
func (s *Service) runJob(
	ctx context.Context, j *job, work func() (*enlistv1.CreateCustomerResponse, error),
) (*enlistv1.CreateCustomerResponse, error) {
	s.workers.run(func() {
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
		j.isAwaited.Store(false)
	}
	if j.isSending() {
		return nil, stillSending(j.key.Provider)
	}
	left, otherwise := lastWords/2, inProgress(j.key.Provider)
	if a := j.attempt.Load(); a != nil && a.sent.Load() { // the job is recording the outcome
		left, otherwise = respondEarly/2, stillSending(j.key.Provider)
	}
	select { // a job that has sent nothing ends with its caller, and replies
	case first := <-j.first:
		return first.response, first.err
	case <-after(left):
		return nil, otherwise
	}
}
