package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

var (
	rotateFor   = flag.Duration("rotate", 10*time.Second, "how long TestRotation rotates passwords")
	rotateEvery = flag.Duration("rotate.every", 2*time.Second, "how often TestRotation rotates passwords")
)

// lock is a sandbox whose secrets change. Only a vendor's present secret opens it. A change ends
// every token and session.
type lock struct {
	t       *testing.T
	server  *httptest.Server
	vendors http.Handler
	folder  string            // of the secret files, as Kubernetes mounts it
	demo    map[string]string // by vendor, the secret that the sandbox accepts

	mu      sync.RWMutex // a change waits for the requests in progress
	present map[string]string
	tokens  sync.Map // token or session to the round that issued it
	round   int
	refused atomic.Int64 // requests with an earlier secret, token or session
	at      atomic.Value // the end of a path: the secrets change when a request for it arrives
}

// newLock starts the vendors. Its configuration reads the secrets from files.
func newLock(t *testing.T, configuration func(*httptest.Server) *configv1.Config) (*lock, *configv1.Config) {
	t.Helper()
	known := sandboxtest.DemoCredentials()
	l := &lock{t: t, folder: t.TempDir(), present: map[string]string{}, demo: map[string]string{
		"opencell": known.Opencell.Password, "sellandsign": known.SellAndSign.Token, "valomnia": known.Valomnia.Password,
		"caliq": known.Caliq.APIKey, "avvio": known.Avvio.Password,
	}}
	l.vendors = sandbox.New()
	l.server = httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(l.server.Close)
	l.change(t)
	made := configuration(l.server)
	for _, provider := range made.GetProviders() {
		file := "file:" + filepath.Join(l.folder, provider.GetName())
		switch {
		case provider.GetOpencell() != nil:
			provider.GetOpencell().Password = file
		case provider.GetSellAndSign() != nil:
			provider.GetSellAndSign().Token = file
		case provider.GetValomnia() != nil:
			provider.GetValomnia().Password = file
		case provider.GetCaliq() != nil:
			provider.GetCaliq().ApiKey = file
		case provider.GetAvvio() != nil:
			provider.GetAvvio().Password = file
		}
	}
	return l, made
}

