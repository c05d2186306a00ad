package server

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

// pushbackKey is the trailer that tells a gRPC client with a retry policy when to retry (gRFC
// A6). RetryInfo tells programs the same.
const pushbackKey = "grpc-retry-pushback-ms"

// pushback returns RetryInfo's delay in milliseconds. Without a delay, or if the caller's
// deadline comes first, it tells the client not to retry. Otherwise the client would report its
// deadline instead of the error.
func pushback(ctx context.Context, code codes.Code, retryAfter time.Duration) metadata.MD {
	deadline, has := ctx.Deadline()
	switch {
	case retryAfter > 0 && (!has || time.Until(deadline) > retryAfter):
		return metadata.Pairs(pushbackKey, strconv.FormatInt((retryAfter+time.Millisecond-1).Milliseconds(), 10))
	case retryAfter > 0, code == codes.Unavailable, code == codes.Aborted:
		// Other codes get no pushback. No policy retries them, so clients would count it as a failure.
		return metadata.Pairs(pushbackKey, "-1")
	}
	return nil
}
