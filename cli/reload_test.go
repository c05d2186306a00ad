package cli_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// file returns the path of the server's configuration.
func (p *process) file() string { return p.command.Args[len(p.command.Args)-1] }

// configure replaces the server's configuration file, with a line for each setting.
func (p *process) configure(t *testing.T, configuration *configv1.Config) {
	t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true, Multiline: true}.Marshal(configuration)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.file()+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(p.file()+".new", p.file()); err != nil {
		t.Fatal(err)
	}
}

// reload runs `enlist reload`.
func (p *process) reload() (printed string, err error) {
	out, err := exec.Command(binary, "reload", "--address", p.admin).CombinedOutput()
	return string(out), err
}

// mustReload replaces the configuration and reloads it.
func (p *process) mustReload(t *testing.T, configuration *configv1.Config, want string) {
	t.Helper()
	p.configure(t, configuration)
	if printed, err := p.reload(); err != nil || printed != want+"\n" {
		t.Fatalf("prints %q, %v; want %q", printed, err, want)
	}
}

// shows reports whether a line is among the metrics.
func (p *process) shows(t *testing.T, line string) bool {
	t.Helper()
	return strings.Contains("\n"+send(t, http.MethodGet, p.admin+"/metrics", http.NoBody, nil), "\n"+line+"\n")
}

func startReloadable(t *testing.T, change func(*configv1.Config)) (p *process, vendors *httptest.Server, configuration *configv1.Config) {
	t.Helper()
	vendors = httptest.NewServer(sandbox.New())
	t.Cleanup(vendors.Close)
	configuration = processConfig(vendors)
	configuration.Log = nil
	if change != nil {
		change(configuration)
	}
	return startServer(t, t.TempDir(), configuration), vendors, configuration
}

// A configuration that cannot be used changes nothing. The command, the log and the metrics say so,
// with the field and its line. So does one with a change that needs a restart.
func TestReloadRefuses(t *testing.T) {
	p, _, running := startReloadable(t, nil)
	for name, c := range map[string]struct {
		change func(*configv1.Config)
		fields map[string]string // and what stands in its line; empty if it has none
	}{
		"invalid": {func(c *configv1.Config) {
			c.Providers[3].Name, c.Providers[0].GetOpencell().Password = "Not A Name", "file:/missing"
		}, map[string]string{"providers[0].opencell.password": "file:/missing", "providers[3].name": "Not A Name"}},
		"unfit for the vendor": {func(c *configv1.Config) {
			c.Providers[0].GetOpencell().Defaults = &enlistv1.OpencellOptions{CrmAccountType: "NONE"}
		}, map[string]string{"providers[0].opencell.defaults.crm_account_type": "NONE"}},
		"an address": {func(c *configv1.Config) { c.Http.Address = "127.0.0.1:1" }, map[string]string{"http.address": `"127.0.0.1:1"`}},
		"the journal": {func(c *configv1.Config) {
			c.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: "another.db"}}}
		}, map[string]string{"journal.sqlite.path": "another.db"}},
		"no admin port":    {func(c *configv1.Config) { c.Admin = nil }, map[string]string{"admin.address": ""}},
		"the audit stream": {func(c *configv1.Config) { c.Audit.File = "another.jsonl" }, map[string]string{"audit.file": "another.jsonl"}},
		"the log's format": {func(c *configv1.Config) {
			c.Log = &configv1.Log{Format: configv1.Log_FORMAT_TEXT}
		}, map[string]string{"log.format": "FORMAT_TEXT"}},
	} {
		t.Run(name, func(t *testing.T) {
			next := proto.CloneOf(running)
			c.change(next)
			next.Providers = next.GetProviders()[:4] // the fifth must stay
			p.configure(t, next)
			printed, err := p.reload()
			if err == nil || !strings.Contains(printed, "keeps the earlier configuration") {
				t.Fatalf("prints %s", printed)
			}
			text, _ := os.ReadFile(p.file())
			for field, content := range c.fields {
				before, _, _ := strings.Cut(string(text), content)
				line := strings.Count(before, "\n") + 1
				if content == "" {
					line = 0
				}
				p.mustSay(t, fmt.Sprintf(`"field":%q,"line":%d,`, field, line), 1)
				if !strings.Contains(printed, field) {
					t.Errorf("prints %s", printed)
				}
			}
			if !p.shows(t, "enlist_configuration_last_reload_successful 0") {
				t.Error("the metric shows a success")
			}
			listed, err := enlistv1.NewProviderServiceClient(p.grpc).ListProviders(t.Context(), &enlistv1.ListProvidersRequest{})
			if err != nil || len(listed.GetProviders()) != 5 {
				t.Errorf("%d providers, %v", len(listed.GetProviders()), err)
			}
		})
	}
	if strings.Contains(p.said(), "demo-opencell-password") {
		t.Error("the log has a secret")
	}
	p.mustReload(t, running, "reloaded; nothing has changed")
	if !p.shows(t, "enlist_configuration_last_reload_successful 1") || p.shows(t, `enlist_configuration_reloads_total{result="failure"} 0`) ||
		p.shows(t, `enlist_configuration_reloads_total{result="success"} 0`) {
		t.Error("the metrics do not show it")
	}
}

