package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// The headers of the API reference and the console: what the browser may do, and how to cache them.
func TestPages(t *testing.T) {
	r := start(t, nil)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string, header http.Header) *http.Response {
		t.Helper()
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, r.restURL+path, http.NoBody)
		request.Header = header
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
	for _, page := range []string{"docs", "console"} {
		if got := get("/"+page, http.Header{}); got.StatusCode != http.StatusTemporaryRedirect || got.Header.Get("Location") != page+"/" {
			t.Errorf("/%s: %s to %q; behind a path prefix only a relative address is right", page, got.Status, got.Header.Get("Location"))
		}
	}
	for path, contentType := range map[string]string{
		"/docs/": "text/html; charset=utf-8", "/docs/page.js": "application/javascript", "/docs/page.css": "text/css; charset=utf-8",
		"/docs/standalone.js": "application/javascript",
		"/console/":           "text/html; charset=utf-8", "/console/main.js": "text/javascript; charset=utf-8",
		"/console/console.css": "text/css; charset=utf-8", "/console/icon.svg": "image/svg+xml",
		"/openapi.json": "application/json", "/service-config.json": "application/json",
	} {
		got := get(path, http.Header{"Accept-Encoding": {"gzip"}, "Origin": {"https://elsewhere.example"}})
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: %s %s", path, got.Status, got.Header.Get("Content-Type"))
		}
		if strings.Contains(path, "standalone") && got.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s is not compressed", path)
		}
		policy := got.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; ") || !strings.Contains(policy, "frame-ancestors 'none'") ||
			strings.Contains(strings.Replace(policy, "style-src 'self' 'unsafe-inline'", "", 1), "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "",
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, got.Header.Get(name))
			}
		}
		if again := get(path, http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {got.Header.Get("Etag")}}); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s with its own ETag %q: %s", path, got.Header.Get("Etag"), again.Status)
		}
	}
	for _, path := range []string{"/docs/nothing", "/docs/index.html", "/docs/page/index.html", "/docs/standalone.js.gz", "/docs/standalone.js.sha256", "/console/nothing", "/console/index.html", "/console/page/"} {
		if got := get(path, http.Header{}); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, got.Status)
		}
	}
}

// The tests in browser/apidocs drive the API reference in Chromium.
func TestAPIReferenceInABrowser(t *testing.T) {
	inABrowser(t, "apidocs")
}

// inABrowser runs the tests of a page in Chromium. One server is like the demo's. The second is the
// same behind a path prefix. The third requires an API key. The tests also get the variables.
func inABrowser(t *testing.T, page string, variables ...string) {
	t.Helper()
	chromium := needs(t, "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
	needs(t, "node")
	// The reads make Go run this test again when one of these files has changed.
	for _, folder := range []string{"browser", "browser/" + page} {
		if _, err := os.ReadDir(folder); err != nil {
			t.Fatal(err)
		}
	}
	playwright := needs(t, "./browser/node_modules/.bin/playwright")
	r, keyed := start(t, nil), start(t, guarded(t, authtest.NewIssuer(t)))
	target, err := url.Parse(r.restURL)
	if err != nil {
		t.Fatal(err)
	}
	prefixed := httptest.NewServer(http.StripPrefix("/enlist", httputil.NewSingleHostReverseProxy(target)))
	t.Cleanup(prefixed.Close)

	tests := exec.CommandContext(t.Context(), playwright, "test", "--config", "browser", "browser/"+page+"/")
	tests.Env = append(os.Environ(), append(variables, "CHROMIUM="+chromium, "ENLIST="+r.restURL, "ENLIST_WITH_KEYS="+keyed.restURL,
		"ENLIST_BEHIND_PREFIX="+prefixed.URL+"/enlist", "SANDBOX="+r.sandboxURL, "SANDBOX_WITH_KEYS="+keyed.sandboxURL)...)
	output, err := tests.CombinedOutput()
	t.Logf("%s", output)
	if err != nil {
		t.Error(err)
	}
}

// needs returns the first of the programs that this machine has. If it has none of them, the test
// fails in CI, and is skipped elsewhere.
func needs(t *testing.T, programs ...string) string {
	t.Helper()
	for _, program := range programs {
		if found, err := exec.LookPath(program); err == nil {
			return found
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("no %s here: make browser", programs[0])
	}
	t.Skipf("no %s here: make browser", programs[0])
	return ""
}
