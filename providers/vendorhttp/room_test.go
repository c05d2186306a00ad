package vendorhttp

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const largeSize = 2 * fromRoom

// roomFor returns a room in which a number of responses of largeSize may be decoded.
func roomFor(responses int64) *room {
	r := newRoom(0)
	r.mostDecoded = responses * perByte * largeSize
	r.decoded = semaphore.NewWeighted(r.mostDecoded)
	return r
}

// isFree reports whether nothing holds memory of a room.
func (r *room) isFree() bool {
	free := r.reserved.Load() == 0 && r.decoded.TryAcquire(r.mostDecoded) && r.bodies.TryAcquire(r.mostOfBodies)
	if free {
		r.decoded.Release(r.mostDecoded)
		r.bodies.Release(r.mostOfBodies)
	}
	return free
}

// largeResponses serves a large response with its length at /measured and without at /large, and a
// small one elsewhere.
func largeResponses(t *testing.T) string {
	large := strings.Repeat("x", largeSize)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/measured":
			w.Header().Set("Content-Length", strconv.Itoa(len(large)))
			_, _ = io.WriteString(w, large)
		case "/large":
			_, _ = io.WriteString(w, large)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Large responses that are decoded at the same time use at most their room. Small ones use none. A
// wait for room ends with the context, and says nothing about the vendor.
func TestRoomForResponses(t *testing.T) {
	const most = 3
	client := testClient(t, largeResponses(t), time.Second)
	client.room = roomFor(most)
	client.breaker = newBreaker(&configv1.Provider{Breaker: &configv1.Breaker{MinimumCalls: 1}})
	understanding, release := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	for i := range most {
		path := []string{"/large", "/measured"}[i%2]
		group.Go(func() {
			if _, err := Call(t.Context(), client, &Request{Method: http.MethodGet, Path: path}, func(*Response) (int, error) {
				understanding <- struct{}{}
				<-release
				return 0, nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	for range most {
		<-understanding
	}
	for reason, more := range map[enlistv1.ErrorReason]*Request{
		enlistv1.ErrorReason_OVERLOADED:      {Method: http.MethodGet, Path: "/large"},
		enlistv1.ErrorReason_OUTCOME_UNKNOWN: {Method: http.MethodPost, Path: "/large", Creates: true},
	} {
		if _, err := client.do(t.Context(), more); !providers.IsReason(err, reason) {
			t.Errorf("one more: %v, want %s", err, reason)
		}
		if got := client.Health(nil); got.GetBreaker() != closed || got.GetLastFailureTime() != nil {
			t.Errorf("want of room counts against the vendor: %v", got)
		}
	}
	if _, err := client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/small"}); err != nil {
		t.Error(err)
	}
	close(release)
	group.Wait()
	for range 2 * most { // a panic returns the room, too
		func() {
			defer func() { _ = recover() }()
			_, _ = Call(t.Context(), client, &Request{Method: http.MethodGet, Path: "/large"}, func(*Response) (int, error) { panic("a defect") })
		}()
	}
	if !client.room.isFree() {
		t.Error("room is lost")
	}
}

// What a call to Enlist decoded keeps its room until that call has ended. Meanwhile, the call does
// not wait for more room, because others may wait for what it holds.
func TestRoomOfACall(t *testing.T) {
	client := testClient(t, largeResponses(t), 10*time.Second)
	client.room = roomFor(1)
	large := &Request{Method: http.MethodGet, Path: "/large"}
	ended, end := context.WithCancel(t.Context())
	ctx := providers.WithCall(ended)
	if _, err := client.do(ctx, large); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := client.do(ctx, large); !providers.IsReason(err, enlistv1.ErrorReason_OVERLOADED) || time.Since(began) > 5*time.Second {
		t.Errorf("a second response: %v after %s", err, time.Since(began))
	}
	other := make(chan error)
	go func() {
		_, err := client.do(providers.WithCall(t.Context()), large)
		other <- err
	}()
	select {
	case err := <-other:
		t.Fatalf("another call did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	end()
	if err := <-other; err != nil {
		t.Error(err)
	}
}

// A response that needs more memory than there is for all of them is refused at once. The error
// says what an operator can do.
func TestRoomIsTooSmall(t *testing.T) {
	client := testClient(t, largeResponses(t), 10*time.Second)
	client.room = roomFor(1)
	client.room.mostDecoded--
	_, err := client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/large"})
	if !providers.IsReason(err, enlistv1.ErrorReason_OVERLOADED) || !strings.Contains(err.Error(), "GOMEMLIMIT") {
		t.Error(err)
	}
	if !client.room.isFree() {
		t.Error("room is lost")
	}
}

// A response waits until the process has the memory to decode it.
func TestRoomOfTheProcess(t *testing.T) {
	client := testClient(t, largeResponses(t), 200*time.Millisecond)
	client.room = roomFor(2)
	client.room.limit = 1 << 30
	var used atomic.Uint64
	client.room.used = used.Load
	large := &Request{Method: http.MethodGet, Path: "/large"}
	used.Store(1 << 30 / 100 * full)
	if _, err := client.do(t.Context(), large); !providers.IsReason(err, enlistv1.ErrorReason_OVERLOADED) {
		t.Errorf("without memory: %v", err)
	}
	used.Store(0)
	if _, err := client.do(t.Context(), large); err != nil || !client.room.isFree() {
		t.Errorf("with memory: %v", err)
	}
}

// A request with Scan reads a response of any size as it arrives, and reserves room for a large
// value alone. Whether the response arrived completely does not depend on what Scan reads.
func TestScan(t *testing.T) {
	row := strings.Repeat("x", 1<<10)
	const rows = 6 << 10 // more than MaxResponse
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/short" {
			w.Header().Set("Content-Length", strconv.Itoa(rows<<10))
			_, _ = io.WriteString(w, row)
			return
		}
		for range rows {
			_, _ = io.WriteString(w, row)
		}
	}))
	defer server.Close()
	client := testClient(t, server.URL, time.Minute)
	client.room = roomFor(1)
	for name, scan := range map[string]func(*Body){
		"all": func(body *Body) {
			if n, err := io.Copy(io.Discard, body); err != nil || n != rows<<10 || !client.room.isFree() {
				t.Errorf("read %d bytes, %v", n, err)
			}
		},
		"nothing": func(*Body) {},
		"a large value": func(body *Body) {
			for range 2 {
				if err := body.Large(); err != nil || client.room.isFree() {
					t.Errorf("no room is reserved: %v", err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/", Scan: scan})
			if err != nil || response.size != rows<<10 || len(response.Body) != startKept {
				t.Errorf("%v, %v", response, err)
			}
			_, err = client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/short", Scan: func(body *Body) { _ = body.Large() }})
			if !providers.IsReason(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE) {
				t.Errorf("cut short: %v", err)
			}
			if !client.room.isFree() {
				t.Error("room is lost")
			}
		})
	}
}

// The timeout runs while a response is read, and not while Scan decodes what it has read.
func TestScanTakesLong(t *testing.T) {
	const timeout = 200 * time.Millisecond
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		if r.URL.Path == "/hangs" {
			<-r.Context().Done()
		}
		_, _ = io.WriteString(w, "second")
	}))
	defer server.Close()
	client := testClient(t, server.URL, timeout)
	slow := func(body *Body) {
		if _, err := io.ReadFull(body, make([]byte, 5)); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * timeout)
	}
	if response, err := client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/", Scan: slow}); err != nil || string(response.Body) != "firstsecond" {
		t.Errorf("%v, %v", response, err)
	}
	_, err := client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/hangs", Scan: slow})
	if !providers.IsReason(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE) || !strings.Contains(err.Error(), context.DeadlineExceeded.Error()) {
		t.Errorf("a vendor that hangs: %v", err)
	}
}
