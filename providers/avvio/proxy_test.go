package avvio_test

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/avvio"
)

// A proxy whose backend fails after it has carried out the request responds with 503. Varnish, with
// its built-in vcl_backend_error, adds Retry-After: 5 (here 1, to be quick). That response is not
// the vendor's, so Enlist must look up before another attempt.
func TestProxys503IsNotTheVendors(t *testing.T) {
	var made atomic.Int32
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_ = body
		made.Add(1) // the backend has created the account, and the proxy lost its response
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>503 Backend fetch failed</title></head><body><p>Guru Meditation:</p></body></html>")
	}))
	defer vendor.Close()
	p, err := avvio.New(&configv1.Provider{Name: "avvio", Vendor: &configv1.Provider_Avvio{Avvio: &configv1.Avvio{
		BaseUrl: vendor.URL, Username: "u", Password: "p", SiteId: 1853,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "enlist.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	j, err := journal.New(context.Background(), store, journal.Options{Keys: [][]byte{key}, Replica: "r"})
	if err != nil {
		t.Fatal(err)
	}
	s := once.New(j, map[string]providers.Provider{"avvio": p}, once.Options{Tick: time.Hour}, slog.New(slog.DiscardHandler))
	defer func() { s.Close(context.Background()); _ = j.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, err = s.Create(ctx, "", &enlistv1.CreateCustomerRequest{
		Provider: "avvio", RequestId: uuid.NewString(),
		Customer: &enlistv1.Customer{
			Name: &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"}, Email: "q@example.com",
			LanguageCode: "en", BillingAddress: &enlistv1.Address{CountryCode: "FR"},
		},
		VendorOptions: &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: "s3cret-of-hers"}},
	})
	t.Log(err)
	if made.Load() > 1 {
		t.Errorf("one CreateCustomer made %d accounts", made.Load())
	}
	if made.Load() == 0 {
		t.Fatal("nothing was sent")
	}
}
