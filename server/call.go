package server

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"

	"github.com/enlist-dev/enlist/server/auth"
)

// callIDKey is the metadata key, and REST header, that identifies one call in logs. Callers may
// send their own id.
const callIDKey = "x-request-id"

// call is what the server knows of a call in progress. Its log line and its error show it.
type call struct {
	id           string
	method       string // as the log shows it
	service, rpc string
	transport    string
	provider     string // empty if it cannot be a provider's name
	requestID    string
	caller       *auth.Caller // nil until authenticated
	isValid      bool         // the caller may make the call, and its request keeps the rules
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the call in progress, or nil outside a call.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// noteRequestID records the request_id once it is settled.
func noteRequestID(ctx context.Context, requestID string) {
	if c := callOf(ctx); c != nil {
		c.requestID = requestID
	}
}

var callID = regexp.MustCompile(`^[A-Za-z0-9._:/-]{1,128}$`)

// callIDOf returns the caller's id for the call if it is fit for a log. Otherwise it returns a
// new id.
func callIDOf(ctx context.Context) string {
	if values := metadata.ValueFromIncomingContext(ctx, callIDKey); len(values) > 0 && callID.MatchString(values[0]) {
		return values[0]
	}
	return uuid.NewString()
}

// newCall returns the call of a full method, /service/rpc.
func newCall(ctx context.Context, method string, request any) *call {
	c := &call{id: callIDOf(ctx), method: method, transport: transportOf(ctx)}
	c.service, c.rpc, _ = strings.Cut(strings.TrimPrefix(method, "/"), "/")
	if named, ok := request.(interface{ GetProvider() string }); ok && providerName.MatchString(named.GetProvider()) {
		c.provider = named.GetProvider()
	}
	return c
}

// providerName matches a provider's name, or the wildcard for all providers.
var providerName = regexp.MustCompile(`^([a-z][a-z0-9-]{0,62}|-)$`)

// isInfrastructure reports whether a call is a health check or a call to another of grpc's own
// services.
func (c *call) isInfrastructure() bool { return strings.HasPrefix(c.service, "grpc.") }

// callerOf returns the caller. Before authentication it returns a caller without permissions.
func callerOf(ctx context.Context) *auth.Caller {
	if c := callOf(ctx); c != nil && c.caller != nil {
		return c.caller
	}
	return &auth.Caller{}
}

// principalOf returns the name of the caller. It is empty without authentication.
func principalOf(ctx context.Context) string { return callerOf(ctx).Principal }
