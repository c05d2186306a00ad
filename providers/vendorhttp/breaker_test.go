package vendorhttp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	closed   = enlistv1.BreakerState_BREAKER_STATE_CLOSED
	open     = enlistv1.BreakerState_BREAKER_STATE_OPEN
	halfOpen = enlistv1.BreakerState_BREAKER_STATE_HALF_OPEN
)

// A failure counts against a vendor if it is not reachable, does not respond, or does not respond
// in its own words. Nothing in its own words counts.
func TestBreakerVerdicts(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	opens := map[enlistv1.ErrorReason]bool{
		enlistv1.ErrorReason_VENDOR_UNAVAILABLE: true, enlistv1.ErrorReason_OUTCOME_UNKNOWN: true, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID: true,
		enlistv1.ErrorReason_VENDOR_REJECTED: false, enlistv1.ErrorReason_CUSTOMER_EXISTS: false, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND: false,
		enlistv1.ErrorReason_VENDOR_RATE_LIMITED: false, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED: false, enlistv1.ErrorReason_OVERLOADED: false,
		enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED: false, // ErrRenew
	}
	for reason, want := range opens {
		client := breakerClient(t, server.URL, time.Second, &configv1.Breaker{MinimumCalls: 4})
		for range 10 {
			_, _ = Call(t.Context(), client, &Request{Method: http.MethodGet, Path: "/x"}, func(*Response) (int, error) {
				if reason == 0 {
					return 0, ErrRenew
				}
				return 0, &providers.Error{Reason: reason}
			})
		}
		if got := client.Health(nil).GetBreaker() == open; got != want {
			t.Errorf("%s: open %t, want %t", reason, got, want)
		}
	}
}

// The breaker opens at its percentage and least number of requests within its period, and says how
// long it stays open.
func TestBreakerOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBreaker(&configv1.Provider{Timeout: durationpb.New(time.Second)})
		say := func(count providers.Count, times int) {
			for range times {
				ended, err := b.enter()
				if err != nil {
					t.Fatal(err)
				}
				ended(count)
			}
		}
		is := func(want enlistv1.BreakerState) {
			t.Helper()
			if got := b.health(); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
		say(providers.CountFailure, 19)
		is(closed)
		time.Sleep(35 * time.Second) // the 30s of the period, the timeout, and what it moves on by
		say(providers.CountSuccess, 11)
		say(providers.CountFailure, 10)
		is(closed)
		say(providers.CountFailure, 1)
		is(open)
		if _, err := b.enter(); err == nil || b.wait() != 5*time.Second+time.Millisecond {
			t.Fatalf("%v, %s to wait", err, b.wait())
		}
		time.Sleep(b.wait())
		is(halfOpen)
		say(providers.CountSuccess, 3)
		is(closed)
	})
}

// A half-open breaker admits three requests at a time. A request without a verdict frees its slot.
func TestBreakerTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBreaker(&configv1.Provider{Breaker: &configv1.Breaker{MinimumCalls: 1}})
		enter := func() func(providers.Count) {
			t.Helper()
			ended, err := b.enter()
			if err != nil {
				t.Fatal(err)
			}
			return ended
		}
		late := enter()
		enter()(providers.CountFailure)
		time.Sleep(b.wait())
		for range 1000 {
			enter()(providers.CountNothing)
		}
		tries := []func(providers.Count){enter(), enter(), enter()}
		if _, err := b.enter(); err == nil || b.wait() != tryAgainAfter {
			t.Fatalf("a fourth try: %v, %s to wait", err, b.wait())
		}
		late(providers.CountFailure) // it is of another time
		for _, try := range tries {
			try(providers.CountSuccess)
		}
		if b.health() != closed {
			t.Fatalf("%s after three successes", b.health())
		}
		enter()(providers.CountFailure)
		time.Sleep(b.wait())
		enter()(providers.CountFailure)
		if b.health() != open {
			t.Fatalf("%s after a try that failed", b.health())
		}
	})
}

