package server

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

// pushbackKey is the trailer that tells a gRPC client with a retry policy when to retry (gRFC A6). RetryInfo says the same to programs.
const pushbackKey = "grpc-retry-pushback-ms"

// pushback is RetryInfo's delay in milliseconds. Where there is none, or the caller's deadline comes first, a client that would retry is told not
// to, since it would then hear of its deadline and not of the error.
func pushback(ctx context.Context, code codes.Code, retryAfter time.Duration) metadata.MD {
	deadline, has := ctx.Deadline()
	switch {
	case retryAfter > 0 && (!has || time.Until(deadline) > retryAfter):
		return metadata.Pairs(pushbackKey, strconv.FormatInt((retryAfter+time.Millisecond-1).Milliseconds(), 10))
	case retryAfter > 0, code == codes.Unavailable, code == codes.Aborted:
		return metadata.Pairs(pushbackKey, "-1") // not with codes that no policy retries: clients count it as a failure
	}
	return nil
}
