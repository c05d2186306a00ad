package providertest

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

const (
	unknown     = enlistv1.ErrorReason_OUTCOME_UNKNOWN
	unavailable = enlistv1.ErrorReason_VENDOR_UNAVAILABLE
	invalid     = enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID
	credentials = enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED
	limited     = enlistv1.ErrorReason_VENDOR_RATE_LIMITED
)

// answers are the responses of a vendor, or of a proxy before it, to any request, with the expected
// results of a creation and a read.
func answers() map[string]struct {
	handler      http.HandlerFunc
	create, read enlistv1.ErrorReason
} {
	text := func(status int, contentType, body string, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	return map[string]struct {
		handler      http.HandlerFunc
		create, read enlistv1.ErrorReason
	}{
		"403 without words":     {text(403, "text/html", "<html>Forbidden</html>"), credentials, credentials},
		"404 of a proxy":        {text(404, "text/plain", ""), invalid, invalid},
		"408":                   {text(408, "text/plain", "timeout"), unknown, invalid},
		"413":                   {text(413, "text/html", "<html>"), invalid, invalid},
		"429":                   {text(429, "text/plain", "slow down", "Retry-After", "7"), limited, limited},
		"429 without a time":    {text(429, "text/plain", ""), limited, limited},
		"500 text":              {text(500, "text/plain", "java.lang.NullPointerException"), unknown, unavailable},
		"500 empty":             {text(500, "text/plain", ""), unknown, unavailable},
		"502 page":              {text(502, "text/html", "<html>Bad Gateway</html>"), unknown, unavailable},
		"503":                   {text(503, "text/plain", ""), unknown, unavailable},
		"503 with a time":       {text(503, "text/plain", "", "Retry-After", "3"), unavailable, unavailable},
		"504":                   {text(504, "text/html", "<html>"), unknown, unavailable},
		"redirect":              {text(302, "text/html", "", "Location", "/elsewhere"), unknown, invalid},
		"200 page":              {text(200, "text/html", "<html>Welcome to Wi-Fi</html>"), unknown, invalid},
		"200 broken JSON":       {text(200, "application/json", `{"status":"SUC`), unknown, invalid},
		"200 other JSON":        {text(200, "application/json", `{"hello":"world"}`), unknown, invalid},
		"200 JSON array":        {text(200, "application/json", `[1,2,3]`), unknown, invalid},
		"200 deeply nested":     {text(200, "application/json", strings.Repeat(`{"a":[`, 30_000)), unknown, invalid},
		"200 empty":             {text(200, "application/json", ""), unknown, invalid},
		"204":                   {text(204, "application/json", ""), unknown, invalid},
		"length that is a lie":  {text(200, "application/json", `{"status":`, "Content-Length", "5000"), unknown, unavailable},
		"larger than the limit": {huge, unknown, unavailable},
		"closed": {func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, unknown, unavailable},
	}
}

// notRepeated: no request has an Idempotency-Key header, because net/http repeats such a POST when
// a kept connection breaks. net/http does so even if the header has no value, and then sends none.
func notRepeated(t *testing.T, f *fixture) {
	f.create(f.request()) // keeps a connection
	before := len(f.sent())
	f.fault("create", "drop_before", 0)
	_, err := Create(t.Context(), f.provider, f.request())
	f.fails(err, unknown)
	if sent := len(f.sent()) - before; sent != 1 {
		t.Errorf("a creation whose connection broke was sent %d times", sent)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.Contains(strings.ToLower(f.received.String()), "idempotency-key") {
		t.Error("a request has an Idempotency-Key header")
	}
}

func huge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	block := []byte(`{"status":"` + strings.Repeat("x", 1<<16))
	for written := 0; written <= vendorhttp.MaxListing+len(block); written += len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func vendorFailures(t *testing.T, f *fixture) {
	for name, answer := range answers() {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, f.harness)
			f.answerCreates(answer.handler)
			_, err := Create(t.Context(), f.provider, f.request())
			known := f.fails(err, answer.create)
			wantStage := enlistv1.SendStage_SEND_STAGE_ANSWERED
			if answer.create == unknown {
				wantStage = enlistv1.SendStage_SEND_STAGE_SENT
			}
			if known.Stage != wantStage {
				t.Errorf("stage %s, want %s", known.Stage, wantStage)
			}
			checkWait(t, name, known.RetryAfter)
			if creates := len(f.sent()); creates != 1 {
				t.Errorf("%d calls went out, want 1", creates)
			}
		})
	}
}

func checkWait(t *testing.T, name string, wait time.Duration) {
	t.Helper()
	if want, ok := map[string]time.Duration{
		"429": 7 * time.Second, "429 without a time": time.Second, "503 with a time": 3 * time.Second,
	}[name]; ok && wait != want {
		t.Errorf("wait %s, want %s", wait, want)
	}
}

