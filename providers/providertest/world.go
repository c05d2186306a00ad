package providertest

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// World is a provider with a sandbox of its own.
type World struct {
	*testing.T
	providers.Provider

	vendor, url string
}

// NewWorld connects a provider to a new sandbox. vendor is the name in the sandbox.
func NewWorld(t *testing.T, vendor string, connect func(baseURL string) (providers.Provider, error)) *World {
	t.Helper()
	server := httptest.NewServer(sandbox.New())
	t.Cleanup(server.Close)
	provider, err := connect(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &World{t, provider, vendor, server.URL}
}

// Order orders a fault for one request.
func (w *World) Order(operation, kind, form string) {
	w.Helper()
	sandboxtest.Order(w, w.url, fmt.Sprintf(`{"vendor":%q,"operation":%q,"kind":%q,"form":%q}`, w.vendor, operation, kind, form))
}

// Made returns the number of customers in the sandbox.
func (w *World) Made() int {
	w.Helper()
	return len(sandboxtest.Records(w, w.url, w.vendor))
}

// Get reads a customer.
func (w *World) Get(id string) (*enlistv1.GetCustomerResponse, error) {
	w.Helper()
	return w.GetCustomer(w.Context(), &enlistv1.GetCustomerRequest{Provider: w.Describe().Name, CustomerId: id})
}

// Find returns the one candidate of a look-up.
func (w *World) Find(creation providers.Creation) providers.Candidate {
	w.Helper()
	found, err := creation.FindCustomer(w.Context(), providers.Sent{Since: time.Now()})
	if err != nil || len(found) != 1 {
		w.Fatalf("found %+v, %v", found, err)
	}
	return found[0]
}
