package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// vendors is a sandbox that records its requests.
type vendors struct {
	server *httptest.Server
	mu     sync.Mutex
	sent   map[string]*strings.Builder // by provider
	traces map[string][]string         // by provider, the traceparent of each request, empty if it has none
}

func startVendors(t *testing.T) *vendors {
	t.Helper()
	v := &vendors{sent: map[string]*strings.Builder{}, traces: map[string][]string{}}
	next := sandbox.New()
	v.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(body))
		provider := "opencell"
		for part, name := range map[string]string{"/calinda/": "sellandsign", "/api/v1.0/": "valomnia", "/api/v1/": "caliq", "/api/ws_api": "avvio"} {
			if strings.HasPrefix(request.URL.Path, part) {
				provider = name
			}
		}
		query, _ := url.QueryUnescape(request.URL.RawQuery)
		v.mu.Lock()
		if v.sent[provider] == nil {
			v.sent[provider] = &strings.Builder{}
		}
		v.sent[provider].WriteString(request.URL.Path + query + string(body))
		v.traces[provider] = append(v.traces[provider], request.Header.Get("Traceparent"))
		v.mu.Unlock()
		next.ServeHTTP(w, request)
	}))
	t.Cleanup(v.server.Close)
	return v
}

// got returns the requests to a provider's vendor.
func (v *vendors) got(provider string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sent[provider] == nil {
		return ""
	}
	return v.sent[provider].String()
}

func (v *vendors) order(t *testing.T, fault map[string]any) {
	t.Helper()
	body, _ := json.Marshal(fault)
	sandboxtest.Order(t, v.server.URL, string(body))
}

// traceOf returns the traceparent of the latest request to a provider's vendor.
func (v *vendors) traceOf(provider string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if calls := v.traces[provider]; len(calls) > 0 {
		return calls[len(calls)-1]
	}
	return "no call"
}
