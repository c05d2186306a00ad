package server_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// Health watches need no credentials. A connection has a few streams for them, and a stream is
// free again when it ends.
func TestStreamsAreFew(t *testing.T) {
	r := start(t, nil)
	watch := func(ctx context.Context, connection *grpc.ClientConn) error {
		stream, err := healthv1.NewHealthClient(connection).Watch(ctx, &healthv1.HealthCheckRequest{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = stream.Recv()
		return err
	}
	ctx, end := context.WithCancel(t.Context())
	for range 8 {
		if err := watch(ctx, r.grpc); err != nil {
			t.Fatal(err)
		}
	}
	if err := watch(ctx, r.grpc); status.Code(err) != codes.Unavailable {
		t.Errorf("one too many: %v", err)
	}
	other, err := grpc.NewClient(r.grpcTarget, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if err := watch(ctx, other); err != nil {
		t.Errorf("another connection: %v", err)
	}
	end()
	for deadline := time.Now().Add(10 * time.Second); watch(t.Context(), r.grpc) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("streams that have ended are still counted")
		}
	}
}