// change changes every secret at the vendors and in the files in the same moment. It replaces the
// link `..data`, as Kubernetes does.
func (l *lock) change(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.round++
	version := filepath.Join(l.folder, fmt.Sprintf("..version%d", l.round))
	if err := os.Mkdir(version, 0o700); err != nil {
		t.Fatal(err)
	}
	for vendor := range l.demo {
		l.present[vendor] = fmt.Sprintf("%s-round-%d-secret", vendor, l.round)
		if err := os.WriteFile(filepath.Join(version, vendor), []byte(l.present[vendor]+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_ = os.Symlink(filepath.Join("..data", vendor), filepath.Join(l.folder, vendor)) // fails if it is there
	}
	link := filepath.Join(l.folder, "..data")
	if err := os.Symlink(filepath.Base(version), link+"_tmp"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(link+"_tmp", link); err != nil {
		t.Fatal(err)
	}
}

// serve replaces the present secrets by those of the sandbox, and withdraws earlier tokens.
func (l *lock) serve(w http.ResponseWriter, request *http.Request) {
	if at, _ := l.at.Load().(string); at != "" && strings.HasSuffix(request.URL.Path, at) && l.at.CompareAndSwap(at, "") {
		l.change(l.t)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	body, _ := io.ReadAll(request.Body)
	text := string(body)
	for vendor, secret := range l.present {
		text = strings.ReplaceAll(text, secret, l.demo[vendor])
		request.URL.RawQuery = strings.ReplaceAll(request.URL.RawQuery, url.QueryEscape(secret), url.QueryEscape(l.demo[vendor]))
		for _, values := range request.Header {
			for i := range values {
				values[i] = strings.ReplaceAll(values[i], secret, l.demo[vendor])
			}
		}
	}
	for _, name := range []string{"Authorization", "Cookie"} {
		if issued, known := l.tokens.Load(request.Header.Get(name)); known && issued != l.round {
			l.refused.Add(1)
			request.Header.Set(name, "Bearer withdrawn")
		}
	}
	if strings.Contains(text+request.URL.RawQuery+fmt.Sprint(request.Header), "-secret") {
		l.refused.Add(1)
	}
	request.Body, request.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	request.Header.Set("Content-Length", fmt.Sprint(len(text)))
	answer := httptest.NewRecorder()
	l.vendors.ServeHTTP(answer, request)
	var said struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(answer.Body.Bytes(), &said) == nil && said.Token != "" {
		l.tokens.Store("Bearer "+said.Token, l.round)
	}
	for _, cookie := range answer.Result().Cookies() {
		l.tokens.Store(cookie.Name+"="+cookie.Value, l.round)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = io.Copy(w, bytes.NewReader(answer.Body.Bytes()))
}

// creators are the providers at which callers create customers while secrets change. At the others
// they read: Avvio and Caliq list all their customers for each look-up, and a creation whose own
// request is rejected there waits for the vendor's limit.
func creators() []string { return []string{"opencell", "sellandsign", "valomnia"} }

// Secrets change every 2 s while 64 callers create and read customers. No call fails, and each
// customer exists once.
func TestRotation(t *testing.T) {
	l, configuration := newLock(t, processConfig)
	configuration.Log = nil
	for _, provider := range configuration.GetProviders() {
		provider.Timeout = durationpb.New(30 * time.Second) // a slow machine fails no call
	}
	p := startServer(t, t.TempDir(), configuration)
	client := enlistv1.NewCustomerServiceClient(p.grpc)
	known := map[string]string{}
	for _, provider := range configuration.GetProviders() {
		response, err := client.CreateCustomer(t.Context(), customerAt(provider.GetName(), "FIRST"))
		if err != nil {
			t.Fatal(err)
		}
		known[provider.GetName()] = response.GetCustomer().GetId()
	}
	ctx, cancel := context.WithTimeout(t.Context(), *rotateFor)
	defer cancel()
	var callers sync.WaitGroup
	var created, read, failed atomic.Int64
	fail := func(what string, err error) {
		if failed.Add(1) < 10 {
			t.Errorf("%s: %v %v", what, err, status.Convert(err).Details())
		}
	}
	for caller := range 64 {
		callers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				within, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
				reader := configuration.GetProviders()[(caller+n)%len(configuration.GetProviders())].GetName()
				if _, err := client.GetCustomer(within, &enlistv1.GetCustomerRequest{Provider: reader, CustomerId: known[reader]}); err != nil {
					fail("read at "+reader, err)
				}
				read.Add(1)
				creator := creators()[caller%len(creators())]
				if _, err := client.CreateCustomer(within, customerAt(creator, fmt.Sprintf("C%dN%d", caller, n))); err != nil {
					fail("create at "+creator, err)
				}
				created.Add(1)
				cancel()
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	rotations := 0
	for ticks := time.NewTicker(*rotateEvery); ctx.Err() == nil; {
		select {
		case <-ticks.C:
			l.change(t)
			rotations++
		case <-ctx.Done():
			ticks.Stop()
		}
	}
	callers.Wait()
	t.Logf("%d rotations, %d creations and %d reads by 64 callers, %d failed; the vendors refused %d requests with an earlier secret or token",
		rotations, created.Load(), read.Load(), failed.Load(), l.refused.Load())
	if rotations == 0 || l.refused.Load() == 0 {
		t.Error("no secret changed under a request, so the test shows nothing")
	}
	var listed struct{ Records []sandbox.Record }
	answer := httptest.NewRecorder() // not over HTTP, because there are many records
	l.vendors.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/sandbox/records", http.NoBody))
	if err := json.Unmarshal(answer.Body.Bytes(), &listed); err != nil {
		t.Fatal(err)
	}
	for _, record := range listed.Records {
		if record.Created != 1 {
			t.Errorf("%s has %d customers %s", record.Vendor, record.Created, record.Key)
		}
	}
	if got, want := len(listed.Records), int(created.Load())+len(known); got != want {
		t.Errorf("%d customers of %d creations", got, want)
	}
}

// Secrets change while a create request is on its way that has one itself. Enlist looks up the
// customer and sends the request again for the waiting caller.
func TestSecretOfCreation(t *testing.T) {
	l, configuration := newLock(t, processConfig)
	p := startServer(t, t.TempDir(), configuration)
	for provider, path := range map[string]string{"caliq": "CustomerCreate", "sellandsign": "/customer/update"} {
		l.at.Store(path)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		response, err := enlistv1.NewCustomerServiceClient(p.grpc).CreateCustomer(ctx, customerAt(provider, "4711"))
		cancel()
		if err != nil || l.at.Load() != "" {
			t.Fatalf("%s: %v; the request that was to come: %q", provider, err, l.at.Load())
		}
		got, err := enlistv1.NewOperationServiceClient(p.grpc).GetOperation(t.Context(), &enlistv1.GetOperationRequest{
			Provider: provider, RequestId: response.GetRequestId(),
		})
		if err != nil {
			t.Fatal(err)
		}
		sends := 0
		for _, try := range got.GetOperation().GetTries() {
			if try.GetKind() == enlistv1.TryKind_TRY_KIND_SEND {
				sends++
			}
		}
		if records := sandboxtest.Records(t, l.server.URL, provider); sends != 2 || len(records) != 1 || records[0].Created != 1 {
			t.Errorf("%s: %d create requests, %d customers", provider, sends, len(records))
		}
	}
}

// customerAt returns a complete create request.
func customerAt(provider, id string) *enlistv1.CreateCustomerRequest {
	request := &enlistv1.CreateCustomerRequest{
		Provider: provider, UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP,
		Customer: &enlistv1.Customer{
			Id: id, CurrencyCode: "EUR", LanguageCode: "fr", Email: strings.ToLower(id) + "@example.com", Mobile: "+33612345678",
			Name:           &enlistv1.PersonName{Title: "Mr", GivenName: "Ada", FamilyName: "Lovelace" + id},
			BillingAddress: &enlistv1.Address{Lines: []string{"1 Rue"}, City: "Nice", PostalCode: "06000", CountryCode: "FR"},
		},
	}
	if provider == "avvio" {
		request.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: "long-enough-password"}}
	}
	return request
}