func vendorFailuresOnRead(t *testing.T, f *fixture) {
	for name, answer := range answers() {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, f.harness) // with a breaker of its own
			id := f.create(f.request()).GetCustomer().GetId()
			f.answerReads(answer.handler)
			_, err := f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: id})
			want := []enlistv1.ErrorReason{answer.read}
			if reason, excluded := f.harness.Excluded["read: "+name]; excluded {
				t.Log(reason)
				want = []enlistv1.ErrorReason{enlistv1.ErrorReason_CUSTOMER_NOT_FOUND}
			}
			known := f.fails(err, want...)
			checkWait(t, name, known.RetryAfter)
		})
	}
}

func credentialsRefused(t *testing.T, f *fixture) {
	f.use(f.harness.NewRefused(f.server.URL))
	_, err := Create(t.Context(), f.provider, f.request())
	f.fails(err, credentials)
	_, err = f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "1"})
	f.fails(err, credentials)
	if held := f.records(); len(held) != 0 {
		t.Errorf("the vendor holds %v", held)
	}
	f.credentialsRest()
}

// credentialsRest: after two rejected requests, the vendor gets no other request, and has had one
// login.
func (f *fixture) credentialsRest() {
	f.t.Helper()
	before := len(f.arrived(0))
	for range 5 {
		_, err := Create(f.t.Context(), f.provider, f.request())
		if known := f.fails(err, credentials); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || known.RetryAfter != 0 ||
			known.Vendor.GetHttpStatus() == 0 {
			f.t.Errorf("stage %s, wait %s, the vendor said %v", known.Stage, known.RetryAfter, known.Vendor)
		}
		_, err = f.provider.GetCustomer(f.t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "1"})
		f.fails(err, credentials)
	}
	if after := len(f.arrived(0)); after != before {
		f.t.Errorf("%d requests went out with rejected credentials", after-before)
	}
	if f.harness.IsLogin != nil && f.loginCount() != 1 {
		f.t.Errorf("%d logins with a rejected password, want 1", f.loginCount())
	}
	if now := f.provider.Health(); now.GetCredentials() != rejected || now.GetBreaker() != enlistv1.BreakerState_BREAKER_STATE_CLOSED {
		f.t.Errorf("health: %v", now)
	}
}

// credentialsExpired: with a login, the provider renews it once and the request succeeds. Without a
// login, the vendor rejects the credentials.
func credentialsExpired(t *testing.T, f *fixture) {
	f.create(f.request())
	f.fault("create", "expired_credentials", 0)
	_, err := Create(t.Context(), f.provider, f.request())
	if f.harness.IsLogin == nil {
		f.fails(err, credentials)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := f.loginCount(); got != 2 {
		t.Errorf("%d logins, want 2", got)
	}
	if held := f.records(); len(held) != 2 {
		t.Errorf("the vendor holds %d records, want 2", len(held))
	}
}

func oneLogin(t *testing.T, f *fixture) {
	if f.harness.IsLogin == nil {
		if f.create(f.request()); f.loginCount() != 0 {
			t.Error("a login at a vendor that has none")
		}
		return
	}
	f.fault("login", "latency", 50*time.Millisecond)
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if _, err := Create(t.Context(), f.provider, f.request()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := f.loginCount(); got != 1 {
		t.Errorf("%d logins for 30 calls, want 1", got)
	}
}

func notReachable(t *testing.T, f *fixture) {
	f.server.Close()
	_, err := Create(t.Context(), f.provider, f.request())
	if known := f.fails(err, unavailable); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
		t.Errorf("stage %s", known.Stage)
	}
	_, err = f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "1"})
	f.fails(err, unavailable)
}

// slow: a vendor that does not respond in time leaves the outcome unknown, by its own timeout or by
// the caller's deadline.
func slow(t *testing.T, f *fixture) {
	f.create(f.request()) // logs in
	f.use(f.harness.New(f.server.URL, time.Second))
	f.create(f.request())
	f.fault("create", "latency", 6*time.Second)
	start := time.Now()
	_, err := Create(t.Context(), f.provider, f.request())
	if known := f.fails(err, unknown); known.Stage != enlistv1.SendStage_SEND_STAGE_SENT {
		t.Errorf("stage %s", known.Stage)
	}
	if took := time.Since(start); took > 5500*time.Millisecond {
		t.Errorf("took %s with a timeout of 1s", took)
	}
	f.fault("get", "latency", 6*time.Second)
	_, err = f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "1"})
	f.fails(err, unavailable)

	f.use(f.harness.New(f.server.URL, 5*time.Second))
	f.create(f.request())
	f.fault("create", "latency", 6*time.Second)
	_, err = Create(short(t, 500*time.Millisecond), f.provider, f.request())
	f.fails(err, unknown)
}

func cancelled(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Create(ctx, f.provider, f.request())
	if known := f.fails(err, unavailable); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
		t.Errorf("stage %s after a cancellation before the call", known.Stage)
	}
	if calls := f.sent(); len(calls) != 0 {
		t.Errorf("%d calls went out for a cancelled caller", len(calls))
	}
	f.create(f.request())
	ctx, cancel = context.WithCancel(t.Context())
	f.answerCreates(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err = Create(ctx, f.provider, f.request())
	f.fails(err, unknown)
}
