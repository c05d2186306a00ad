package vendorhttp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/wire"
)

func TestSessionLogsInOnceAndRenews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		session := newSession(func(context.Context) (Credential, error) {
			logins++
			time.Sleep(time.Second)
			return Credential{Value: strings.Repeat("t", logins), Expires: RenewBefore(5 * time.Minute)}, nil
		})
		get := func() string {
			value, err := session.Get(t.Context())
			if err != nil {
				t.Error(err)
			}
			return value
		}
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() { get() })
		}
		group.Wait()
		if logins != 1 {
			t.Errorf("%d logins for 100 callers", logins)
		}
		time.Sleep(5*time.Minute - 32*time.Second)
		if get(); logins != 1 {
			t.Error("renewed too early")
		}
		time.Sleep(2 * time.Second)
		if value := get(); logins != 2 || value != "tt" {
			t.Errorf("not renewed before the end: %d logins", logins)
		}
		session.Discard("an older one")
		if get(); logins != 2 {
			t.Error("a newer credential was discarded for an older one")
		}
		session.Discard("tt")
		if get(); logins != 3 {
			t.Error("a refused credential was kept")
		}
	})
}

func TestSessionOutlivesItsFirstCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := newSession(func(ctx context.Context) (Credential, error) {
			select {
			case <-time.After(time.Second):
				return Credential{Value: "t"}, nil
			case <-ctx.Done():
				return Credential{}, ctx.Err()
			}
		})
		impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := session.Get(impatient); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		if value, err := session.Get(t.Context()); value != "t" || err != nil {
			t.Errorf("got %q, %v", value, err)
		}
		group.Wait()
	})
}

func TestSessionFailureIsNotKept(t *testing.T) {
	fail := true
	session := newSession(func(context.Context) (Credential, error) {
		if fail {
			return Credential{}, errors.New("no")
		}
		return Credential{Value: "t"}, nil
	})
	if _, err := session.Get(t.Context()); err == nil {
		t.Error("no error")
	}
	fail = false
	if value, err := session.Get(t.Context()); value != "t" || err != nil {
		t.Errorf("got %q, %v", value, err)
	}
}

