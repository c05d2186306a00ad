package valomnia_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

// vendor accepts every login. It responds to each other request with the next of its responses, and
// repeats the last.
type vendor struct {
	provider providers.Provider
	server   *httptest.Server

	mu     sync.Mutex
	logins int
	calls  []call
}

type call struct{ method, path, cookie, body string }

func newVendor(t *testing.T, answers ...http.HandlerFunc) *vendor {
	t.Helper()
	v := &vendor{}
	v.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		switch r.URL.Path {
		case "/j_spring_security_check":
			v.logins++
			w.Header().Set("Set-Cookie", "JSESSIONID=session-4711; Path=/; HttpOnly")
			w.Header().Set("Location", "/login/ajaxSuccess")
			w.WriteHeader(http.StatusFound)
		case "/login/ajaxSuccess":
			_, _ = w.Write([]byte(`{"success":true,"token":"t","user":{"id":2}}`))
		default:
			body, _ := io.ReadAll(r.Body)
			answers[min(len(v.calls), len(answers)-1)](w, r)
			v.calls = append(v.calls, call{r.Method, r.URL.EscapedPath(), r.Header.Get("Cookie"), string(body)})
		}
	}))
	t.Cleanup(v.server.Close)
	provider, err := connect(settings(v.server.URL), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	v.provider = provider
	return v
}

func text(status int, body string, headers ...string) http.HandlerFunc {
	return providertest.Respond(status, body, append(headers, "Content-Type", "application/json;charset=UTF-8")...)
}

func (v *vendor) paths() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	paths := make([]string, len(v.calls))
	for i, call := range v.calls {
		paths[i] = call.path
	}
	return strings.Join(paths, " ")
}