// A changed file is read without a signal or a command. The log has its line for a mistake.
func TestFileIsWatched(t *testing.T) {
	p, _, running := startReloadable(t, nil)
	text, err := os.ReadFile(p.file())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.file(), append([]byte("# one\n# two\n"), append(text[:len(text)-1:len(text)-1], ",\ncall_timeout: soon}"...)...), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "it logs the mistake", func() bool { return strings.Contains(p.said(), `"field":"call_timeout","line":4`) })
	if !p.shows(t, "enlist_configuration_last_reload_successful 0") {
		t.Error("the metric shows a success")
	}
	next := proto.CloneOf(running)
	next.Providers = next.GetProviders()[1:]
	p.configure(t, next)
	testkit.Eventually(t, "opencell is gone", func() bool {
		_, err := enlistv1.NewProviderServiceClient(p.grpc).GetProvider(t.Context(), &enlistv1.GetProviderRequest{Provider: "opencell"})
		return status.Code(err) == codes.NotFound
	})
	if failures := strings.Count(p.said(), "cannot use the changed configuration"); failures != 1 {
		t.Errorf("the mistake is logged %d times", failures)
	}
}

// Calls in progress end at the provider at which they began, whatever becomes of it. The others
// keep their state.
func TestReloadWhileCalling(t *testing.T) {
	p, vendors, running := startReloadable(t, func(c *configv1.Config) {
		for _, provider := range c.GetProviders() {
			provider.Timeout = durationpb.New(30 * time.Second)
		}
	})
	client, all := enlistv1.NewCustomerServiceClient(p.grpc), enlistv1.NewProviderServiceClient(p.grpc)
	get := func(name string) (*enlistv1.Provider, error) {
		response, err := all.GetProvider(t.Context(), &enlistv1.GetProviderRequest{Provider: name})
		return response.GetProvider(), err
	}
	slowly := func(vendor, id string, during func()) {
		t.Helper()
		sandboxtest.Order(t, vendors.URL, fmt.Sprintf(`{"vendor": %q, "operation": "create", "kind": "latency", "delay_ms": 1500}`, vendor))
		var calling sync.WaitGroup
		calling.Go(func() {
			if _, err := client.CreateCustomer(t.Context(), customerAt(vendor, id)); err != nil {
				t.Errorf("%s: %v", vendor, err)
			}
		})
		testkit.Eventually(t, "the request is at the vendor", func() bool {
			now, err := get(vendor)
			return err == nil && now.GetHealth().GetInFlight() > 0
		})
		during()
		calling.Wait()
	}
	if _, err := client.CreateCustomer(t.Context(), customerAt("caliq", "BEFORE")); err != nil {
		t.Fatal(err)
	}
	before, _ := get("caliq")

	removed := proto.CloneOf(running)
	removed.Providers = removed.GetProviders()[1:]
	slowly("opencell", "REMOVED", func() { p.mustReload(t, removed, "reloaded; changed: providers.opencell") })
	if _, err := client.CreateCustomer(t.Context(), customerAt("opencell", "AFTER")); status.Code(err) != codes.NotFound {
		t.Errorf("at a removed provider: %v", err)
	}
	p.mustReload(t, running, "reloaded; changed: providers.opencell")
	if _, err := client.CreateCustomer(t.Context(), customerAt("opencell", "AFTER")); err != nil {
		t.Errorf("at an added provider: %v", err)
	}
	elsewhere := httptest.NewServer(sandbox.New())
	defer elsewhere.Close()
	moved := proto.CloneOf(running)
	moved.Providers[2].GetValomnia().BaseUrl = elsewhere.URL
	slowly("valomnia", "MOVED", func() { p.mustReload(t, moved, "reloaded; changed: providers.valomnia") })
	if got := len(sandboxtest.Records(t, vendors.URL, "valomnia")); got != 1 {
		t.Errorf("%d customers at the earlier address", got)
	}
	if _, err := client.CreateCustomer(t.Context(), customerAt("valomnia", "NEXT")); err != nil || len(sandboxtest.Records(t, elsewhere.URL, "valomnia")) != 1 {
		t.Errorf("at the next address: %v", err)
	}
	after, err := get("caliq")
	if err != nil || !proto.Equal(before.GetHealth(), after.GetHealth()) || before.GetHealth().GetLastSuccessTime() == nil {
		t.Errorf("the health of an unchanged provider was %v and is %v, %v", before.GetHealth(), after.GetHealth(), err)
	}
	if !p.shows(t, `enlist_vendor_logins_total{provider="valomnia",result="ok"} 2`) {
		t.Error("the counters of a changed provider begin anew")
	}
}