func TestSessionOutlivesAPanic(t *testing.T) {
	session := newSession(func(context.Context) (Credential, error) { panic("s3cret") })
	if _, err := session.Get(t.Context()); err == nil || !strings.Contains(err.Error(), "panic of type string") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

// If the vendor closes a pooled connection, the client never writes a creation again.
func TestCreateIsNotRepeatedOnADeadConnection(t *testing.T) {
	var creates atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && creates.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	client := testClient(t, server.URL, time.Second)
	create := &Request{Method: http.MethodPost, Path: "/x", Body: []byte("{}"), ContentType: "application/json", Creates: true}
	if _, err := client.do(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	_, err := client.do(t.Context(), create)
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != enlistv1.ErrorReason_OUTCOME_UNKNOWN || known.Stage != enlistv1.SendStage_SEND_STAGE_SENT {
		t.Errorf("got %v", err)
	}
	if got := creates.Load(); got != 2 {
		t.Errorf("%d creates reached the vendor, want 2", got)
	}
}

func TestErrorsHoldNoURL(t *testing.T) {
	client := testClient(t, "http://127.0.0.1:1", time.Second)
	_, err := client.do(t.Context(), &Request{Method: http.MethodGet, Path: "/x", Query: url.Values{"token": {"s3cret"}}})
	if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "/x") {
		t.Errorf("got %v", err)
	}
}

func TestPreview(t *testing.T) {
	client := testClient(t, "http://vendor.example/root/", 0)
	preview := client.Preview(&Request{
		Method: http.MethodPost, Path: "/p", Query: url.Values{"a": {"b c"}, "token": {"s|+/="}}, Header: http.Header{"J_token": {"s3cret"}, "Accept": {"x"}},
		ContentType: "text/plain", Body: []byte("with s3cret"), Secrets: map[string]Secret{"J_token": {Setting: "token"}, "token": {Setting: "token"}},
		RedactedBody: func(wire.Placeholders) []byte { return []byte("with nothing") },
	})
	if text := preview.String(); strings.Contains(text, "s3cret") || strings.Contains(text, "s%7C") {
		t.Errorf("a secret shows: %s", text)
	}
	if want := "http://vendor.example/root/p?a=b+c&token=$TEST_TOKEN"; preview.GetUrl() != want || preview.GetBody() != "with nothing" {
		t.Errorf("got %v", preview)
	}
}

// No text of a customer contains a placeholder, whatever it imitates.
func TestPlaceholders(t *testing.T) {
	for provider, cases := range map[string]map[string][]string{
		"avvio": {
			"Ada":                      {"AVVIO_PASSWORD", "REQUEST_AVVIO_PASSWORD"},
			"$AVVIO_PASSWORD":          {"AVVIO_PASSWORD_", "REQUEST_AVVIO_PASSWORD"},
			"$AVVIO_PASSWORD_X_":       {"AVVIO_PASSWORD__", "REQUEST_AVVIO_PASSWORD"},
			"$AVVIO_PASSWORD___ $":     {"AVVIO_PASSWORD____", "REQUEST_AVVIO_PASSWORD"},
			"$REQUEST_AVVIO_PASSWORDS": {"AVVIO_PASSWORD", "REQUEST_AVVIO_PASSWORD_"},
		},
		"my-avvio-2":    {"Ada": {"MY_AVVIO_2_PASSWORD", "REQUEST_AVVIO_PASSWORD"}},
		"request-avvio": {"Ada": {"REQUEST_AVVIO_PASSWORD", "_REQUEST_AVVIO_PASSWORD"}},
	} {
		client, err := NewClient(&configv1.Provider{Name: provider}, "http://vendor.example")
		if err != nil {
			t.Fatal(err)
		}
		for text, want := range cases {
			body, redacted := wire.Body(&avviov1.CreateAccountRequest{
				UserAuth:           &avviov1.UserAuth{ApiPassword: "s3cret"},
				AccountInformation: &avviov1.AccountInformation{NameFirst: text, Password: "s3cret"},
			})
			preview := client.Preview(&Request{Method: http.MethodPost, Path: "/p", Body: body, RedactedBody: redacted})
			if got := preview.GetPlaceholders(); !slices.Equal(got, want) || strings.Contains(preview.GetBody(), "s3cret") {
				t.Errorf("%s, %s: %v", provider, text, preview)
			}
			for _, name := range want {
				if !strings.Contains(preview.GetBody(), `"$`+name+`"`) || strings.Contains(text, "$"+name) {
					t.Errorf("%s, %s: %s is not a secret alone in %s", provider, text, name, preview.GetBody())
				}
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": time.Second, "5": 5 * time.Second, "0": time.Second, "-5": time.Second, "x": time.Second, "99999999": time.Hour,
		"99999999999999999999": time.Second, "Mon, 02 Jan 2006 15:04:05 GMT": time.Second,
	} {
		if got, _ := retryAfter(http.Header{"Retry-After": {value}}); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("5")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		if wait, _ := retryAfter(http.Header{"Retry-After": {value}}); wait < time.Second || wait > maxRetryAfter {
			t.Errorf("%q: %s", value, wait)
		}
	})
}

func newSession(login func(context.Context) (Credential, error)) *Session {
	return &Session{provider: "test", login: login, timeout: time.Minute}
}

func testClient(t *testing.T, base string, timeout time.Duration) *Client {
	t.Helper()
	client, err := NewClient(&configv1.Provider{Name: "test", Timeout: durationpb.New(timeout)}, base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// do sends a request and accepts any response.
func (c *Client) do(ctx context.Context, request *Request) (*Response, error) {
	return Call(ctx, c, request, func(response *Response) (*Response, error) { return response, nil })
}
