package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth"
)

// chain returns the one interceptor chain of every call, over either transport. Its steps are
// telemetry, admission, recovery, deadline, authentication, authorization, admission by caller and
// provider, and validation. Every call ends with the given context.
func chain(
	ctx context.Context, seen telemetry, admission *admission, callTimeout func() time.Duration, who *auth.Authenticator, strangers *strangers,
) grpc.UnaryServerInterceptor {
	return compose(
		observe(seen), admission.admit, recoverPanic(seen.log), bound(ctx, callTimeout), authenticate(who, strangers),
		admission.divide(seen.connected), validate(seen.connected),
	)
}

func compose(interceptors ...grpc.UnaryServerInterceptor) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		for i := len(interceptors) - 1; i >= 0; i-- {
			next, interceptor := handler, interceptors[i]
			handler = func(ctx context.Context, request any) (any, error) { return interceptor(ctx, request, info, next) }
		}
		return handler(ctx, request)
	}
}

// observe gives the call its id, turns its error into a status, and reports the call to operators
// and auditors. The log line, the metrics and the span hold no values of the request. They hold
// only the names of the provider and the RPC, the request_id, and the outcome.
func observe(seen telemetry) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		c := newCall(ctx, info.FullMethod, request)
		ctx, ended := seen.begin(ctx, c)
		response, err := handler(withCall(ctx, c), request)
		if err == nil {
			// This fails only after headers were sent, which no code here does.
			_ = grpc.SetHeader(ctx, metadata.MD{callIDKey: {c.id}})
			seen.record(c, request, response, codes.OK, nil)
			ended(codes.OK, nil)
			return response, nil
		}
		// A failed call has only trailers. Otherwise no client would retry it.
		_ = grpc.SetTrailer(ctx, metadata.MD{callIDKey: {c.id}})
		if known, ok := status.FromError(err); ok && !isProvidersError(err) {
			seen.record(c, request, nil, known.Code(), nil)
			ended(known.Code(), nil) // an error of grpc's own services
			return nil, err
		}
		failure := asError(err, c.id)
		made := statusOf(failure, c.provider, c.requestID)
		_ = grpc.SetTrailer(ctx, pushback(ctx, made.Code(), retryAfter(failure)))
		seen.record(c, request, nil, made.Code(), failure)
		ended(made.Code(), failure)
		return nil, made.Err()
	}
}

func isProvidersError(err error) bool {
	var known *providers.Error
	return errors.As(err, &known)
}

// recoverPanic turns a panic into INTERNAL_ERROR. The value of the panic may hold anything, so
// the log gets only its type and place.
func recoverPanic(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (response any, err error) {
		defer func() {
			if panicked := recover(); panicked != nil {
				log.ErrorContext(ctx, "panic", "method", info.FullMethod, "type", fmt.Sprintf("%T", panicked), "stack", string(debug.Stack()))
				response, err = nil, fmt.Errorf("panic of type %T", panicked)
			}
		}()
		return handler(ctx, request)
	}
}

// recoverStream does the same for reflection and health watches, the only streams.
func recoverStream(log *slog.Logger) grpc.StreamServerInterceptor {
	return func(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
		defer func() {
			if panicked := recover(); panicked != nil {
				log.Error("panic", "method", info.FullMethod, "type", fmt.Sprintf("%T", panicked), "stack", string(debug.Stack()))
				err = status.Error(codes.Internal, providers.Defect)
			}
		}()
		return handler(service, stream)
	}
}

// bound sets a deadline for calls without one, and ends every call when the server ends. If the
// caller has a deadline, bound ends the call a little earlier. The caller then receives our
// reason instead of a timeout.
func bound(server context.Context, timeout func() time.Duration) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		deadline := time.Now().Add(timeout())
		if callers, has := ctx.Deadline(); has {
			deadline = callers.Add(-min(time.Until(callers)/10, 100*time.Millisecond))
		}
		ctx, end := context.WithDeadline(ctx, deadline)
		defer end()
		defer context.AfterFunc(server, end)()
		return handler(ctx, request)
	}
}

// validate refuses a request that cannot be decoded or that breaks rules of the contract. Its
// error names each problem. If the request names no configured provider, the error reports only
// that.
func validate(connected connections) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		message, ok := request.(proto.Message)
		if !ok {
			return handler(ctx, request)
		}
		wrong := undecodable(ctx)
		if wrong == nil {
			wrong = check(ctx, message, connected)
		}
		if wrong == nil {
			if c := callOf(ctx); c != nil {
				c.isValid = true
			}
			return handler(ctx, request)
		}
		if unknown := connected.checkName(ctx, message); unknown != nil {
			return nil, unknown
		}
		if body, overREST := ctx.Value(undecodableKey{}).(*requestBody); overREST {
			body.reported = true
		}
		return nil, wrong
	}
}
