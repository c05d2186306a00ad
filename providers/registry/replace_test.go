package registry_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// caliqs is Caliq with a key that changes.
type caliqs struct {
	server  *httptest.Server
	key     atomic.Value // the accepted key
	spoils  atomic.Int32 // create requests to reject after they were carried out
	creates atomic.Int32 // create requests with an accepted key
}

func startCaliq(t *testing.T, key string) *caliqs {
	t.Helper()
	c, next := &caliqs{}, sandbox.New()
	c.key.Store(key)
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		accepted, _ := c.key.Load().(string)
		isCreate := strings.HasSuffix(request.URL.Path, "CustomerCreate")
		if bytes.Contains(body, []byte(accepted)) && isCreate {
			c.creates.Add(1)
		}
		body = bytes.ReplaceAll(body, []byte(accepted), []byte(sandboxtest.DemoCredentials().Caliq.APIKey))
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		if isCreate && c.spoils.Add(-1) >= 0 {
			next.ServeHTTP(httptest.NewRecorder(), request)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, request)
	}))
	t.Cleanup(c.server.Close)
	return c
}

func (c *caliqs) config(key string) *configv1.Provider {
	return &configv1.Provider{
		Name: "caliq", Timeout: durationpb.New(5 * time.Second), MaxInFlight: 10,
		Vendor: &configv1.Provider_Caliq{Caliq: &configv1.Caliq{BaseUrl: c.server.URL, ApiKey: key, ChannelId: 2}},
	}
}

// connected is a set of providers whose renewal takes the next configuration.
type connected struct {
	t       *testing.T
	present map[string]providers.Provider
	next    *configv1.Provider
	renewed int
}

func (c *connected) use(configs ...*configv1.Provider) {
	c.t.Helper()
	made, err := registry.Replace(c.present, configs, func(name string) providers.Provider {
		c.renewed++
		if c.next != nil {
			c.use(c.next)
		}
		return c.present[name]
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.present = made
}

func request(id string) *enlistv1.CreateCustomerRequest {
	return &enlistv1.CreateCustomerRequest{
		Provider: "caliq", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
		OnExisting: enlistv1.OnExisting_ON_EXISTING_FAIL, UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT,
		Customer: &enlistv1.Customer{
			Id: id, Name: &enlistv1.PersonName{GivenName: "Ada", FamilyName: "Lovelace"}, Email: "ada@example.com",
			BillingAddress: &enlistv1.Address{Lines: []string{"1 High Street"}, CountryCode: "GB"}, CurrencyCode: "GBP",
		},
	}
}

// Only a provider whose configuration changed is replaced.
func TestReplace(t *testing.T) {
	vendor := startCaliq(t, "first-key")
	one, two := vendor.config("first-key"), vendor.config("first-key")
	two.Name = "two"
	c := &connected{t: t}
	c.use(one, two)
	before := c.present
	changed := proto.CloneOf(two)
	changed.Timeout = durationpb.New(time.Second)
	c.use(proto.CloneOf(one), changed)
	if c.present["caliq"] != before["caliq"] || c.present["two"] == before["two"] {
		t.Error("the wrong provider was replaced")
	}
	wrong := proto.CloneOf(one)
	wrong.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
	_, err := registry.Replace(c.present, []*configv1.Provider{wrong}, nil)
	var unfit *registry.Unfit
	if !errors.As(err, &unfit) || unfit.Path != "providers[0].on_existing" {
		t.Errorf("of an unfit provider: %v", err)
	}
}

// A request with rejected credentials is repeated with new ones, if nothing else has changed.
func TestRenewedCredentials(t *testing.T) {
	vendor := startCaliq(t, "first-key")
	c := &connected{t: t}
	c.use(vendor.config("first-key"))
	held := c.present["caliq"] // as a call in progress holds it
	prepared, err := held.Prepare(request("C-1"))
	if err != nil {
		t.Fatal(err)
	}
	vendor.key.Store("second-key")
	c.next = vendor.config("second-key")
	if _, err := prepared.CreateCustomer(t.Context()); err != nil || vendor.creates.Load() != 1 {
		t.Errorf("a creation: %v after %d requests", err, vendor.creates.Load())
	}
	if _, err := held.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "caliq", CustomerId: "C-1"}); err != nil {
		t.Errorf("a read: %v", err)
	}
	found, err := prepared.FindCustomer(t.Context(), providers.Sent{Since: time.Now()})
	if err != nil || len(found) != 1 {
		t.Errorf("a look-up found %d, %v", len(found), err)
	}
	vendor.key.Store("third-key") // which no file has
	before := c.renewed
	_, err = c.present["caliq"].GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "caliq", CustomerId: "C-1"})
	if !providers.IsReason(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED) || c.renewed != before+1 {
		t.Errorf("with the rejected key in the file: %v after %d reads", err, c.renewed-before)
	}
	c.next = vendor.config("third-key")
	c.next.GetCaliq().ChannelId = 3
	_, err = c.present["caliq"].GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "caliq", CustomerId: "C-1"})
	if !providers.IsReason(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED) {
		t.Errorf("a call went on at a provider with other settings: %v", err)
	}
}

// A create request that was itself rejected is not repeated, because the vendor may have carried it
// out.
func TestRejectedCreateIsNotRepeated(t *testing.T) {
	vendor := startCaliq(t, "first-key")
	c := &connected{t: t, next: vendor.config("second-key")}
	c.use(vendor.config("first-key"))
	prepared, err := c.present["caliq"].Prepare(request("C-1"))
	if err != nil {
		t.Fatal(err)
	}
	vendor.spoils.Store(1)
	_, err = prepared.CreateCustomer(t.Context())
	var failure *providers.Error
	if !errors.As(err, &failure) || failure.Reason != enlistv1.ErrorReason_VENDOR_UNAVAILABLE || failure.RetryAfter == 0 ||
		failure.Stage != enlistv1.SendStage_SEND_STAGE_ANSWERED || vendor.creates.Load() != 1 {
		t.Errorf("got %v after %d create requests", err, vendor.creates.Load())
	}
	vendor.key.Store("second-key")
	found, err := prepared.FindCustomer(t.Context(), providers.Sent{Since: time.Now().Add(-time.Minute), Looked: true})
	if err != nil || len(found) != 1 || found[0].Match != providers.MatchOurs {
		t.Errorf("the look-up with the new key: %+v, %v", found, err)
	}
}
