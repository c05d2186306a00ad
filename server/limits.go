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
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// maxHeaders bounds the headers of a call, in bytes.
	maxHeaders = 64 << 10
	// readWithin bounds the time for a request over REST, and writeWithin that for its answer, from when it is ready.
	readWithin, writeWithin = time.Minute, time.Minute
	// streamWorkers is how many goroutines stay to answer gRPC calls with, since one that is new must grow its stack first. There are more
	// where they do not suffice.
	streamWorkers = 64
)

// grpcLimits are what bounds a gRPC connection. It lasts no longer than maxAge, so that callers spread over replicas that were started since;
// the grace after that is more than the longest call has.
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

// atMost accepts no more connections than that at a time.
func atMost(listener net.Listener, limits *configv1.Limits) net.Listener {
	return netutil.LimitListener(listener, int(limits.GetMaxConnections()))
}

// answersInTime gives the answers of a handler a time to be read in, which begins when they do: a call may last long, its answer may not.
func answersInTime(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // that of the answer before it; fails in tests only
		handler.ServeHTTP(&answer{ResponseWriter: w}, request)
	})
}

type answer struct {
	http.ResponseWriter
	begun sync.Once
}

// Write begins the answer.
func (a *answer) Write(part []byte) (int, error) {
	a.begun.Do(func() { _ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(time.Now().Add(writeWithin)) })
	return a.ResponseWriter.Write(part)
}

// Unwrap returns what the answer is written to.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// admission bounds the calls that are under way, and counts those that it has refused.
type admission struct {
	most                              int64
	memory                            *memory
	streams                           streams
	calls                             atomic.Int64
	refusedForCalls, refusedForMemory atomic.Int64
}

// admit refuses a call when there are as many as there may be, or too little memory. Health is told all the same.
func (a *admission) admit(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	arrived(ctx)
	if strings.HasPrefix(info.FullMethod, "/grpc.") {
		return handler(ctx, request)
	}
	defer a.calls.Add(-1)
	if a.calls.Add(1) > a.most {
		a.refusedForCalls.Add(1)
		return nil, overloaded(fmt.Sprintf("Enlist has reached its limit of calls in progress (limits.max_calls, %d)", a.most))
	}
	if a.memory.isShort() {
		a.refusedForMemory.Add(1)
		return nil, littleMemory()
	}
	return handler(ctx, request)
}

func littleMemory() *providers.Error { return overloaded("Enlist has too little free memory") }

func overloaded(why string) *providers.Error {
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_OVERLOADED,
		Message:    why + ". It did nothing for this call. " + providers.CallAgain,
		RetryAfter: time.Second,
	}
}
