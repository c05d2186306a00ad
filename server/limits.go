package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// maxHeaders bounds the headers of a request, in bytes.
	maxHeaders = 64 << 10
	// readWithin bounds the time to read a REST request. writeWithin bounds the time to write its
	// response, from the first byte.
	readWithin, writeWithin = time.Minute, time.Minute
	// streamWorkers is the number of goroutines that gRPC keeps for requests. A new goroutine
	// must grow its stack first. If these do not suffice, gRPC starts more.
	streamWorkers = 64
)

// grpcLimits returns the options that bound a gRPC connection. A connection lasts no longer than
// maxAge, so that callers spread over replicas that started later. The grace period after that is
// longer than the longest call.
func grpcLimits(limits *configv1.Limits) []grpc.ServerOption {
	const maxIdle, maxAge, grace = 5 * time.Minute, 30 * time.Minute, 15 * time.Minute
	return []grpc.ServerOption{
		grpc.NumStreamWorkers(streamWorkers),
		grpc.MaxRecvMsgSize(maxBody + maxFile()),
		grpc.MaxConcurrentStreams(uint32(limits.GetMaxStreams())), //nolint:gosec // not negative
		grpc.MaxHeaderListSize(maxHeaders),
		grpc.ConnectionTimeout(10 * time.Second),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: maxIdle, MaxConnectionAge: maxAge, MaxConnectionAgeGrace: grace, Time: 2 * time.Minute, Timeout: 20 * time.Second,
		}),
	}
}

// atMost limits how many connections the listener has open at a time.
func atMost(listener net.Listener, limits *configv1.Limits) net.Listener {
	return netutil.LimitListener(listener, int(limits.GetMaxConnections()))
}

// limitWriteTime limits the time for writing each response of a handler. The time begins with the
// first byte of the response. A call may last long, but its response may not.
func limitWriteTime(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		// This clears the deadline of the previous response. It fails in tests only.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		handler.ServeHTTP(&timedWriter{ResponseWriter: w}, request)
	})
}

type timedWriter struct {
	http.ResponseWriter
	begun sync.Once
}

// Write starts the time limit at the first byte, and writes to the response.
func (a *timedWriter) Write(part []byte) (int, error) {
	a.begun.Do(func() { _ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(time.Now().Add(writeWithin)) })
	return a.ResponseWriter.Write(part)
}

// Unwrap returns the wrapped ResponseWriter.
func (a *timedWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// admission bounds the calls in progress, and counts the calls that it refuses.
type admission struct {
	most                              int64
	memory                            *shortage
	streams                           streams
	parts                             parts
	calls                             atomic.Int64
	refusedForCalls, refusedForMemory atomic.Int64
	refusedForParts                   atomic.Int64
}

// admit refuses a call when too many are in progress or memory is short. It never refuses calls
// to grpc's own services, such as health checks.
func (a *admission) admit(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	arrived(ctx)
	if strings.HasPrefix(info.FullMethod, "/grpc.") {
		return handler(ctx, request)
	}
	defer a.calls.Add(-1)
	if a.calls.Add(1) > room(info.FullMethod, a.most) {
		a.refusedForCalls.Add(1)
		return nil, overloaded(fmt.Sprintf("Enlist has reached its limit of calls in progress (limits.max_calls, %d)", a.most))
	}
	if a.memory.isShort() {
		a.refusedForMemory.Add(1)
		return nil, littleMemory()
	}
	return handler(providers.WithCall(ctx), request)
}
