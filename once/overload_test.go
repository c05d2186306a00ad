package once_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// overHTTP is a creation that sends a real HTTP request.
type overHTTP struct {
	*creation
	client *vendorhttp.Client
}

func (c overHTTP) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	call := &vendorhttp.Request{Method: http.MethodPost, Path: "/", Body: []byte("x"), Creates: true}
	return vendorhttp.Call(ctx, c.client, call, func(*vendorhttp.Response) (*enlistv1.CreateCustomerResponse, error) { return c.response(), nil })
}

type overHTTPVendor struct {
	*vendor
	client *vendorhttp.Client
}

func (v overHTTPVendor) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	return overHTTP{&creation{vendor: v.vendor, request: request}, v.client}, nil
}

// A creation waits for a free slot at the provider only until its caller's deadline. After the
// request is sent, the vendor's own timeout ends it, and not the caller's deadline. This test runs
// in real time, because its HTTP connections are outside the fake clock. So it runs alone, and its
// deadlines leave time for a slow disk.
func TestDeadlinesOverHTTP(t *testing.T) {
	const deadline = 2 * time.Second
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held }))
	defer server.Close()
	defer release()
	client, err := vendorhttp.NewClient(&configv1.Provider{Name: "v", MaxInFlight: 1}, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, newVendor(enforced, time.Second))
	f.Close(t.Context())
	f.Service = once.New(f.journal, map[string]providers.Provider{"v": overHTTPVendor{f.vendor, client}}, f.options, slog.New(slog.DiscardHandler))
	sent, queued := request("sent"), request("queued")
	_, err = f.create(sent, deadline)
	f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	_, err = f.create(queued, deadline)
	if failure := f.fails(err, enlistv1.ErrorReason_OVERLOADED); failure.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || failure.RetryAfter == 0 {
		t.Errorf("got %+v", failure)
	}
	f.inState(queued, enlistv1.OperationState_OPERATION_STATE_NOT_SENT)
	release()
	f.comesTo(sent, enlistv1.OperationState_OPERATION_STATE_SUCCEEDED)
}
