package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth"
)

// chain returns the one chain that every call passes, over either transport: access log, recovery, deadline, who calls and whether that is
// permitted, validation. Every call ends with the given context.
func chain(
	ctx context.Context, log *slog.Logger, callTimeout time.Duration, who *auth.Authenticator, connected connections,
) grpc.UnaryServerInterceptor {
	return compose(observe(log), recoverPanic(log), bound(ctx, callTimeout), authenticate(who), validate(connected))
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

// observe gives the call its id, turns its error into a status, and writes its one log line: no values of the request, only the
// names of provider and RPC, the request_id, and how it ended.
func observe(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		start := time.Now()
		c := &call{id: callIDOf(ctx), transport: transportOf(ctx)}
		if named, ok := request.(interface{ GetProvider() string }); ok && providerName.MatchString(named.GetProvider()) {
			c.provider = named.GetProvider()
		}
		_ = grpc.SetHeader(ctx, metadata.Pairs(callIDKey, c.id)) // fails only after headers were sent, which nothing here does
		response, err := handler(withCall(ctx, c), request)
		if err == nil {
			logCall(ctx, log, info.FullMethod, c, codes.OK, nil, start)
			return response, nil
		}
		if known, ok := status.FromError(err); ok && !isProvidersError(err) {
			logCall(ctx, log, info.FullMethod, c, known.Code(), nil, start) // of grpc's own services
			return nil, err
		}
		failure := asError(err, c.id)
		made := statusOf(failure, c.provider, c.requestID)
		logCall(ctx, log, info.FullMethod, c, made.Code(), failure, start)
		return nil, made.Err()
	}
}

func isProvidersError(err error) bool {
	var known *providers.Error
	return errors.As(err, &known)
}

func logCall(ctx context.Context, log *slog.Logger, method string, c *call, code codes.Code, failure *providers.Error, start time.Time) {
	level := slog.LevelInfo
	switch {
	case strings.HasPrefix(method, "/grpc."):
		level = slog.LevelDebug // probes and reflection
	case code == codes.Internal || code == codes.Unknown:
		level = slog.LevelError
	case code == codes.Unavailable || code == codes.Aborted || code == codes.ResourceExhausted:
		level = slog.LevelWarn
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attributes := []slog.Attr{
		slog.String("method", method), slog.String("transport", c.transport), slog.String("code", code.String()),
		slog.Float64("duration_ms", float64(time.Since(start).Microseconds())/1000), slog.String("call_id", c.id),
	}
	if c.caller != nil && c.caller.Principal != "" {
		attributes = append(attributes, slog.String("principal", c.caller.Principal))
	}
	if failure == nil || c.provider != "" {
		attributes = append(attributes, slog.String("provider", c.provider))
	}
	if c.requestID != "" {
		attributes = append(attributes, slog.String("request_id", c.requestID))
	}
	if failure != nil {
		attributes = append(attributes, slog.String("reason", failure.Reason.String()))
		if failure.Stage != enlistv1.SendStage_SEND_STAGE_UNSPECIFIED {
			attributes = append(attributes, slog.String("send_stage", failure.Stage.String()))
		}
		if failure.Vendor != nil {
			attributes = append(attributes, slog.Int("vendor_status", int(failure.Vendor.GetHttpStatus())))
		}
		if failure.Cause != nil {
			attributes = append(attributes, slog.String("cause", failure.Cause.Error()))
		}
	}
	log.LogAttrs(ctx, level, "call", attributes...)
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
				err = status.Error(codes.Internal, "a defect in Enlist; its operator finds the cause in the log")
			}
		}()
		return handler(service, stream)
	}
}

// bound gives a deadline to calls that come without one, and ends every call when the server does. A caller's own deadline ends the call a
// little early, so that the caller hears why from us, and not nothing from its own clock.
func bound(server context.Context, timeout time.Duration) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		ctx, end := context.WithCancel(ctx)
		defer end()
		defer context.AfterFunc(server, end)()
		deadline := time.Now().Add(timeout)
		if callers, has := ctx.Deadline(); has {
			deadline = callers.Add(-min(time.Until(callers)/10, 100*time.Millisecond))
		}
		ctx, cancel := context.WithDeadline(ctx, deadline)
		defer cancel()
		return handler(ctx, request)
	}
}

// validate refuses a request that breaks a rule of the contract, and names every one that it breaks.
func validate(connected connections) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		if message, ok := request.(proto.Message); ok {
			if err := check(ctx, message, connected); err != nil {
				return nil, err
			}
		}
		return handler(ctx, request)
	}
}
