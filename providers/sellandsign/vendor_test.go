package sellandsign_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// vendor is a Sell&Sign that responds to each action as a test says, and records the requested
// actions.
type vendor struct {
	providers.Provider
	url string

	mu      sync.Mutex
	actions []string
}

type answers map[string]http.HandlerFunc

// newVendor responds with 500 to actions without a response.
func newVendor(t *testing.T, answers answers) *vendor {
	t.Helper()
	return vendorAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		action := r.URL.Query().Get("action")
		switch answer := answers[action]; {
		case answer != nil:
			answer(w, r)
		case action == "getCustomer": // no such customer
			_, _ = w.Write([]byte("null"))
		default:
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
}

func vendorAt(t *testing.T, handler http.Handler) *vendor {
	t.Helper()
	v := &vendor{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		if action := r.URL.Query().Get("action"); action != "" {
			v.actions = append(v.actions, action)
		}
		v.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	provider, err := connect(settings(server.URL), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	v.Provider, v.url = provider, server.URL
	return v
}

// asked returns the actions since its last call.
func (v *vendor) asked() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	actions := v.actions
	v.actions = nil
	return actions
}

func (v *vendor) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := v.asked(); !slices.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
}

// read calls GetCustomer.
func (v *vendor) read(ctx context.Context, number string) (*enlistv1.GetCustomerResponse, error) {
	return v.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: "sellandsign", CustomerId: number})
}

// record returns a customer's object with the two times that identify a new customer.
func record(number string, creationDate, syncTimer int64) string {
	return fmt.Sprintf(`{"number":%q,"actorId":7,"lastname":"There","creationDate":%d,"syncTimer":%d}`, number, creationDate, syncTimer)
}

func failure(t *testing.T, err error, want enlistv1.ErrorReason) *providers.Error {
	t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	return known
}
