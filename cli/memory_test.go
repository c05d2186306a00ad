package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
)

// Near its memory limit, a process refuses calls but not health checks. It survives, and accepts
// calls again when memory is free.
func TestLittleMemory(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	vendor := http.NewServeMux()
	vendor.HandleFunc("/j_spring_security_check", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/login/ajaxSuccess")
		w.Header().Set("Set-Cookie", "JSESSIONID=s")
		w.WriteHeader(http.StatusFound)
	})
	vendor.HandleFunc("/login/ajaxSuccess", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"success":true}`) })
	vendor.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":1}`)
	})
	server := httptest.NewServer(vendor)
	defer server.Close()
	config := fmt.Sprintf("providers: [{name: valomnia, valomnia: {base_url: %q, username: u, password: p}}]", server.URL)
	s := serve(t, build(t), config, func(command *exec.Cmd) { command.Env = append(command.Env, "GOMEMLIMIT=96MiB") })
	connection, known := s.connection, enlistv1.NewProviderServiceClient(s.connection)

	image := &enlistv1.ValomniaImage{Filename: "logo.gif", Content: append([]byte("GIF89a"), make([]byte, 2<<20-6)...)}
	var calls sync.WaitGroup
	for i := range 60 { // of 2 MiB each, at least
		calls.Go(func() {
			_, err := s.customers.CreateCustomer(t.Context(), &enlistv1.CreateCustomerRequest{
				Provider: "valomnia", Customer: &enlistv1.Customer{Id: fmt.Sprint("C-", i), DisplayName: "John"},
				VendorOptions: &enlistv1.CreateCustomerRequest_Valomnia{Valomnia: &enlistv1.ValomniaOptions{Image: image}},
			})
			if err != nil && status.Code(err) != codes.Unavailable {
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
	testkit.Eventually(t, "calls are refused", func() bool { return code() == codes.Unavailable })
	healthy, err := healthv1.NewHealthClient(connection).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "liveness"})
	if err != nil || healthy.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("%v, %v", healthy, err)
	}
	close(release)
	calls.Wait()
	testkit.Eventually(t, "calls are taken again", func() bool { return code() == codes.OK })
}

// build builds the program.
func build(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "enlist")
	if out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

// served is a server process.
type served struct {
	pid        int
	http       string // address
	connection *grpc.ClientConn
	customers  enlistv1.CustomerServiceClient
}

// serve runs a server as a process until the test ends. The configuration needs no addresses and no
// journal. change may change the command.
func serve(t *testing.T, binary, config string, change func(*exec.Cmd)) *served {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "enlist.yaml")
	config = fmt.Sprintf(`
grpc: {address: "127.0.0.1:0"}
http: {address: "127.0.0.1:0"}
journal: {sqlite: {path: %q}}
%s
`, filepath.Join(folder, "enlist.db"), config)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary, "serve", "--config", file)
	command.Env = os.Environ()
	change(command)
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	address, ended := make(chan [2]string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			line := struct{ Msg, Grpc, Http string }{}
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				address <- [2]string{line.Grpc, line.Http}
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
		connection, err := grpc.NewClient(at[0], grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
		return &served{command.Process.Pid, at[1], connection, enlistv1.NewCustomerServiceClient(connection)}
	case <-ended:
		t.Fatal("the server did not start")
	}
	return nil
}
