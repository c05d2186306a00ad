package server

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"
)

// callIDKey is the metadata key, and REST header, that names one call in logs; callers may bring their own.
const callIDKey = "x-request-id"

// call is what is known of the call under way; it goes into its log line and its error.
type call struct {
	id           string
	method       string // as it is logged
	service, rpc string
	transport    string
	provider     string
	requestID    string
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// noteCall records the request_id once it is settled.
func noteCall(ctx context.Context, requestID string) {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
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
	if named, ok := request.(interface{ GetProvider() string }); ok {
		c.provider = named.GetProvider()
	}
	return c
}

// isInfrastructure reports whether a call is a probe, or one of grpc's other own services.
func (c *call) isInfrastructure() bool { return strings.HasPrefix(c.service, "grpc.") }

// principalOf returns the name of the authenticated caller; empty while there is no authentication.
func principalOf(context.Context) string { return "" }
