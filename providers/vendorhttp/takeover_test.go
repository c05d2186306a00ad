package vendorhttp

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// A client that takes over shares the limits with the requests in progress at the earlier one, also
// after the limits changed.
func TestTakeOver(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/slow" {
			entered <- struct{}{}
			<-release
		}
	}))
	defer server.Close()
	newClient := func(most int32) *Client {
		client, err := NewClient(&configv1.Provider{Name: "test", MaxInFlight: most}, server.URL)
		if err != nil {
			t.Fatal(err)
		}
		return client
	}
	earlier, same, wider := newClient(1), newClient(1), newClient(2)
	same.TakeOver(earlier)
	wider.TakeOver(earlier)
	var calling sync.WaitGroup
	calling.Go(func() {
		if _, err := earlier.do(t.Context(), &Request{Method: http.MethodGet, Path: "/slow"}); err != nil {
			t.Error(err)
		}
	})
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := same.do(ctx, &Request{Method: http.MethodGet, Path: "/"}); !providers.IsReason(err, enlistv1.ErrorReason_OVERLOADED) {
		t.Errorf("beyond max_in_flight: %v", err)
	}
	wider.Limits().SetLimits(LimitsOf(&configv1.Provider{MaxInFlight: 2}))
	if _, err := wider.do(t.Context(), &Request{Method: http.MethodGet, Path: "/"}); err != nil {
		t.Errorf("under another limit: %v", err)
	}
	if now := same.Health(nil).GetInFlight(); now != 0 {
		t.Errorf("the health of the earlier client shows: %d in flight", now)
	}
	close(release)
	calling.Wait()
}
