package server

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"

	"github.com/enlist-dev/enlist/server/auth"
)

// callIDKey is the metadata key, and REST header, that names one call in logs; callers may bring their own.
const callIDKey = "x-request-id"

// call is what is known of the call under way; it goes into its log line and its error.
type call struct {
	id           string
	method       string // as it is logged
	service, rpc string
	transport    string
	provider     string // empty when it is none that can be
	requestID    string
	caller       *auth.Caller // nil until it is known
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the call under way; nil for none.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// noteCall records the request_id once it is settled.
func noteCall(ctx context.Context, requestID string) {
	if c := callOf(ctx); c != nil {
		c.requestID = requestID
	}
}

var callID = regexp.MustCompile(`^[A-Za-z0-9._:/-]{1,128}$`)

// callIDOf returns the caller's id for the call when it is fit for a log, and a new one otherwise.
func callIDOf(ctx context.Context) string {
	if values := metadata.ValueFromIncomingContext(ctx, callIDKey); len(values) > 0 && callID.MatchString(values[0]) {
		return values[0]
	}
	return uuid.NewString()
}

// newCall begins what is known of a call of a full method, /service/rpc.
func newCall(ctx context.Context, method string, request any) *call {
	c := &call{id: callIDOf(ctx), method: method, transport: transportOf(ctx)}
	c.service, c.rpc, _ = strings.Cut(strings.TrimPrefix(method, "/"), "/")
	if named, ok := request.(interface{ GetProvider() string }); ok && providerName.MatchString(named.GetProvider()) {
		c.provider = named.GetProvider()
	}
	return c
}

// providerName is what a provider can be called, or all of them.
var providerName = regexp.MustCompile(`^([a-z][a-z0-9-]{0,62}|-)$`)

// isInfrastructure reports whether a call is a probe, or one of grpc's other own services.
func (c *call) isInfrastructure() bool { return strings.HasPrefix(c.service, "grpc.") }

// callerOf returns who calls. Before that is known it is nobody, who may do nothing.
func callerOf(ctx context.Context) *auth.Caller {
	if c := callOf(ctx); c != nil && c.caller != nil {
		return c.caller
	}
	return &auth.Caller{}
}

// principalOf returns the name of the caller; empty without authentication.
func principalOf(ctx context.Context) string { return callerOf(ctx).Principal }
