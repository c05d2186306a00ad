package client_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// script answers each attempt with the next error, then with a response. An attempt after a nil
// error hangs until its context ends.
type script struct {
	enlistv1.CustomerServiceClient

	errors   []error
	attempts []time.Time
	ids      []string
}

func (s *script) CreateCustomer(
	ctx context.Context, request *enlistv1.CreateCustomerRequest, _ ...grpc.CallOption,
) (*enlistv1.CreateCustomerResponse, error) {
	s.attempts, s.ids = append(s.attempts, time.Now()), append(s.ids, request.GetRequestId())
	if len(s.errors) < len(s.attempts) {
		return &enlistv1.CreateCustomerResponse{RequestId: request.GetRequestId()}, nil
	}
	if err := s.errors[len(s.attempts)-1]; err != nil {
		return nil, err
	}
	<-ctx.Done()
	return nil, status.FromContextError(ctx.Err()).Err()
}

// waits returns the time from each attempt to the next.
func (s *script) waits() []time.Duration {
	var waits []time.Duration
	for i := 1; i < len(s.attempts); i++ {
		waits = append(waits, s.attempts[i].Sub(s.attempts[i-1]))
	}
	return waits
}

// ofEnlist makes an error of Enlist; a negative delay is none.
func ofEnlist(code codes.Code, reason enlistv1.ErrorReason, delay time.Duration) error {
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Domain: "enlist", Reason: reason.String()}}
	if delay >= 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(delay)})
	}
	described, err := status.New(code, "…").WithDetails(details...)
	if err != nil {
		panic(err)
	}
	return described.Err()
}

func unknown(delay time.Duration) error {
	return ofEnlist(codes.Aborted, enlistv1.ErrorReason_OUTCOME_UNKNOWN, delay)
}

const (
	requestID = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"
	never     = time.Duration(-1)
	second    = time.Second
)

