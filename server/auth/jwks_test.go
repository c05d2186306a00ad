package auth

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// direct carries requests to an issuer without a network. Each request takes a second.
type direct struct{ http.Handler }

func (d direct) RoundTrip(request *http.Request) (*http.Response, error) {
	select {
	case <-request.Context().Done():
		return nil, request.Context().Err()
	case <-time.After(time.Second):
	}
	recorder := httptest.NewRecorder()
	d.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

// tokensOf accepts the tokens of an issuer, without a network.
func tokensOf(from http.Handler, log io.Writer) *tokens {
	made := newTokens(&configv1.Jwt{Issuer: "https://issuer.example", Audience: "enlist", JwksUrl: "https://issuer.example/jwks"},
		slog.New(slog.NewTextHandler(log, nil)))
	made.keys.client.Transport = direct{from}
	return made
}

func reasonOf(err error) enlistv1.ErrorReason {
	var known *providers.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED
}

const (
	accepted       = enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED
	credentialsBad = enlistv1.ErrorReason_CREDENTIALS_INVALID
	cannotTell     = enlistv1.ErrorReason_AUTHENTICATION_UNAVAILABLE
)

// A key that its issuer adds works without a restart. No caller can make Enlist send many
// requests to the issuer.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := authtest.NewIssuer(t)
		who := tokensOf(issuer, io.Discard)
		ask := func(token string, want enlistv1.ErrorReason) {
			t.Helper()
			if _, err := who.caller(t.Context(), token); reasonOf(err) != want {
				t.Fatalf("got %v, want %s", err, want)
			}
		}
		old := issuer.Token(t, nil)
		ask(old, accepted)
		ask(old, accepted)
		if issuer.Reads() != 1 {
			t.Errorf("%d reads for two tokens of one key", issuer.Reads())
		}
		stranger := authtest.NewIssuer(t)
		for range 5 {
			stranger.Rotate(t)
		}
		for range 1000 {
			ask(stranger.Token(t, nil), credentialsBad)
		}
		if issuer.Reads() != 1 {
			t.Errorf("%d reads just after one", issuer.Reads())
		}
		time.Sleep(pauseAfterRead)
		issuer.Rotate(t)
		ask(issuer.Token(t, nil), accepted)
		ask(old, accepted)
		if issuer.Reads() != 2 {
			t.Errorf("%d reads for a new key", issuer.Reads())
		}
	})
}

// A repeated token is valid until it expires, and no longer.
func TestTokenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := authtest.NewIssuer(t)
		who := tokensOf(issuer, io.Discard)
		token := issuer.Token(t, nil)
		for range 3 {
			if caller, err := who.caller(t.Context(), token); err != nil || caller.Principal != "jwt:jo" {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Hour + leeway - 2*time.Second)
		if _, err := who.caller(t.Context(), token); err != nil {
			t.Error(err)
		}
		time.Sleep(3 * time.Second)
		if _, err := who.caller(t.Context(), token); reasonOf(err) != credentialsBad {
			t.Errorf("got %v", err)
		}
		for i := range maxProven + 5 { // the number of remembered tokens is bounded
			who.proven.add([32]byte{byte(i), byte(i >> 8)}, who.keys.keys.Load(), &claims{})
		}
		if len(who.proven.said) > maxProven {
			t.Errorf("%d tokens are remembered", len(who.proven.said))
		}
	})
}

// While the issuer is down, Enlist does not call tokens invalid, and earlier keys stay valid.
// Enlist notices when the issuer returns.
func TestIssuerDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		issuer := authtest.NewIssuer(t)
		issuer.Down(true)
		who := tokensOf(issuer, &log)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { who.keys.run(ctx) })
		_, err := who.caller(t.Context(), issuer.Token(t, nil))
		var known *providers.Error
		if !errors.As(err, &known) || known.Reason != cannotTell || known.RetryAfter != time.Second {
			t.Fatalf("down from the start: %v", err)
		}
		issuer.Down(false)
		time.Sleep(retryEvery + 2*time.Second)
		reads := issuer.Reads()
		if _, err := who.caller(t.Context(), issuer.Token(t, nil)); err != nil || issuer.Reads() != reads {
			t.Fatalf("once it is back: %v", err)
		}
		issuer.Down(true)
		time.Sleep(24 * time.Hour)
		if _, err := who.caller(t.Context(), issuer.Token(t, nil)); err != nil {
			t.Fatalf("down since a day: %v", err)
		}
		issuer.Rotate(t)
		if _, err := who.caller(t.Context(), issuer.Token(t, nil)); reasonOf(err) != cannotTell {
			t.Fatalf("a new key while it is down: %v", err)
		}
		before := issuer.Reads()
		for range 1000 {
			_, _ = who.caller(t.Context(), issuer.Token(t, nil))
		}
		if asked := issuer.Reads() - before; asked > 1 {
			t.Errorf("while it is down 1000 tokens ask it %d times", asked)
		}
		stop()
		running.Wait()
		if lines := strings.Count(log.String(), "cannot read the keys"); lines != 2 {
			t.Errorf("%d lines for two outages:\n%s", lines, log.String())
		}
	})
}

// A key stays valid for at most readEvery after its issuer withdraws it. Concurrent callers share
// one look-up.
func TestWithdrawalAndSharing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := authtest.NewIssuer(t), authtest.NewIssuer(t)
		second.Rotate(t) // with a key of another id
		var mu sync.Mutex
		published := http.Handler(first)
		who := tokensOf(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			published.ServeHTTP(w, request)
		}), io.Discard)
		var asking sync.WaitGroup
		for range 50 {
			asking.Go(func() {
				if _, err := who.caller(t.Context(), first.Token(t, nil)); err != nil {
					t.Error(err)
				}
			})
		}
		asking.Wait()
		if first.Reads() != 1 {
			t.Errorf("%d reads for 50 at once", first.Reads())
		}
		withdrawn := first.Token(t, nil)
		for range 2 { // the second time, Enlist remembers the token
			if _, err := who.caller(t.Context(), withdrawn); err != nil {
				t.Error(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		asking.Go(func() { who.keys.run(ctx) })
		mu.Lock()
		published = second
		mu.Unlock()
		time.Sleep(readEvery + time.Minute)
		if _, err := who.caller(t.Context(), withdrawn); reasonOf(err) != credentialsBad {
			t.Errorf("a withdrawn key: %v", err)
		}
		stop()
		asking.Wait()
	})
}

// Enlist takes keys only from the configured URL, and within bounds.
func TestWhatIsPublished(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	elsewhere := httptest.NewServer(issuer)
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"a redirect": {func(w http.ResponseWriter, request *http.Request) {
			http.Redirect(w, request, elsewhere.URL, http.StatusFound)
		}, "302"},
		"too much": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxSet+1)) }, "1 MiB"},
		"a page":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "not a JSON Web Key Set"},
		"nothing":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"keys":[]}`) }, "no public key"},
		"a secret": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"keys":[{"kty":"oct","k":"c2VjcmV0"},{"kty":"new"},5]}`)
		}, "no public key"},
	} {
		t.Run(name, func(t *testing.T) {
			served := httptest.NewServer(c.answer)
			defer served.Close()
			if err := newKeySet(served.URL, slog.New(slog.DiscardHandler)).read(); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
	if err := newKeySet("http://user:secret@127.0.0.1:1/secret", slog.New(slog.DiscardHandler)).read(); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	if issuer.Reads() != 0 {
		t.Error("a redirect was followed")
	}
}
