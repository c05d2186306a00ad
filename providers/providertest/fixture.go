package providertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/sandbox"
)

// fixture is a provider with a sandbox of its own, and a recorder between the two.
type fixture struct {
	t        *testing.T
	harness  Harness
	provider providers.Provider
	server   *httptest.Server

	mu       sync.Mutex
	calls    []recorded
	logins   int
	override http.HandlerFunc // responds in place of the sandbox, except to logins
	lookups  bool             // whether override responds to look-ups, too
	door     http.HandlerFunc // responds to logins in place of the sandbox
	received strings.Builder  // all requests, with logins
}

// recorded is one request other than a login, as received.
type recorded struct {
	lookup bool
	method string
	url    string
	header http.Header
	body   []byte
}

func newFixture(t *testing.T, h Harness) *fixture {
	t.Helper()
	f := &fixture{t: t, harness: h}
	vendors := sandbox.New()
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/sandbox") {
			vendors.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		f.mu.Lock()
		fmt.Fprintln(&f.received, r.RequestURI, r.Header, string(body))
		login := h.IsLogin != nil && h.IsLogin(r)
		lookup := h.IsLookup != nil && h.IsLookup(r)
		switch {
		case login && r.Method == http.MethodPost: // the other requests of a login belong to it
			f.logins++
		case !login:
			f.calls = append(f.calls, recorded{lookup: lookup, method: r.Method, url: "http://" + r.Host + r.RequestURI, header: r.Header.Clone(), body: body})
		}
		override := f.override
		switch {
		case login:
			override = f.door
		case lookup && !f.lookups:
			override = nil
		}
		f.mu.Unlock()
		if override != nil {
			override(w, r)
			return
		}
		vendors.ServeHTTP(w, r)
	}))
	t.Cleanup(f.server.Close)
	f.use(h.New(f.server.URL, 5*time.Second))
	return f
}

func (f *fixture) use(provider providers.Provider, err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	f.provider = provider
}

// answerCreates makes the vendor respond to every request in the given way, except to logins and to
// the look-ups before a creation.
func (f *fixture) answerCreates(handler http.HandlerFunc) { f.answer(handler, false) }

// answerReads makes the vendor respond to every request except logins in the given way.
func (f *fixture) answerReads(handler http.HandlerFunc) { f.answer(handler, true) }

func (f *fixture) answer(handler http.HandlerFunc, lookups bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.override, f.lookups = handler, lookups
}

// answerLogins makes the vendor respond to every login in the given way.
func (f *fixture) answerLogins(handler http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.door = handler
}

// sent returns the requests so far, without logins and look-ups.
func (f *fixture) sent() []recorded {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.calls), func(call recorded) bool { return call.lookup })
}

func (f *fixture) loginCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logins
}

// fault orders a fault at the sandbox.
func (f *fixture) fault(operation, kind string, delay time.Duration, form ...string) {
	f.t.Helper()
	if status, body := f.order(operation, kind, delay, form...); status >= 300 {
		f.t.Fatalf("fault %s %s: %d %s", operation, kind, status, body)
	}
}

// order orders a fault, at most one form of it, and returns the sandbox's response.
func (f *fixture) order(operation, kind string, delay time.Duration, form ...string) (status int, body []byte) {
	f.t.Helper()
	return f.control(http.MethodPost, "/faults", JSON(map[string]any{
		"vendor": f.harness.Vendor, "operation": operation, "kind": kind, "times": 1, "delay_ms": delay.Milliseconds(),
		"form": strings.Join(form, ""),
	}))
}

// control sends a request to the sandbox's control endpoints and returns the response.
func (f *fixture) control(method, path, body string) (status int, said []byte) {
	f.t.Helper()
	request, err := http.NewRequestWithContext(f.t.Context(), method, f.server.URL+"/sandbox"+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	response, err := f.server.Client().Do(request) // the default client loses connections when another server closes
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if said, err = io.ReadAll(response.Body); err != nil {
		f.t.Fatal(err)
	}
	return response.StatusCode, said
}

// record is what the sandbox stores under one key.
type record struct {
	Key     string         `json:"key"`
	Created int            `json:"created"`
	Updated int            `json:"updated"`
	Record  map[string]any `json:"record"`
}

func (f *fixture) records() []record {
	f.t.Helper()
	_, body := f.control(http.MethodGet, "/records?vendor="+f.harness.Vendor, "")
	var held struct {
		Records []record `json:"records"`
	}
	if err := json.Unmarshal(body, &held); err != nil {
		f.t.Fatal(err)
	}
	return held.Records
}

// forms returns a secret unescaped, and as JSON and URLs escape it.
func forms(secret string) []string {
	quoted := JSON(secret)
	return []string{secret, quoted[1 : len(quoted)-1], strings.ReplaceAll(secret, `"`, `\"`), url.QueryEscape(secret)}
}

func (f *fixture) showsNoSecret(text string) {
	f.t.Helper()
	for _, secret := range f.harness.Secrets {
		for _, form := range forms(secret) {
			if strings.Contains(text, form) {
				f.t.Errorf("a secret shows in: %s", strings.ReplaceAll(text, form, "<SECRET>"))
			}
		}
	}
}
