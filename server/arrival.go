package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/tap"
)

// A call arrives before the server admits it. Its headers are there, and the server reads its
// body.

type arrivalKey struct{}

// arriving runs when the server has only the headers of a gRPC call. It bounds the time to wait
// for the body. With too little memory, it refuses every call except a health check. The log has
// no line for such a refusal, but the memory watch logs the shortage.
func (a *admission) arriving(ctx context.Context, info *tap.Info) (context.Context, error) {
	if a.memory.isShort() && info.FullMethodName != healthv1.Health_Check_FullMethodName {
		a.refusedForMemory.Add(1)
		return nil, statusOf(littleMemory(), "", "").Err()
	}
	ctx, giveUp := context.WithCancel(ctx)
	timer := time.AfterFunc(readWithin, giveUp)
	// The call may end before its body is complete.
	forget := context.AfterFunc(ctx, func() { timer.Stop() })
	return context.WithValue(ctx, arrivalKey{}, func() { timer.Stop(); forget() }), nil
}

// arrived reports that the request is complete. From now on its own deadline holds.
func arrived(ctx context.Context) {
	if stop, ok := ctx.Value(arrivalKey{}).(func()); ok {
		stop()
	}
}

// errLittleMemory ends the reading of a body.
var errLittleMemory = errors.New("too little memory")

// readsInMemory stops the reading of bodies when memory is short.
func (a *admission) readsInMemory(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		request.Body = arrivingBody{request.Body, a}
		handler.ServeHTTP(w, request)
	})
}

type arrivingBody struct {
	io.ReadCloser
	admission *admission
}

// Read fails with errLittleMemory when memory is short.
func (b arrivingBody) Read(part []byte) (int, error) {
	if b.admission.memory.isShort() {
		return 0, errLittleMemory
	}
	return b.ReadCloser.Read(part)
}
