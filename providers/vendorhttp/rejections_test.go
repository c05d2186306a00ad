package vendorhttp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const rejectedReason = enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED

func rejection() error {
	return &providers.Error{
		Reason: rejectedReason, Message: "no", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
		Vendor: &enlistv1.VendorError{HttpStatus: 401, Messages: []*enlistv1.VendorMessage{Message("invalid_grant", "who are you?")}},
	}
}

var (
	saysNothing = providers.Outcome{}
	works       = providers.OutcomeOf(nil)
	refuses     = providers.OutcomeOf(rejection())
	limited     = providers.OutcomeOf(&providers.Error{Reason: enlistv1.ErrorReason_VENDOR_RATE_LIMITED})
	fails       = providers.OutcomeOf(&providers.Error{Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE})
)

// restTest drives rejections with requests that begin and end at will.
type restTest struct {
	*testing.T
	*rejections
}

func newRestTest(t *testing.T) restTest {
	return restTest{t, &rejections{provider: "test", now: time.Now}}
}

func (r restTest) begin(login bool) *admission {
	r.Helper()
	admitted, err := r.admit(login)
	if err != nil {
		r.Fatal(err)
	}
	return admitted
}

func (r restTest) call(outcome providers.Outcome, err error) {
	r.Helper()
	r.begin(false).end(outcome, err)
}

func (r restTest) login(outcome providers.Outcome, err error) {
	r.Helper()
	r.begin(true).end(outcome, err)
}

// rests asserts that the credentials are paused for exactly the given time, and then waits for that
// time.
func (r restTest) rests(pause time.Duration) {
	r.Helper()
	for _, login := range []bool{false, true} {
		_, err := r.admit(login)
		var known *providers.Error
		if !errors.As(err, &known) || known.Reason != rejectedReason || known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT ||
			known.RetryAfter != 0 || known.Vendor.GetMessages()[0].GetCode() != "invalid_grant" || !strings.Contains(known.Message, " in "+pause.String()+".") {
			r.Fatalf("login %t: got %v, want a refusal for %s", login, err, pause)
		}
	}
	time.Sleep(pause - 1)
	if r.check() == nil || !r.resting() {
		r.Fatalf("the pause of %s ended early", pause)
	}
	time.Sleep(time.Nanosecond)
	if err := r.check(); err != nil || !r.resting() {
		r.Fatalf("after %s: %v, resting %t", pause, err, r.resting())
	}
}

func (r restTest) free() {
	r.Helper()
	if err := r.check(); err != nil || r.resting() {
		r.Fatalf("the credentials rest: %v", err)
	}
}

// A rejected login starts a pause at once. Its length doubles up to an hour.
func TestRejectedLoginRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRestTest(t)
		for pause := 10 * time.Second; pause < time.Hour; pause *= 2 {
			r.login(refuses, rejection())
			r.rests(pause)
		}
		for range 20 {
			r.login(refuses, rejection())
			r.rests(time.Hour)
		}
		r.login(works, nil)
		r.free()
		r.call(works, nil)
		r.login(refuses, rejection())
		r.rests(10 * time.Second)
	})
}

// A proxy may reject one request, so only the second consecutive rejection starts a pause.
func TestRejectedRequestRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRestTest(t)
		for range 3 {
			r.call(refuses, rejection())
			r.free()
			r.call(works, &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_REJECTED})
			r.free()
		}
		r.call(refuses, rejection())
		r.free()
		r.call(fails, &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE}) // which says nothing about credentials
		r.free()
		r.call(refuses, rejection())
		r.rests(10 * time.Second)
		r.call(refuses, rejection())
		r.rests(20 * time.Second)
		r.call(works, nil)
		r.free()
		r.call(refuses, rejection())
		r.free()
	})
}

// If a vendor rejects the token that it has just issued, the successful logins do not end the
// series.
func TestRejectedTokenRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRestTest(t)
		r.login(works, nil)
		r.call(refuses, rejection())
		r.free()
		r.login(works, nil)
		r.call(refuses, rejection())
		r.rests(10 * time.Second)
		r.call(saysNothing, ErrRenew)
		r.login(works, nil)
		if !r.resting() {
			t.Error("a login ended a pause that a request had started")
		}
		r.call(refuses, rejection())
		r.rests(20 * time.Second)
	})
}

// After a pause, one probe is sent at a time. A probe without a verdict frees its slot.
func TestOneProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, login := range []bool{false, true} {
			for name, silent := range map[string]func(*admission){
				"says nothing":   func(a *admission) { a.end(saysNothing, nil) },
				"fails":          func(a *admission) { a.end(fails, &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE}) },
				"limited":        func(a *admission) { a.end(limited, &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_RATE_LIMITED}) },
				"stopped by who": func(a *admission) { a.end(saysNothing, rejection()) },
			} {
				r := newRestTest(t)
				r.login(refuses, rejection())
				r.rests(10 * time.Second)
				probe := r.begin(login)
				time.Sleep(time.Minute)
				if _, err := r.admit(!login); err == nil || !strings.Contains(err.Error(), "is trying them again now") {
					t.Fatalf("%s: a second probe: %v", name, err)
				}
				silent(probe)
				probe = r.begin(login)
				if r.check() == nil {
					t.Fatalf("%s: a second probe", name)
				}
				probe.end(works, nil)
				r.free()
			}
		}
	})
}