// However a request ends, it frees its slot in a half-open breaker.
func TestBreakerLosesNoPlace(t *testing.T) {
	var mode atomic.Value
	mode.Store("fail")
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		switch mode.Load() {
		case "fail":
			panic(http.ErrAbortHandler)
		case "hang":
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	client := breakerClient(t, server.URL, time.Minute, &configv1.Breaker{MinimumCalls: 1, OpenFor: durationpb.New(20 * time.Millisecond)})
	create := &Request{Method: http.MethodPost, Path: "/x", Creates: true}
	if _, err := client.do(t.Context(), create); !providers.IsReason(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN) {
		t.Fatalf("got %v", err)
	}
	time.Sleep(client.breaker.wait())
	stopped := &providers.Error{Reason: enlistv1.ErrorReason_JOURNAL_UNAVAILABLE}
	stop := func() error { return stopped }
	ways := map[string]func(ctx context.Context){
		"gone": func(ctx context.Context) {
			mode.Store("hang")
			ctx, cancel := context.WithTimeoutCause(ctx, time.Hour, nil)
			time.AfterFunc(time.Millisecond, cancel)
			_, _ = client.do(ctx, create)
		},
		"impatient": func(ctx context.Context) {
			mode.Store("hang")
			ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
			defer cancel()
			_, _ = client.do(ctx, create)
		},
		"stopped before": func(ctx context.Context) {
			_, _ = client.do(providers.WithObserver(ctx, &providers.Observer{BeforeSend: func(context.Context, bool) error { return stop() }}), create)
		},
		"stopped when connected": func(ctx context.Context) {
			_, _ = client.do(providers.WithObserver(ctx, &providers.Observer{Connected: stop}), create)
		},
		"panic": func(ctx context.Context) {
			mode.Store("answer")
			defer func() { _ = recover() }()
			_, _ = Call(ctx, client, create, func(*Response) (int, error) { panic("a defect") })
		},
		"panic of the observer": func(ctx context.Context) {
			defer func() { _ = recover() }()
			_, _ = client.do(providers.WithObserver(ctx, &providers.Observer{BeforeSend: func(context.Context, bool) error { panic("a defect") }}), create)
		},
	}
	for name, way := range ways {
		for range 2 * triesAtOnce {
			way(t.Context())
		}
		if got := client.Health(nil); got.GetBreaker() != halfOpen || got.GetInFlight() != 0 {
			t.Fatalf("%s: %v", name, got)
		}
	}
	mode.Store("answer")
	for range triesAtOnce {
		if _, err := client.do(t.Context(), create); err != nil {
			t.Fatal(err)
		}
	}
	if got := client.Health(nil).GetBreaker(); got != closed {
		t.Errorf("%s", got)
	}
}

// Requests that wait for a slot at a vendor that hangs fail as soon as the breaker opens, and the
// vendor never gets them.
func TestBreakerSendsWaitersAway(t *testing.T) {
	const callers, timeout = 200, 300 * time.Millisecond
	var reached atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		<-r.Context().Done()
	}))
	defer server.Close()
	client, err := NewClient(&configv1.Provider{
		Name: "test", MaxInFlight: 20, Timeout: durationpb.New(timeout), RateLimit: &configv1.RateLimit{PerSecond: 1000, Burst: 20},
	}, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	start, refused, unanswered := time.Now(), atomic.Int32{}, atomic.Int32{}
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := client.do(ctx, &Request{Method: http.MethodPost, Path: "/x", Creates: true})
			var known *providers.Error
			if !errors.As(err, &known) {
				t.Errorf("got %v", err)
				return
			}
			if known.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN { // on a busy machine, it may not have reached the handler
				unanswered.Add(1)
			}
			if known.Reason == enlistv1.ErrorReason_VENDOR_UNAVAILABLE {
				refused.Add(1)
				if known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || known.RetryAfter <= 0 || known.RetryAfter > 5*time.Second+time.Millisecond {
					t.Errorf("stage %s, wait %s", known.Stage, known.RetryAfter)
				}
			}
		})
	}
	group.Wait()
	if took := time.Since(start); took > 10*timeout {
		t.Errorf("the last caller waited %s", took)
	}
	if all := unanswered.Load() + refused.Load(); all != callers || reached.Load() > 2*20 {
		t.Errorf("%d calls reached the vendor, %d got no answer, %d were refused", reached.Load(), unanswered.Load(), refused.Load())
	}
}

