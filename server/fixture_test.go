package server_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/server"
	"github.com/enlist-dev/enlist/server/config"
)

// running is a server on free ports, with the sandbox behind it.
type running struct {
	sandboxURL string
	restURL    string
	grpc       *grpc.ClientConn
	log        *logBuffer
	stop       context.CancelFunc
	ended      chan error
}

// start serves every vendor at a sandbox of its own; change, if not nil, changes the configuration or the providers first.
func start(t *testing.T, change func(*configv1.Config, map[string]providers.Provider)) *running {
	t.Helper()
	vendors := httptest.NewServer(sandbox.New())
	t.Cleanup(vendors.Close)
	demo := sandbox.DemoCredentials()
	configuration := &configv1.Config{
		Grpc: &configv1.Grpc{Address: "127.0.0.1:0"}, Http: &configv1.Http{Address: "127.0.0.1:0"},
		Shutdown: &configv1.Shutdown{Timeout: durationpb.New(5 * time.Second)},
		Providers: []*configv1.Provider{{Name: "opencell", Vendor: &configv1.Provider_Opencell{Opencell: &configv1.Opencell{
			BaseUrl: vendors.URL, Realm: demo.Opencell.Realm, ClientId: demo.Opencell.ClientID, ClientSecret: demo.Opencell.ClientSecret,
			Username: demo.Opencell.Username, Password: demo.Opencell.Password, SellerCode: demo.Opencell.SellerCode,
			CustomerCategory: "CLIENT", CurrencyCode: "EUR", LanguageCode: "en", Defaults: &enlistv1.OpencellOptions{BillingCycle: "BC_MONTHLY_1ST"},
		}}}},
	}
	config.SetDefaults(configuration)
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
	log := &logBuffer{}
	served, err := server.New(configuration, connected, openAPI, slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	connection, err := grpc.NewClient(served.GRPCAddress(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{
		sandboxURL: vendors.URL, restURL: "http://" + served.HTTPAddress(), grpc: connection, log: log, stop: stop, ended: make(chan error, 1),
	}
	go func() { r.ended <- served.Run(ctx) }()
	t.Cleanup(func() {
		_ = connection.Close()
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
	})
	return r
}

// logBuffer holds what the server logs.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
