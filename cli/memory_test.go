package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Near its memory limit, a process refuses calls but not health checks. It survives, and accepts
// calls again when memory is free.
func TestLittleMemory(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"firstname":"` + strings.Repeat("x", 3<<20)))
		_ = http.NewResponseController(w).Flush()
		<-release
	}))
	defer vendor.Close()
	connection := serveWith(t, vendor.URL, "GOMEMLIMIT=96MiB")
	customers, known := enlistv1.NewCustomerServiceClient(connection), enlistv1.NewProviderServiceClient(connection)

	var calls sync.WaitGroup
	for range 60 { // of 3 MiB each, at least
		calls.Go(func() {
			_, err := customers.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "sellandsign", CustomerId: "1"})
			if status.Code(err) != codes.Unavailable && status.Code(err) != codes.Internal {
				t.Errorf("got %v", err)
			}
		})
	}
	code := func() codes.Code {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := known.ListProviders(ctx, &enlistv1.ListProvidersRequest{})
		return status.Code(err)
	}
	until(t, "calls are refused", func() bool { return code() == codes.Unavailable })
	healthy, err := healthv1.NewHealthClient(connection).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "liveness"})
	if err != nil || healthy.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("%v, %v", healthy, err)
	}
	close(release)
	calls.Wait()
	until(t, "calls are taken again", func() bool { return code() == codes.OK })
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not after 20 seconds: %s", what)
		}
	}
}

// serveWith runs a server as a process, with Sell&Sign at a base URL.
func serveWith(t *testing.T, vendor string, environment ...string) *grpc.ClientConn {
	t.Helper()
	folder := t.TempDir()
	binary, file := filepath.Join(folder, "enlist"), filepath.Join(folder, "enlist.yaml")
	if out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	config := fmt.Sprintf(`
grpc: {address: "127.0.0.1:0"}
http: {address: "127.0.0.1:0"}
journal: {sqlite: {path: %q}}
providers: [{name: sellandsign, sell_and_sign: {base_url: %q, token: t}}]
`, filepath.Join(folder, "enlist.db"), vendor)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary, "serve", "--config", file)
	command.Env = append(os.Environ(), environment...)
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	address, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			line := struct{ Msg, Grpc string }{}
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				address <- line.Grpc
			}
		}
	}()
	t.Cleanup(func() {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			t.Errorf("the process is gone: %v", err)
		}
		<-ended
		if err := command.Wait(); err != nil {
			t.Error(err)
		}
	})
	select {
	case at := <-address:
		connection, err := grpc.NewClient(at, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
		return connection
	case <-ended:
		t.Fatal("the server did not start")
	}
	return nil
}
