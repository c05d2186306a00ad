package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

const (
	// attemptTimeout bounds one attempt, as the service config does.
	attemptTimeout = 60 * time.Second
	// shortestWait keeps a RetryInfo of zero from repeating a request without a pause.
	shortestWait = 100 * time.Millisecond
	// firstWait and longestWait bound the wait after an error that is not from Enlist. It doubles.
	firstWait, longestWait = time.Second, 30 * time.Second
)

// ErrNoRequestID is the error of CreateCustomer for a request without a request_id.
var ErrNoRequestID = errors.New(
	"request_id is not set: set it to a UUID that is made once and stored before the first attempt, so that a repeated request creates no second customer")

// NotSettledError says that the outcome was not settled when the context ended, or when an error
// that says nothing about earlier attempts stopped them, such as a revoked API key. The customer
// may exist. Repeat the request with the same request_id, from any process and at any time within
// the journal's retention.
type NotSettledError struct {
	// RequestID is the request_id of the request.
	RequestID string
	// Err is the error of the last attempt, which status.Code, Detail and Reason read. If no
	// attempt ended, it is the error of the context.
	Err error
}

func (e *NotSettledError) Error() string {
	return fmt.Sprintf("the outcome of request_id %s is not known yet: repeat the request with the same request_id (last attempt: %v)", e.RequestID, e.Err)
}

// Unwrap returns the error of the last attempt.
func (e *NotSettledError) Unwrap() error { return e.Err }

// Retry describes an attempt that CreateCustomer repeats.
type Retry struct {
	// Err is the error of the attempt.
	Err error
	// Wait is the time until the next attempt.
	Wait time.Duration
}

// An Option changes how CreateCustomer works.
type Option func(*creation)

// OnRetry calls a function before each wait, for example to log it or to show progress.
func OnRetry(call func(Retry)) Option {
	return func(c *creation) {
		if call != nil {
			c.onRetry = call
		}
	}
}

// CallOptions adds options to each attempt.
func CallOptions(options ...grpc.CallOption) Option {
	return func(c *creation) { c.options = append(c.options, options...) }
}

// creation is what CreateCustomer keeps between attempts.
type creation struct {
	onRetry func(Retry)
	options []grpc.CallOption
	backoff time.Duration // after the next error that is not from Enlist
}

// CreateCustomer creates a customer and repeats the request until its outcome is settled. An
// attempt may take 60 s. It follows the policy in docs/clients.md:
//
//   - After an error of Enlist with RetryInfo, it waits as long as RetryInfo says.
//   - After an error that is not from Enlist, such as a lost connection, it waits 1 s. The wait
//     doubles each time, up to 30 s.
//   - Any other error is final. CreateCustomer returns it as it is, unless it says nothing about an
//     earlier attempt.
//
// The request must have a request_id, made once and stored before CreateCustomer is called, unless
// it sets validate_only. Without one, CreateCustomer returns ErrNoRequestID and sends nothing. If
// the outcome is not settled when ctx ends, or the next attempt would come after that, it returns a
// *NotSettledError. Without a deadline in ctx it waits for ever.
func CreateCustomer(
	ctx context.Context, customers enlistv1.CustomerServiceClient, request *enlistv1.CreateCustomerRequest, options ...Option,
) (*enlistv1.CreateCustomerResponse, error) {
	if request.GetRequestId() == "" && !request.GetValidateOnly() {
		return nil, ErrNoRequestID
	}
	if _, err := proto.Marshal(request); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error()) // grpc would say Internal, which is repeated
	}
	c := &creation{onRetry: func(Retry) {}, backoff: firstWait}
	for _, option := range options {
		option(c)
	}
	var last error
	for {
		response, err := c.attempt(ctx, customers, request)
		if err == nil {
			return response, nil
		}
		wait, again := c.wait(err)
		if !again && (last == nil && saysEnough(err) || settles(err) || request.GetValidateOnly()) {
			return nil, err
		}
		if again && ctx.Err() != nil && last != nil && Reason(err) == enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED {
			err = last // which says more than that the time is over
		}
		if !again || !sleep(ctx, wait, func() { c.onRetry(Retry{Err: err, Wait: wait}) }) {
			return nil, &NotSettledError{RequestID: request.GetRequestId(), Err: err}
		}
		last = err
	}
}

func (c *creation) attempt(
	ctx context.Context, customers enlistv1.CustomerServiceClient, request *enlistv1.CreateCustomerRequest,
) (*enlistv1.CreateCustomerResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	return customers.CreateCustomer(ctx, request, c.options...)
}

// wait returns how long to wait before the next attempt, and whether there is one.
func (c *creation) wait(err error) (wait time.Duration, again bool) {
	if Detail[*errdetails.ErrorInfo](err).GetDomain() == domain {
		c.backoff = firstWait
		retry := Detail[*errdetails.RetryInfo](err)
		return max(retry.GetRetryDelay().AsDuration(), shortestWait), retry != nil
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Aborted, codes.Unknown, codes.Internal:
	default:
		return 0, false
	}
	wait = c.backoff
	c.backoff = min(2*c.backoff, longestWait)
	return wait, true
}

// settles tells whether a final error also settles the outcome of earlier attempts. It is about the
// recorded creation then: its outcome is final, or a person must decide.
func settles(err error) bool {
	action := actionOf(Reason(err))
	return action == enlistv1.CallerAction_CALLER_ACTION_NEW_REQUEST || action == enlistv1.CallerAction_CALLER_ACTION_AWAIT_OUTCOME
}

// saysEnough tells whether a final error of the first attempt says that nothing was created. An
// error that is not from Enlist may have replaced its response, for example one that is too large.
func saysEnough(err error) bool {
	switch status.Code(err) {
	case codes.InvalidArgument, codes.NotFound, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented:
		return true
	default:
		return Reason(err) != enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED
	}
}

// sleep waits, and calls before first. It returns false at once if the context ends before the wait
// does.
func sleep(ctx context.Context, wait time.Duration, before func()) bool {
	if deadline, has := ctx.Deadline(); ctx.Err() != nil || has && time.Until(deadline) <= wait {
		return false
	}
	before()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
