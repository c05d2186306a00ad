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

// A call arrives before it is admitted: its headers are there, its body is being read.

type arrivalKey struct{}

// arriving runs when the headers of a gRPC call are there and nothing else of it. A body that does not come in time is waited for no longer, and
// with too little memory none is read, but for a probe. A call that is refused here has no line in the log: memory has one.
func (a *admission) arriving(ctx context.Context, info *tap.Info) (context.Context, error) {
	if a.memory.isShort() && info.FullMethodName != healthv1.Health_Check_FullMethodName {
		a.refusedForMemory.Add(1)
		return nil, statusOf(littleMemory(), "", "").Err()
	}
	ctx, giveUp := context.WithCancel(ctx)
	timer := time.AfterFunc(readWithin, giveUp)
	forget := context.AfterFunc(ctx, func() { timer.Stop() }) // a call that ends before it is whole
	return context.WithValue(ctx, arrivalKey{}, func() { timer.Stop(); forget() }), nil
}

// arrived says that a call is whole: from now on its own deadline holds.
func arrived(ctx context.Context) {
	if stop, ok := ctx.Value(arrivalKey{}).(func()); ok {
		stop()
	}
}

// errLittleMemory ends the reading of a body.
var errLittleMemory = errors.New("too little memory")

// readsInMemory stops reading bodies when there is too little memory.
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

// Read fails with errLittleMemory.
func (b arrivingBody) Read(part []byte) (int, error) {
	if b.admission.memory.isShort() {
		return 0, errLittleMemory
	}
	return b.ReadCloser.Read(part)
}
