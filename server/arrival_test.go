package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
)

// A gRPC body has a minute to arrive. A complete request has its own deadline.
func TestArrivalInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &admission{most: 1}
		info := &tap.Info{FullMethodName: "/enlist.v1.CustomerService/CreateCustomer"}
		arrive := func() (context.Context, context.CancelFunc) {
			stream, end := context.WithCancel(t.Context())
			ctx, err := a.arriving(stream, info)
			if err != nil {
				t.Fatal(err)
			}
			return ctx, end
		}
		slow, end := arrive()
		defer end()
		probe, endProbe := context.WithCancel(t.Context())
		defer endProbe()
		probe, err := a.arriving(probe, &tap.Info{FullMethodName: "/grpc.health.v1.Health/Check"})
		if err != nil {
			t.Fatal(err)
		}
		whole, endWhole := arrive()
		defer endWhole()
		_, err = a.admit(whole, nil, &grpc.UnaryServerInfo{FullMethod: info.FullMethodName}, func(ctx context.Context, _ any) (any, error) {
			time.Sleep(10 * time.Minute)
			return nil, ctx.Err()
		})
		if err != nil {
			t.Errorf("a call that came whole: %v", err)
		}
		if slow.Err() == nil || probe.Err() == nil {
			t.Error("a body that does not come is still waited for after ten minutes")
		}
	})
}

// With too little memory, the server reads no body over either transport. It still responds to
// health checks.
func TestNoArrivalWithoutMemory(t *testing.T) {
	a := &admission{most: 1, memory: &shortage{limit: 100}}
	a.memory.note(99)
	if _, err := a.arriving(t.Context(), &tap.Info{FullMethodName: "/enlist.v1.CustomerService/CreateCustomer"}); status.Code(err) != codes.Unavailable ||
		len(status.Convert(err).Details()) != 2 {
		t.Errorf("got %v", err)
	}
	if _, err := a.arriving(t.Context(), &tap.Info{FullMethodName: "/grpc.health.v1.Health/Watch"}); status.Code(err) != codes.Unavailable {
		t.Errorf("a watch: %v", err)
	}
	if _, err := a.arriving(t.Context(), &tap.Info{FullMethodName: "/grpc.health.v1.Health/Check"}); err != nil {
		t.Error(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/providers/x/customers", strings.NewReader("{}"))
	request.Header.Set("Content-Type", "application/json")
	a.readsInMemory(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if _, refused := readBody(w, request); refused == nil || refused.status != http.StatusServiceUnavailable || refused.failure.RetryAfter == 0 {
			t.Errorf("got %+v", refused)
		}
	})).ServeHTTP(httptest.NewRecorder(), request)
}
