package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth"
)

const authorizationKey = "authorization"

// authenticate finds the caller, and refuses a caller without permission for the call. A health
// check needs no credentials.
func authenticate(who *auth.Authenticator, strangers *strangers) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		if isOpen(info.FullMethod) {
			strangers.authenticated(ctx)
			return handler(ctx, request)
		}
		caller, err := callerBy(ctx, who)
		if err != nil {
			return nil, err
		}
		strangers.authenticated(ctx)
		if c := callOf(ctx); c != nil {
			c.caller = caller
		}
		if err := authorize(caller, info.FullMethod, request); err != nil {
			return nil, err
		}
		return handler(ctx, request)
	}
}

// authenticateStream requires credentials for reflection. It logs each refusal.
func authenticateStream(who *auth.Authenticator, strangers *strangers, log *slog.Logger) grpc.StreamServerInterceptor {
	return func(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		if isOpen(info.FullMethod) {
			strangers.authenticated(stream.Context())
			return handler(service, stream)
		}
		ctx, start := stream.Context(), time.Now()
		if _, err := callerBy(ctx, who); err != nil {
			c := newCall(ctx, knownStream(service, info.FullMethod), nil)
			failure := asError(err, c.id)
			made := statusOf(failure, "", "")
			logCall(ctx, log, c, made.Code(), failure, start)
			return made.Err()
		}
		strangers.authenticated(ctx)
		return handler(service, stream)
	}
}

// knownStream keeps unknown method names, which are the caller's text, out of the log.
func knownStream(service any, method string) string {
	if service == nil {
		return "OTHER"
	}
	return method
}

func isOpen(method string) bool {
	return strings.HasPrefix(method, "/"+healthv1.Health_ServiceDesc.ServiceName+"/")
}

func callerBy(ctx context.Context, who *auth.Authenticator) (*auth.Caller, error) {
	return who.Authenticate(ctx, metadata.ValueFromIncomingContext(ctx, authorizationKey), certificateOf(ctx))
}

// certificateOf returns the verified client certificate of a call's connection, or nil if it has
// none.
func certificateOf(ctx context.Context) *x509.Certificate {
	if from, ok := peer.FromContext(ctx); ok {
		if secured, ok := from.AuthInfo.(credentials.TLSInfo); ok {
			return verified(&secured.State)
		}
	}
	return nil
}

func verified(state *tls.ConnectionState) *x509.Certificate {
	if state == nil || len(state.VerifiedChains) == 0 || len(state.VerifiedChains[0]) == 0 {
		return nil
	}
	return state.VerifiedChains[0][0]
}

// requireEveryProvider requires credentials for a page of the REST port that shows every
// provider. The caller must have access to all providers.
func (e restErrors) requireEveryProvider(who *auth.Authenticator, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		caller, err := callerOver(request, who)
		if err == nil && !caller.SeesAll() {
			err = notPermitted("Only a caller with access to every provider may read this page.")
		}
		if err != nil {
			e.refuseCaller(w, request, err)
			return
		}
		next.ServeHTTP(w, request)
	})
}

// callerOver finds the caller of an HTTP request. If the server requires no credentials, it
// refuses a Host header other than localhost or an IP address. A page in a local browser could
// give this machine a name of the page's own.
func callerOver(request *http.Request, who *auth.Authenticator) (*auth.Caller, error) {
	if who.AllowsAnonymous() && !isLiteral(request.Host) {
		return nil, &providers.Error{
			Reason: enlistv1.ErrorReason_NOT_PERMITTED,
			Message: "Without the setting auth, Enlist accepts only localhost or an IP address as host, to refuse web pages. " +
				"Use http://127.0.0.1:PORT. A proxy must send such a Host header, or the operator must set auth.",
		}
	}
	return who.Authenticate(request.Context(), request.Header.Values(authorizationKey), verified(request.TLS))
}

// refuseCaller refuses a request because of its caller.
func (e restErrors) refuseCaller(w http.ResponseWriter, request *http.Request, err error) {
	failure := asError(err, "")
	e.refuse(w, request, &refusal{status: runtime.HTTPStatusFromCode(codeOf(failure.Reason)), failure: failure})
}