// Simultaneous requests are rejected once. The result of a request that started before a rejection
// does not count.
func TestRejectedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRestTest(t)
		together := []*admission{r.begin(false), r.begin(false), r.begin(false)}
		for _, one := range together {
			one.end(refuses, rejection())
			r.free()
		}
		late, together := r.begin(false), []*admission{r.begin(false), r.begin(true), r.begin(false)}
		for _, one := range together {
			one.end(refuses, rejection())
		}
		late.end(works, nil)
		r.rests(10 * time.Second)
	})
}

// With any number of requests, the vendor gets one login, and each caller gets the vendor's words
// about it.
func TestClientRests(t *testing.T) {
	var logins, calls atomic.Int32
	accept := atomic.Bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/login":
			calls.Add(1)
		case accept.Load():
			logins.Add(1)
		default:
			logins.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	client := breakerClient(t, server.URL, time.Second, &configv1.Breaker{MinimumCalls: 1})
	var later atomic.Int64
	client.rejected.now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	login := &Request{Operation: Login, Method: http.MethodPost, Path: "/login"}
	session := client.NewSession(func(ctx context.Context) (Credential, error) {
		return Call(ctx, client, login, func(response *Response) (Credential, error) {
			if response.Status != http.StatusOK {
				return Credential{}, rejection()
			}
			return Credential{Value: "t"}, nil
		})
	})
	create := func() error {
		if _, err := client.Credential(t.Context(), session); err != nil {
			return err
		}
		_, err := client.do(t.Context(), &Request{Operation: Create, Method: http.MethodPost, Path: "/x", Creates: true})
		return err
	}
	together := func() {
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				err := create()
				var known *providers.Error
				if !errors.As(err, &known) || known.Reason != rejectedReason || known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT ||
					known.RetryAfter != 0 || known.Vendor.GetHttpStatus() != http.StatusUnauthorized || known.Vendor.GetMessages()[0].GetMessage() != "who are you?" {
					t.Errorf("got %v", err)
				}
			})
		}
		group.Wait()
		if got := client.Health(session); got.GetCredentials() != enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED || got.GetBreaker() != closed {
			t.Errorf("got %v", got)
		}
	}
	for i, pause := range []time.Duration{0, 10 * time.Second, 20 * time.Second} {
		later.Add(int64(pause))
		together()
		together()
		if int(logins.Load()) != i+1 || calls.Load() != 0 {
			t.Errorf("%d logins, want %d; %d other requests", logins.Load(), i+1, calls.Load())
		}
	}
	if _, err := client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/x"}); !errors.Is(err, errRejectedBefore) || calls.Load() != 0 {
		t.Errorf("a request that is no login: %v, %d arrived", err, calls.Load())
	}
	accept.Store(true)
	later.Add(int64(40 * time.Second))
	if err := create(); err != nil || calls.Load() != 1 || client.rejected.resting() {
		t.Errorf("%v, %d requests, resting %t", err, calls.Load(), client.rejected.resting())
	}
	if got := client.Health(session); got.GetCredentials() != enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED {
		t.Errorf("got %v", got)
	}
}

// However the probe ends, it frees its slot: its caller leaves, it panics, or it proves nothing.
func TestProbeIsNotLost(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	client := breakerClient(t, server.URL, time.Second, &configv1.Breaker{MinimumCalls: 1})
	request := &Request{Method: http.MethodPost, Path: "/x", Creates: true}
	for range 2 {
		_, _ = Call(t.Context(), client, request, func(*Response) (int, error) { return 0, rejection() })
	}
	if _, err := client.do(t.Context(), request); !errors.Is(err, errRejectedBefore) {
		t.Fatalf("got %v", err)
	}
	client.rejected.now = func() time.Time { return time.Now().Add(10 * time.Second) }
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.do(gone, request); err == nil || errors.Is(err, errRejectedBefore) {
		t.Errorf("got %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = Call(t.Context(), client, request, func(*Response) (int, error) { panic("a defect") })
	}()
	for range 2 { // another request, which the response needs, is refused and proves nothing
		_, err := Call(t.Context(), client, request, func(*Response) (int, error) {
			_, err := client.do(t.Context(), request)
			return 0, err
		})
		if !errors.Is(err, errRejectedBefore) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := client.do(t.Context(), request); err != nil {
		t.Errorf("got %v", err)
	}
}