func TestCreateCustomer(t *testing.T) {
	lost := status.Error(codes.Unavailable, "connection closed")
	rejected := ofEnlist(codes.FailedPrecondition, enlistv1.ErrorReason_VENDOR_REJECTED, never)
	revoked := ofEnlist(codes.Unauthenticated, enlistv1.ErrorReason_CREDENTIALS_INVALID, never)
	for name, test := range map[string]struct {
		errors     []error
		total      time.Duration // 0: without a deadline
		waits      []time.Duration
		err        error // nil: a response
		notSettled bool
	}{
		"at once":              {},
		"RetryInfo":            {errors: []error{unknown(7 * second), unknown(3 * second)}, waits: []time.Duration{7 * second, 3 * second}},
		"RetryInfo of zero":    {errors: []error{unknown(0)}, waits: []time.Duration{100 * time.Millisecond}},
		"refused":              {errors: []error{rejected}, err: rejected},
		"refused later":        {errors: []error{unknown(second), rejected}, waits: []time.Duration{second}, err: rejected},
		"a person must decide": {errors: []error{unknown(never)}, err: unknown(never)},
		"credentials":          {errors: []error{revoked}, err: revoked},
		"credentials later":    {errors: []error{lost, revoked}, waits: []time.Duration{second}, err: revoked, notSettled: true},
		"lost":                 {errors: []error{lost, lost, lost}, waits: []time.Duration{1 * second, 2 * second, 4 * second}},
		"lost for long":        {errors: slices.Repeat([]error{lost}, 7), waits: []time.Duration{1 * second, 2 * second, 4 * second, 8 * second, 16 * second, 30 * second, 30 * second}},
		"lost, unknown, lost":  {errors: []error{lost, lost, unknown(5 * second), lost}, waits: []time.Duration{second, 2 * second, 5 * second, second}},
		"an attempt hangs":     {errors: []error{nil}, waits: []time.Duration{61 * second}},
		"wrong address":        {errors: []error{status.Error(codes.Unimplemented, "…")}, err: status.Error(codes.Unimplemented, "…")},
		"from a proxy":         {errors: []error{status.Error(codes.Internal, "…"), status.Error(codes.Unknown, "…"), status.Error(codes.Aborted, "…")}, waits: []time.Duration{second, 2 * second, 4 * second}},
		"too large":            {errors: []error{status.Error(codes.ResourceExhausted, "…")}, err: status.Error(codes.ResourceExhausted, "…"), notSettled: true},
		"deadline in a wait":   {errors: []error{unknown(7 * second), unknown(7 * second)}, total: 10 * second, waits: []time.Duration{7 * second}, err: unknown(7 * second), notSettled: true},
		"deadline in a later attempt": {
			errors: []error{unknown(2 * second), nil}, total: 10 * second, waits: []time.Duration{2 * second}, err: unknown(2 * second), notSettled: true,
		},
		"invalid later": {
			errors: []error{lost, ofEnlist(codes.InvalidArgument, enlistv1.ErrorReason_INVALID_FIELD, never)}, waits: []time.Duration{second},
			err: ofEnlist(codes.InvalidArgument, enlistv1.ErrorReason_INVALID_FIELD, never), notSettled: true,
		},
		"deadline in an attempt": {errors: []error{nil}, total: 10 * second, err: status.FromContextError(context.DeadlineExceeded).Err(), notSettled: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.total > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.total)
					defer cancel()
				}
				customers := &script{errors: test.errors}
				var said []time.Duration
				response, err := client.CreateCustomer(ctx, customers, &enlistv1.CreateCustomerRequest{RequestId: requestID},
					client.OnRetry(func(retry client.Retry) { said = append(said, retry.Wait) }))
				if !slices.Equal(customers.waits(), test.waits) {
					t.Errorf("waited %v, want %v", customers.waits(), test.waits)
				}
				if len(said) != len(test.waits) {
					t.Errorf("OnRetry was called with %v", said)
				}
				if slices.ContainsFunc(customers.ids, func(id string) bool { return id != requestID }) {
					t.Errorf("attempts with request_id %q", customers.ids)
				}
				if test.err == nil {
					if err != nil || response.GetRequestId() != requestID {
						t.Fatalf("%v, %v", response, err)
					}
					return
				}
				var notSettled *client.NotSettledError
				if is := errors.As(err, &notSettled); is != test.notSettled || is && notSettled.RequestID != requestID {
					t.Errorf("%v: not settled %t, want %t", err, is, test.notSettled)
				}
				if status.Code(err) != status.Code(test.err) || client.Reason(err) != client.Reason(test.err) {
					t.Errorf("%v, want %v", err, test.err)
				}
			})
		})
	}
}

func TestCreateCustomerIsCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*second, cancel)
		began := time.Now()
		_, err := client.CreateCustomer(ctx, &script{errors: []error{unknown(time.Hour)}}, &enlistv1.CreateCustomerRequest{RequestId: requestID})
		var notSettled *client.NotSettledError
		if !errors.As(err, &notSettled) || client.Reason(err) != enlistv1.ErrorReason_OUTCOME_UNKNOWN || time.Since(began) != 10*second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestCreateCustomerSendsNothing(t *testing.T) {
	for name, request := range map[string]*enlistv1.CreateCustomerRequest{
		"without request_id": {},
		"not UTF-8":          {RequestId: requestID, Customer: &enlistv1.Customer{Id: "\xff"}},
	} {
		t.Run(name, func(t *testing.T) {
			customers := &script{}
			if _, err := client.CreateCustomer(t.Context(), customers, request); err == nil || len(customers.attempts) > 0 {
				t.Errorf("%v after %d attempts", err, len(customers.attempts))
			}
		})
	}
	if _, err := client.CreateCustomer(t.Context(), &script{}, &enlistv1.CreateCustomerRequest{ValidateOnly: true}); err != nil {
		t.Errorf("validate_only: %v", err)
	}
}