// A creation whose provider was removed waits for it, as after a restart.
func TestReloadWithOpenCreation(t *testing.T) {
	p, vendors, running := startReloadable(t, nil)
	sandboxtest.Order(t, vendors.URL, `{"vendor": "opencell", "operation": "create", "kind": "drop_after"}`)
	sandboxtest.Order(t, vendors.URL, `{"vendor": "opencell", "operation": "get", "kind": "status_500", "times": 1000}`)
	request := customerAt("opencell", "OPEN")
	request.RequestId = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"
	if _, err := enlistv1.NewCustomerServiceClient(p.grpc).CreateCustomer(t.Context(), request); status.Code(err) != codes.Aborted {
		t.Fatalf("the outcome is not unknown: %v", err)
	}
	state := func() enlistv1.OperationState {
		got, err := enlistv1.NewOperationServiceClient(p.grpc).GetOperation(t.Context(), &enlistv1.GetOperationRequest{
			Provider: "opencell", RequestId: request.GetRequestId(),
		})
		if err != nil {
			t.Fatal(err)
		}
		return got.GetOperation().GetState()
	}
	removed := proto.CloneOf(running)
	removed.Providers = removed.GetProviders()[1:]
	p.mustReload(t, removed, "reloaded; changed: providers.opencell")
	time.Sleep(3 * time.Second) // several look-ups are due
	if now := state(); now != enlistv1.OperationState_OPERATION_STATE_UNKNOWN {
		t.Errorf("without its provider it is %s", now)
	}
	vendorsHeal(t, vendors)
	p.mustReload(t, running, "reloaded; changed: providers.opencell")
	testkit.Eventually(t, "it is found", func() bool { return state() == enlistv1.OperationState_OPERATION_STATE_SUCCEEDED })
	if records := sandboxtest.Records(t, vendors.URL, "opencell"); len(records) != 1 || records[0].Created != 1 {
		t.Errorf("%d customers", len(records))
	}
}

// vendorsHeal removes all ordered faults.
func vendorsHeal(t *testing.T, vendors *httptest.Server) {
	t.Helper()
	send(t, http.MethodDelete, vendors.URL+"/sandbox/faults", http.NoBody, nil)
}