func breakerClient(t *testing.T, base string, timeout time.Duration, breaker *configv1.Breaker) *Client {
	t.Helper()
	client, err := NewClient(&configv1.Provider{Name: "test", Timeout: durationpb.New(timeout), Breaker: breaker}, base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// An error in the vendor's own words shows that the vendor works, so the breaker stays closed.
// Health shows both: the vendor responded, and the response was a failure.
func TestErrorsOfALivingVendorDoNotCount(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	for _, reason := range []enlistv1.ErrorReason{
		enlistv1.ErrorReason_OUTCOME_UNKNOWN, enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID,
	} {
		client := breakerClient(t, server.URL, time.Second, &configv1.Breaker{MinimumCalls: 4})
		for range 10 {
			_, err := Call(t.Context(), client, &Request{Method: http.MethodPost, Path: "/x", Creates: true}, func(*Response) (int, error) {
				return 0, &providers.Error{Reason: reason, Alive: true}
			})
			if !providers.IsReason(err, reason) {
				t.Fatalf("got %v, want %s", err, reason)
			}
		}
		got := client.Health(nil)
		if got.GetBreaker() != closed || got.GetLastFailureReason() != reason.String() || got.GetLastSuccessTime() == nil ||
			got.GetCredentials() != enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED {
			t.Errorf("%s: %v", reason, got)
		}
	}
	client := breakerClient(t, server.URL, time.Second, nil)
	_, _ = Call(t.Context(), client, &Request{Method: http.MethodPost, Path: "/x"}, func(*Response) (int, error) {
		return 0, &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Alive: true}
	})
	if got := client.Health(nil); got.GetLastFailureTime() != nil {
		t.Errorf("a refusal of one customer is a failure of the connection: %v", got)
	}
}

// Once the breaker has counted a failure of a creation, it counts no other failure of it: neither
// of a request nor of a look-up, with or without a response. It counts a success.
func TestBreakerCountsACreationOnce(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	ctx := providers.WithObserver(t.Context(), &providers.Observer{Counted: true})
	unanswered := func(ctx context.Context, c *Client, creates bool) {
		_, _ = c.do(ctx, &Request{Method: http.MethodPost, Path: "/abort", Creates: creates})
	}
	failing := func(ctx context.Context, c *Client, creates bool) {
		_, _ = Call(ctx, c, &Request{Method: http.MethodPost, Path: "/x", Creates: creates}, func(*Response) (int, error) {
			return 0, &providers.Error{Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN}
		})
	}
	for name, call := range map[string]func(context.Context, *Client, bool){"unanswered": unanswered, "answered": failing} {
		for _, creates := range []bool{true, false} {
			client := breakerClient(t, server.URL, time.Second, &configv1.Breaker{MinimumCalls: 4})
			for range 10 {
				call(ctx, client, creates)
			}
			if got := client.Health(nil); got.GetBreaker() != closed || got.GetLastFailureReason() == "" {
				t.Errorf("%s, creates %t: %v", name, creates, got)
			}
			if counts := client.breaker.state.Counts(); counts.TotalFailures != 0 || counts.TotalSuccesses != 0 {
				t.Errorf("%s, creates %t: the breaker counted %+v", name, creates, counts)
			}
			if _, err := client.do(ctx, &Request{Method: http.MethodGet, Path: "/x"}); err != nil {
				t.Fatal(err)
			}
			if counts := client.breaker.state.Counts(); counts.TotalSuccesses != 1 {
				t.Errorf("%s, creates %t: a success was not counted: %+v", name, creates, counts)
			}
			for range 10 {
				call(providers.WithObserver(t.Context(), &providers.Observer{}), client, creates)
			}
			if got := client.Health(nil).GetBreaker(); got != open {
				t.Errorf("%s, creates %t: the breaker is %s after failures of other creations", name, creates, got)
			}
		}
	}
}
