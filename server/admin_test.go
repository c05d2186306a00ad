package server_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
)

func withAdmin(configuration *configv1.Config, _ map[string]providers.Provider) {
	configuration.Admin = &configv1.Admin{Address: "127.0.0.1:0"}
}

// ask calls a path of the admin port under a Host header.
func ask(t *testing.T, r *running, method, path, host, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+r.admin+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestAdmin(t *testing.T) {
	r := start(t, withAdmin)
	for _, c := range []struct {
		method, path, host, body string
		status                   int
		says                     string
	}{
		{"GET", "/healthz", "", "", 200, "SERVING"},
		{"GET", "/readyz", "", "", 200, "SERVING"},
		{"GET", "/metrics", "", "", 200, "enlist_rpc_in_flight"},
		{"GET", "/metrics", "enlist.example", "", 200, "enlist_rpc_in_flight"},
		{"GET", "/v1/providers", "", "", 404, ""},
		{"GET", "/log/level", "", "", 200, `{"level":"LEVEL_DEBUG"}`},
		{"PUT", "/log/level", "", "warn", 200, `{"level":"LEVEL_WARN"}`},
		{"PUT", "/log/level", "", `{"level":"LEVEL_ERROR"}`, 200, `{"level":"LEVEL_ERROR"}`},
		{"PUT", "/log/level", "", "verbose", 400, "debug, info, warn or error"},
		{"PUT", "/log/level", "", `{"level":3}`, 400, "debug, info, warn or error"},
		{"PUT", "/log/level", "", "", 400, "debug, info, warn or error"},
		{"PUT", "/log/level", "", "unspecified", 400, "debug, info, warn or error"},
		{"GET", "/log/level", "localhost:1", "", 200, `{"level":"LEVEL_ERROR"}`},
		{"GET", "/log/level", "[::1]:1", "", 200, `{"level":"LEVEL_ERROR"}`},
		{"PUT", "/log/level", "rebound.example", "debug", 403, "127.0.0.1"},
		{"PUT", "/log/level", "rebound.example:9091", "debug", 403, "127.0.0.1"},
		{"GET", "/debug/pprof/", "rebound.example", "", 403, "127.0.0.1"},
		{"GET", "/debug/pprof/goroutine?debug=1", "", "", 200, "goroutine profile"},
		{"POST", "/log/level", "", "debug", 405, ""},
	} {
		status, answer := ask(t, r, c.method, c.path, c.host, c.body)
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s %s %q %s: %d %s", c.method, c.path, c.host, c.body, status, answer)
		}
	}
	for name, value := range map[string]string{
		"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1", "X-Forwarded-Proto": "http", "Via": "1.1 proxy",
		"Sec-Fetch-Site": "cross-site",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.admin+"/debug/pprof/cmdline", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set(name, value)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", name, response.Status)
		}
	}
	// The level applies to the log. Lower levels are not written, and the changes are.
	before := r.log.String()
	if _, err := http.Get(r.restURL + "/v1/providers"); err != nil {
		t.Fatal(err)
	}
	if r.log.String() != before {
		t.Error("a call was logged at level error")
	}
	if !strings.Contains(before, `"from":"DEBUG","to":"WARN"`) || !strings.Contains(before, `"from":"WARN","to":"ERROR"`) {
		t.Errorf("the changes were not logged: %s", before)
	}
}

// The admin port shows health and metrics to other machines. It refuses requests from there that
// change or inspect the process.
func TestAdminFromElsewhere(t *testing.T) {
	elsewhere := addressOfThisMachine(t)
	r := start(t, func(configuration *configv1.Config, _ map[string]providers.Provider) {
		configuration.Admin = &configv1.Admin{Address: elsewhere + ":0"}
	})
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/metrics": 200, "/log/level": 403, "/debug/pprof/": 403, "/debug/pprof/heap": 403, "/debug/pprof/cmdline": 403,
	} {
		if status, answer := ask(t, r, "GET", path, "", ""); status != want || want == 403 && !strings.Contains(answer, "this machine only") {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	if status, _ := ask(t, r, "PUT", "/log/level", "localhost", "error"); status != 403 {
		t.Errorf("PUT: %d", status)
	}
}

// addressOfThisMachine returns an address of this machine that is not loopback.
func addressOfThisMachine(t *testing.T) string {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && !network.IP.IsLoopback() && network.IP.To4() != nil {
			return network.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback")
	return ""
}

// Prometheus can read the output of /metrics. The metrics follow its naming conventions.
func TestMetricsAreWellFormed(t *testing.T) {
	r := start(t, withAdmin)
	createSome(t, r)
	_, text := ask(t, r, "GET", "/metrics", "", "")
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, problem := range problems {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
}
