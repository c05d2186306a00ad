package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
)

// world is a sandbox behind a real socket.
type world struct {
	*testing.T
	url         string
	credentials sandbox.Credentials
}

func newWorld(t *testing.T, options ...sandbox.Option) *world {
	t.Helper()
	server := httptest.NewServer(sandbox.New(options...))
	t.Cleanup(server.Close)
	return &world{t, server.URL, sandbox.DemoCredentials()}
}

// reply is an answer read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	return parseJSON(t, r.body)
}

func parseJSON(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatalf("not a JSON object: %v\n%s", err, text)
	}
	return object
}

// try sends a request, on a connection of its own so that no retry hides a fault.
func (w *world) try(method, path, body string, headers ...string) (reply, error) {
	request, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(answer)}, err
}

func (w *world) send(method, path, body string, headers ...string) reply {
	w.Helper()
	r, err := w.try(method, path, body, headers...)
	if err != nil {
		w.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (w *world) order(fault string) {
	w.Helper()
	if r := w.send("POST", "/sandbox/faults", fault); r.status != http.StatusOK {
		w.Fatalf("ordering %s: %d %s", fault, r.status, r.body)
	}
}

func (w *world) held(vendor string) []sandbox.Record {
	w.Helper()
	var answer struct{ Records []sandbox.Record }
	if err := json.Unmarshal([]byte(w.send("GET", "/sandbox/records?vendor="+vendor, "").body), &answer); err != nil {
		w.Fatal(err)
	}
	return answer.Records
}

func (w *world) fixture(name string) string {
	w.Helper()
	content, err := os.ReadFile("testdata/" + name)
	if err != nil {
		w.Fatal(err)
	}
	return string(content)
}

// sameJSON compares two JSON texts by value.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	if g, w := parseJSON(t, got), parseJSON(t, want); !reflect.DeepEqual(g, w) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// alter parses a JSON object, changes top-level or dotted members and writes it
// again. A member set to nothing (absent{}) is removed.
func alter(t *testing.T, text string, changes map[string]any) string {
	t.Helper()
	object := parseJSON(t, text)
	for path, value := range changes {
		names := strings.Split(path, ".")
		at := object
		for _, name := range names[:len(names)-1] {
			at = at[name].(map[string]any)
		}
		if last := names[len(names)-1]; value == (absent{}) {
			delete(at, last)
		} else {
			at[last] = value
		}
	}
	written, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

type absent struct{}

// at follows names and list positions into a JSON value.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				t.Fatalf("%v: no object at %q: %v", path, s, value)
			}
			value = object[s]
		case int:
			list, ok := value.([]any)
			if !ok || len(list) <= s {
				t.Fatalf("%v: no item %d: %v", path, s, value)
			}
			value = list[s]
		}
	}
	return value
}

// clock is a time that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
