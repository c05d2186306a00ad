package sandboxtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
)

// Content types.
const (
	FormType = "application/x-www-form-urlencoded"
	JSONType = "application/json"
	XMLType  = "application/xml"
)

// World is a sandbox behind a real socket.
type World struct {
	*testing.T
	URL         string
	Credentials Credentials
}

// NewWorld starts a sandbox that ends with the test.
func NewWorld(t *testing.T, options ...sandbox.Option) *World {
	t.Helper()
	server := httptest.NewServer(sandbox.New(options...))
	t.Cleanup(server.Close)
	return &World{t, server.URL, DemoCredentials()}
}

// Reply is a response with its whole body.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// JSON returns the body, which must be a JSON object.
func (r Reply) JSON(t *testing.T) map[string]any {
	t.Helper()
	return ParseJSON(t, r.Body)
}

// Try sends a request. It uses a connection of its own, so that no retry hides a fault.
func (w *World) Try(method, path, body string, headers ...string) (Reply, error) {
	request, err := http.NewRequestWithContext(w.Context(), method, w.URL+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return Reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return Reply{response.StatusCode, response.Header, string(read)}, err
}

// Send sends a request that must get a response.
func (w *World) Send(method, path, body string, headers ...string) Reply {
	w.Helper()
	r, err := w.Try(method, path, body, headers...)
	if err != nil {
		w.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// Order orders a fault, which must be accepted.
func (w *World) Order(fault string) {
	w.Helper()
	if r := w.Send("POST", "/sandbox/faults", fault); r.Status != http.StatusOK {
		w.Fatalf("ordering %s: %d %s", fault, r.Status, r.Body)
	}
}

// Records returns the records of a vendor, or of all vendors if the name is empty.
func (w *World) Records(vendor string) []sandbox.Record {
	w.Helper()
	var list struct{ Records []sandbox.Record }
	if err := json.Unmarshal([]byte(w.Send("GET", "/sandbox/records?vendor="+vendor, "").Body), &list); err != nil {
		w.Fatal(err)
	}
	return list.Records
}

// Fixture returns a file of a vendor's testdata, such as "caliq/create_request.json". It works in
// the folder of the sandbox and in those of the vendors.
func (w *World) Fixture(name string) string {
	w.Helper()
	vendor, file := filepath.Split(name)
	inside := filepath.Join(vendor, "testdata", file)
	for _, path := range []string{inside, filepath.Join("..", inside)} {
		if content, err := os.ReadFile(path); err == nil {
			return string(content)
		}
	}
	w.Fatalf("no fixture %s", name)
	return ""
}
