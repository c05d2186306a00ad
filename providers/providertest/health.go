package providertest

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	accepted = enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED
	rejected = enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED
)

// assertHealth asserts the health of the connection: the state of its credentials, and the last failure,
// if any. Its times must not be before the last request, unless that was of another kind.
func (f *fixture) assertHealth(began time.Time, succeeded bool, failure enlistv1.ErrorReason, state enlistv1.CredentialState) {
	f.t.Helper()
	now := f.provider.Health()
	if at := now.GetLastSuccessTime(); succeeded != (at != nil && !at.AsTime().Before(began.Truncate(time.Microsecond)) && !at.AsTime().After(time.Now())) {
		f.t.Errorf("last success at %v, the call began at %s, succeeded %t", at.AsTime(), began, succeeded)
	}
	want := ""
	if failure != 0 {
		want = failure.String()
	}
	if at := now.GetLastFailureTime(); now.GetLastFailureReason() != want || (at != nil) != (failure != 0) || at.AsTime().After(time.Now()) {
		f.t.Errorf("last failure %q at %v, want %q", now.GetLastFailureReason(), at.AsTime(), want)
	}
	if now.GetCredentials() != state || now.GetInFlight() != 0 || now.GetBreaker() != enlistv1.BreakerState_BREAKER_STATE_CLOSED {
		f.t.Errorf("credentials %s, want %s; %d calls in flight, breaker %s", now.GetCredentials(), state, now.GetInFlight(), now.GetBreaker())
	}
	if f.harness.IsLogin == nil && now.GetCredentialLifetime() != nil {
		f.t.Errorf("a credential that is no session ends in %s", now.GetCredentialLifetime().AsDuration())
	}
}

// health: a response in the vendor's own words is a success, even a refusal.
func health(t *testing.T, f *fixture) {
	f.assertHealth(time.Now(), false, 0, enlistv1.CredentialState_CREDENTIAL_STATE_UNSPECIFIED)
	began := time.Now()
	f.create(f.request())
	f.assertHealth(began, true, 0, accepted)
	began = time.Now()
	_, err := f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "404404"})
	f.fails(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
	f.assertHealth(began, true, 0, accepted)
	f.answerCreates(func(w http.ResponseWriter, _ *http.Request) {
		f.answerCreates(nil) // the sandbox responds to all other requests
		answer(w, f.harness.Refusal, "house_rules", "no")
	})
	began = time.Now()
	_, err = Create(t.Context(), f.provider, f.request())
	f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
	f.assertHealth(began, true, 0, accepted)
}

// healthAfterFailures: a failure shows with its reason and does not change the last success. A
// later success keeps the failure.
func healthAfterFailures(t *testing.T, f *fixture) {
	answers := answers()
	delete(answers, "larger than the limit") // takes long, and for the client equals a wrong length
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, f.harness)
			id := f.create(f.request()).GetCustomer().GetId()
			state := map[bool]enlistv1.CredentialState{true: rejected, false: accepted}[answer.create == credentials]
			looks := f.harness.IsLookup != nil // a look-up before the creation succeeds
			f.answerCreates(answer.handler)
			began := time.Now()
			_, err := Create(t.Context(), f.provider, f.request())
			f.fails(err, answer.create)
			f.assertHealth(began, looks, answer.create, state)
			f.answerCreates(nil)
			began = time.Now()
			f.create(f.request())
			f.assertHealth(began, true, answer.create, accepted)

			f.answerReads(answer.handler)
			began = time.Now()
			_, err = f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: id})
			if _, excluded := f.harness.Excluded["read: "+name]; excluded {
				f.fails(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
				f.assertHealth(began, true, answer.create, accepted)
				return
			}
			f.fails(err, answer.read)
			f.assertHealth(began, false, answer.read, state)
		})
	}
	f.server.Close()
	began := time.Now()
	_, err := Create(t.Context(), f.provider, f.request())
	f.fails(err, unavailable)
	f.assertHealth(began, false, unavailable, enlistv1.CredentialState_CREDENTIAL_STATE_UNSPECIFIED)
}

// healthOfCredentials: a renewal is no failure. A rejection is a failure until the vendor accepts
// the credentials again.
func healthOfCredentials(t *testing.T, f *fixture) {
	began := time.Now()
	f.create(f.request())
	f.fault("create", "expired_credentials", 0)
	_, err := Create(t.Context(), f.provider, f.request())
	if f.harness.IsLogin != nil {
		if err != nil {
			t.Fatal(err)
		}
		f.assertHealth(began, true, 0, accepted)
	} else {
		f.fails(err, credentials)
		f.assertHealth(began, true, credentials, rejected)
		f.create(f.request())
		f.assertHealth(began, true, credentials, accepted)
	}
	f.use(f.harness.NewRefused(f.server.URL))
	began = time.Now()
	_, err = Create(t.Context(), f.provider, f.request())
	f.fails(err, credentials)
	f.assertHealth(began, false, credentials, rejected)
}

// healthInFlight: health counts requests in progress. A caller that abandons a request is no
// failure of the vendor.
func healthInFlight(t *testing.T, f *fixture) {
	f.create(f.request())
	const callers = 3
	ctx, cancel := context.WithCancel(t.Context())
	entered := make(chan struct{}, callers)
	f.answerReads(func(_ http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-r.Context().Done()
	})
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			_, err := f.provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "1"})
			var known *providers.Error
			if !errors.As(err, &known) || known.Reason != unavailable {
				t.Errorf("got %v", err)
			}
		})
	}
	for range callers {
		<-entered
	}
	if now := f.provider.Health().GetInFlight(); now != callers {
		t.Errorf("%d calls in flight, want %d", now, callers)
	}
	cancel()
	group.Wait()
	f.assertHealth(time.Now(), false, 0, accepted)
}

// breaks: the breaker stops all requests to a vendor that keeps failing, for creations, reads and
// logins, and each caller gets its error at once.
func breaks(t *testing.T, f *fixture) {
	f.answerReads(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for range 30 {
		_, err := f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "1"})
		f.fails(err, unavailable)
	}
	if now := f.provider.Health().GetBreaker(); now != enlistv1.BreakerState_BREAKER_STATE_OPEN {
		t.Fatalf("the breaker is %s", now)
	}
	f.answerReads(nil)
	calls, logins := len(f.sent()), f.loginCount()
	_, err := Create(t.Context(), f.provider, f.request())
	for _, err := range []error{err, func() error {
		_, err := f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "1"})
		return err
	}()} {
		if known := f.fails(err, unavailable); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || known.RetryAfter > 6*time.Second {
			t.Errorf("stage %s, wait %s", known.Stage, known.RetryAfter)
		}
	}
	if len(f.sent()) != calls || f.loginCount() != logins || len(f.records()) != 0 {
		t.Errorf("%d calls and %d logins reached the vendor", len(f.sent())-calls, f.loginCount()-logins)
	}
}
