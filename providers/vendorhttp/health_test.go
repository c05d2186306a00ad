package vendorhttp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Health does not count as a failure what the vendor did not cause: a request that the breaker
// refused, a caller that left, or a credential that is renewed.
func TestHealthOfOthers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	client, err := NewClient(&configv1.Provider{Name: "test", MaxInFlight: 1}, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Call(ctx, client, &Request{Method: http.MethodPost, Path: "/slow", Creates: true}, func(*Response) (int, error) { return 1, nil })
		ended <- err
	}()
	for client.Health(nil).GetInFlight() == 0 {
		time.Sleep(time.Millisecond)
	}
	short, over := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer over()
	get := &Request{Method: http.MethodGet, Path: "/x"}
	if _, err := client.do(short, get); !providers.IsReason(err, enlistv1.ErrorReason_OVERLOADED) {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := <-ended; !providers.IsReason(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN) {
		t.Errorf("got %v", err)
	}
	if _, err := Call(t.Context(), client, get, func(*Response) (int, error) { return 1, ErrRenew }); !errors.Is(err, ErrRenew) {
		t.Errorf("got %v", err)
	}
	if got := client.Health(nil); got.GetInFlight() != 0 || got.GetLastFailureTime() != nil || got.GetLastSuccessTime() != nil || got.GetCredentials() != 0 {
		t.Errorf("got %v", got)
	}
}

func TestHealthOfASession(t *testing.T) {
	client := testClient(t, "http://127.0.0.1:1", time.Second)
	session := newSession(func(context.Context) (Credential, error) {
		return Credential{Value: "t", Expires: RenewBefore(5 * time.Minute)}, nil
	})
	if got := client.Health(session).GetCredentialLifetime(); got != nil {
		t.Errorf("there is no credential, and it ends in %s", got.AsDuration())
	}
	if _, err := session.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := client.Health(session).GetCredentialLifetime().AsDuration(); got < 4*time.Minute || got > 5*time.Minute-30*time.Second {
		t.Errorf("the credential ends in %s", got)
	}
	session.Discard("t")
	if got := client.Health(session).GetCredentialLifetime(); got != nil {
		t.Errorf("a discarded credential ends in %s", got.AsDuration())
	}
}
