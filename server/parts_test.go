package server_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// One caller at one vendor that hangs gets at most half of the server. Other callers, other
// providers and operators go on.
func TestParts(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	withAuth := guarded(t, issuer)
	g, change := gate(func(config *configv1.Config) { config.Limits.MaxCalls = 20 })
	r := start(t, func(config *configv1.Config, connected map[string]providers.Provider) {
		withAuth(config, connected)
		change(config, connected)
	})
	customers, operations := enlistv1.NewCustomerServiceClient(r.grpc), enlistv1.NewOperationServiceClient(r.grpc)
	as := func(key string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+key)
	}
	get := func(key, provider string) codes.Code {
		_, err := customers.GetCustomer(as(key), &enlistv1.GetCustomerRequest{Provider: provider, CustomerId: "X"})
		return status.Code(err)
	}
	var calls sync.WaitGroup
	refused := make(chan codes.Code, 30)
	for range 30 {
		calls.Go(func() {
			if code := get("all-key", "opencell"); code != codes.NotFound && code != codes.OK {
				refused <- code
			}
		})
	}
	for range 10 {
		<-g.entered
	}
	for range 20 {
		select {
		case code := <-refused:
			if code != codes.Unavailable {
				t.Errorf("got %s", code)
			}
		case <-g.entered:
			t.Fatal("one caller has more than half of the calls")
		case <-time.After(20 * time.Second):
			t.Fatal("calls beyond the part of a caller wait")
		}
	}
	for range 5 {
		if code := get("other-key", "caliq"); code != codes.NotFound && code != codes.InvalidArgument {
			t.Errorf("another caller at another provider got %s", code)
		}
		if code := get("other-key", "opencell"); code != codes.Unavailable {
			t.Errorf("another caller at the provider that hangs got %s", code)
		}
		if _, err := operations.ListOperations(as("operator-key"), &enlistv1.ListOperationsRequest{Provider: "opencell"}); err != nil {
			t.Errorf("an operator got %v", err)
		}
	}
	close(g.release)
	calls.Wait()
}
