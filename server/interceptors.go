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

// chain returns the one chain that every call passes, over either transport: what operators see, admission, recovery, deadline, who calls and
// whether that is permitted, validation. Every call ends with the given context.
func chain(ctx context.Context, seen telemetry, admission *admission, callTimeout time.Duration, who *auth.Authenticator) grpc.UnaryServerInterceptor {
	return compose(
		observe(seen), admission.admit, recoverPanic(seen.log), bound(ctx, callTimeout), authenticate(who), validate(seen.connected),
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

// observe gives the call its id, turns its error into a status, and tells operators of it: in its one log line, in metrics and in a span
// there are no values of the request, only the names of provider and RPC, the request_id, and how it ended.
func observe(seen telemetry) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		c := newCall(ctx, info.FullMethod, request)
		ctx, ended := seen.begin(ctx, c)
		response, err := handler(withCall(ctx, c), request)
		if err == nil {
			_ = grpc.SetHeader(ctx, metadata.MD{callIDKey: {c.id}}) // fails only after headers were sent, which nothing here does
			ended(codes.OK, nil)
			return response, nil
		}
		_ = grpc.SetTrailer(ctx, metadata.MD{callIDKey: {c.id}}) // a call that fails has trailers only, or no client would retry it
		if known, ok := status.FromError(err); ok && !isProvidersError(err) {
			ended(known.Code(), nil) // of grpc's own services
			return nil, err
		}
		failure := asError(err, c.id)
		made := statusOf(failure, c.provider, c.requestID)
		_ = grpc.SetTrailer(ctx, pushback(ctx, made.Code(), retryAfter(failure)))
		ended(made.Code(), failure)
		return nil, made.Err()
	}
}

func isProvidersError(err error) bool {
	var known *providers.Error
	return errors.As(err, &known)
}

// recoverPanic turns a panic into INTERNAL_ERROR. The panic's value may hold anything, so only its type and place are logged.
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

// recoverStream does the same for reflection and health watching, the only streams there are.
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

// bound gives a deadline to calls that come without one, and ends every call when the server does. A caller's own deadline ends the call a
// little early, so that the caller hears why from us, and not nothing from its own clock.
func bound(server context.Context, timeout time.Duration) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		deadline := time.Now().Add(timeout)
		if callers, has := ctx.Deadline(); has {
			deadline = callers.Add(-min(time.Until(callers)/10, 100*time.Millisecond))
		}
		ctx, end := context.WithDeadline(ctx, deadline)
		defer end()
		defer context.AfterFunc(server, end)()
		return handler(ctx, request)
	}
}

// validate refuses a request that cannot be decoded or that breaks rules of the contract; its error
// names each of them. A request that is refused and names no configured provider is told that alone.
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
