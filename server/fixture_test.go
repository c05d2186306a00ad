package server_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/server"
	"github.com/enlist-dev/enlist/server/audit"
)

// running is a server on free ports, with the sandbox behind it.
type running struct {
	sandboxURL string
	restURL    string
	admin      string       // host:port; empty for none
	client     *http.Client // for REST
	grpc       *grpc.ClientConn
	grpcTarget string
	log        *testkit.LogBuffer
	audit      *testkit.LogBuffer
	journal    *journal.Journal
	stop       context.CancelFunc
	ended      chan error
}

// start serves every vendor, each with a separate sandbox. A change that is not nil modifies the
// configuration or the providers first.
func start(t *testing.T, change func(*configv1.Config, map[string]providers.Provider)) *running {
	t.Helper()
	vendors := httptest.NewServer(sandbox.New())
	t.Cleanup(vendors.Close)
	configuration := cli.EmbeddedConfig(vendors.URL)
	configuration.Grpc.Address, configuration.Http.Address = "127.0.0.1:0", "127.0.0.1:0"
	configuration.Shutdown.Timeout = durationpb.New(5 * time.Second)
	for _, provider := range configuration.GetProviders() {
		provider.Timeout, provider.LookupLag = durationpb.New(5*time.Second), durationpb.New(0)
	}
	connected, err := registry.New(configuration.GetProviders())
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(configuration, connected)
	}
	openAPI, err := os.ReadFile("../gen/openapi/enlist.openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	log := &testkit.LogBuffer{}
	level := &slog.LevelVar{}
	level.Set(slog.LevelDebug)
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: level}))
	metrics := prometheus.NewRegistry()
	for _, provider := range connected {
		metrics.MustRegister(provider.Metrics())
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "enlist.db"), sqlite.Options{Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	records, err := journal.New(t.Context(), store, journal.Options{Keys: [][]byte{make([]byte, 32)}, Replica: "test", Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = records.Close() })
	lines := &testkit.LogBuffer{}
	audited, err := audit.Open(&configv1.Audit{}, audit.Options{Output: lines, Pseudonym: records.Pseudonym, Log: logger, Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	creates := once.New(records, connected, once.Options{Tick: 50 * time.Millisecond, Metrics: metrics, Ended: audited.Ended}, logger)
	served, err := server.New(server.Options{Config: configuration, Creates: creates, OpenAPI: openAPI, Version: "v9.8.7 commit go1", Log: logger, LogLevel: level, Metrics: metrics, Audit: audited})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := grpc.NewClient(served.GRPCAddress(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{
		sandboxURL: vendors.URL, admin: served.AdminAddress(), restURL: "http://" + served.HTTPAddress(), client: http.DefaultClient, grpc: connection, grpcTarget: served.GRPCAddress(), log: log, audit: lines, journal: records, stop: stop, ended: make(chan error, 1),
	}
	go func() { r.ended <- served.Run(ctx) }()
	t.Cleanup(func() {
		_ = connection.Close()
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
		everyCallIsAudited(t, r) // the line of a call comes before that in the log
	})
	return r
}

// useOneOf is how an error names every provider.
func useOneOf() string {
	var names []string
	for _, vendor := range registry.All() {
		names = append(names, vendor.Name())
	}
	slices.Sort(names)
	return "Use one of: " + strings.Join(names, ", ")
}

// vendorOptions are the options of a create request as REST names them, sorted.
func vendorOptions() []string {
	fields := (&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor().Oneofs().ByName("vendor_options").Fields()
	var names []string
	for i := range fields.Len() {
		names = append(names, fields.Get(i).JSONName())
	}
	slices.Sort(names)
	return names
}
