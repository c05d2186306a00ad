package vendorhttp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// At most the permitted number of requests is in progress. A request that gets no slot in time
// fails, and nothing of it is sent.
func TestMaxInFlight(t *testing.T) {
	var now, most, all atomic.Int32
	release := make(chan struct{})
	entered := make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		all.Add(1)
		entered <- struct{}{}
		<-release
		now.Add(-1)
	}))
	defer server.Close()
	client, err := NewClient(&configv1.Provider{Name: "test", MaxInFlight: 2}, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if _, err := client.do(t.Context(), &Request{Method: http.MethodPost, Path: "/x", Creates: true}); err != nil {
				t.Error(err)
			}
		})
	}
	<-entered
	<-entered
	for reason, end := range map[enlistv1.ErrorReason]func(context.Context) (context.Context, context.CancelFunc){
		enlistv1.ErrorReason_OVERLOADED: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Millisecond)
		},
		enlistv1.ErrorReason_VENDOR_UNAVAILABLE: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		},
	} {
		ctx, cancel := end(t.Context())
		_, err := client.do(ctx, &Request{Method: http.MethodPost, Path: "/x", Creates: true})
		cancel()
		var known *providers.Error
		if !errors.As(err, &known) || known.Reason != reason || known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || known.RetryAfter == 0 {
			t.Errorf("got %v, want %s", err, reason)
		}
	}
	close(release)
	group.Wait()
	if most.Load() != 2 || all.Load() != 6 {
		t.Errorf("%d at once, %d in all; want 2 and 6", most.Load(), all.Load())
	}
}