// Keys, the deadline and the level of the log change at once. Callers in progress stay.
func TestReloadSettings(t *testing.T) {
	hash := func(key string) string {
		sum := sha256.Sum256([]byte(key))
		return hex.EncodeToString(sum[:])
	}
	p, _, running := startReloadable(t, func(c *configv1.Config) {
		c.Auth = &configv1.Auth{ApiKeys: []*configv1.ApiKey{{Name: "one", Sha256: hash("first")}}}
	})
	code := func(key string) codes.Code {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+key)
		_, err := enlistv1.NewProviderServiceClient(p.grpc).ListProviders(ctx, &enlistv1.ListProvidersRequest{})
		return status.Code(err)
	}
	next := proto.CloneOf(running)
	next.Auth.ApiKeys[0].Sha256 = hash("second")
	next.CallTimeout = durationpb.New(time.Millisecond)
	next.Log = &configv1.Log{Level: configv1.Log_LEVEL_DEBUG}
	if before, after := code("first"), code("second"); before != codes.OK || after != codes.Unauthenticated {
		t.Errorf("before: %s and %s", before, after)
	}
	p.mustReload(t, next, "reloaded; changed: auth, log, call_timeout")
	if before, after := code("first"), code("second"); before != codes.Unauthenticated || after == codes.Unauthenticated {
		t.Errorf("after: %s and %s", before, after)
	}
	if level := send(t, http.MethodGet, p.admin+"/log/level", http.NoBody, nil); !strings.Contains(level, "LEVEL_DEBUG") {
		t.Errorf("the level is %s", level)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer second")
	_, err := enlistv1.NewCustomerServiceClient(p.grpc).CreateCustomer(ctx, customerAt("opencell", "LATE"))
	if status.Code(err) == codes.OK {
		t.Error("the earlier deadline counts")
	}
}

// Many signals and commands at once change what they should once, and fail no call.
func TestReloadStorm(t *testing.T) {
	p, _, running := startReloadable(t, nil)
	client := enlistv1.NewCustomerServiceClient(p.grpc)
	ctx, stop := context.WithCancel(t.Context())
	var calling, storm sync.WaitGroup
	for caller := range 4 {
		calling.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if _, err := client.CreateCustomer(t.Context(), customerAt("opencell", fmt.Sprintf("S%dN%d", caller, n))); err != nil {
					t.Errorf("a call failed: %v", err)
				}
			}
		})
	}
	for round := range 5 {
		next := proto.CloneOf(running)
		next.Providers[0].MaxInFlight = int32(100 + round)
		p.configure(t, next)
		for range 8 {
			storm.Go(func() {
				for range 20 {
					_ = p.command.Process.Signal(syscall.SIGHUP)
				}
			})
			storm.Go(func() {
				if said := send(t, http.MethodPost, p.admin+"/reload", http.NoBody, nil); !strings.Contains(said, `"changed":[`) {
					t.Errorf("said %s", said)
				}
			})
		}
		storm.Wait()
	}
	stop()
	calling.Wait()
	p.mustSay(t, `"changed":["providers.opencell"]`, 5)
}

// A reload while the server stops neither ends it nor delays it.
func TestReloadWhileStopping(t *testing.T) {
	p, _, running := startReloadable(t, func(c *configv1.Config) { c.Shutdown = &configv1.Shutdown{Delay: durationpb.New(5 * time.Second)} })
	_ = p.command.Process.Signal(syscall.SIGTERM)
	testkit.Eventually(t, "it stops", func() bool { return strings.Contains(p.said(), `"msg":"stopping"`) })
	next := proto.CloneOf(running)
	next.Providers = next.GetProviders()[1:]
	for range 10 {
		_ = p.command.Process.Signal(syscall.SIGHUP)
	}
	p.mustReload(t, next, "reloaded; changed: providers.opencell")
	<-p.logIsWhole
	if err := p.command.Wait(); err != nil || !strings.Contains(p.said(), `"msg":"stopped"`) {
		t.Errorf("it ended with %v: %s", err, p.said())
	}
}

// A reload uses renewed certificates at once.
func TestReloadCertificates(t *testing.T) {
	authority, folder := authtest.NewAuthority(t), t.TempDir()
	old, renewed := authority.Server(t), authority.Server(t)
	cert, key := authtest.Write(t, folder, old)
	p, _, _ := startReloadable(t, func(c *configv1.Config) { c.Http.Tls = &configv1.Tls{CertFile: cert, KeyFile: key} })
	serial := func() string {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport}).Get(strings.Replace(p.rest, "http://127.0.0.1", "https://localhost", 1) + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.TLS.PeerCertificates[0].SerialNumber.String()
	}
	if serial() != old.Leaf.SerialNumber.String() {
		t.Error("another certificate")
	}
	authtest.Write(t, filepath.Dir(cert), renewed)
	if printed, err := p.reload(); err != nil {
		t.Fatalf("%s, %v", printed, err)
	}
	if serial() != renewed.Leaf.SerialNumber.String() {
		t.Error("the earlier certificate")
	}
}
