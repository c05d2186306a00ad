package isolation_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

const (
	steadyVendor = "sellandsign"
	hungVendor   = "caliq"
)

// world is a server and the vendors' sandbox, each in a process of its own. The callers run in this
// process.
type world struct {
	t          *testing.T
	ctx        context.Context
	end        context.CancelFunc
	processes  []*exec.Cmd
	sandbox    string
	rest       string
	grpc       string
	connection *grpc.ClientConn
	customers  enlistv1.CustomerServiceClient
	hanging    []*grpc.ClientConn
}

func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "enlist")
	if out, err := exec.Command("go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

func startWorld(t *testing.T, program string) *world {
	t.Helper()
	w := &world{t: t}
	w.ctx, w.end = context.WithTimeout(context.Background(), 10*time.Minute)
	line := w.run(program, "sandbox", "--address", "127.0.0.1:0")
	w.sandbox, _, _ = strings.Cut(line[strings.Index(line, "http://"):], " ")

	config := cli.EmbeddedConfig(w.sandbox)
	config.Grpc.Address, config.Http.Address = "127.0.0.1:0", "127.0.0.1:0"
	config.Log = &configv1.Log{Level: configv1.Log_LEVEL_INFO}
	config.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: filepath.Join(t.TempDir(), "enlist.db")}}}
	config.Providers = slices.DeleteFunc(config.GetProviders(), func(p *configv1.Provider) bool { return p.GetName() != steadyVendor && p.GetName() != hungVendor })
	for _, provider := range config.GetProviders() {
		provider.Timeout, provider.MaxInFlight = durationpb.New(10*time.Minute), 0
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "enlist.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for serving := (struct{ Msg, Grpc, HTTP string }{}); serving.Msg != "serving"; {
		if err := json.Unmarshal([]byte(w.run(program, "serve", "--config", file)), &serving); err != nil {
			t.Fatal(err)
		}
		w.grpc, w.rest = serving.Grpc, serving.HTTP
	}
	w.connection = w.connect()
	w.customers = enlistv1.NewCustomerServiceClient(w.connection)
	return w
}

// run starts a process and returns the first line that it writes.
func (w *world) run(program string, arguments ...string) string {
	w.t.Helper()
	command := exec.Command(program, arguments...)
	reader, writer, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	command.Stdout, command.Stderr = writer, writer
	if err := command.Start(); err != nil {
		w.t.Fatal(err)
	}
	_ = writer.Close()
	w.processes = append(w.processes, command)
	lines := bufio.NewScanner(reader)
	if !lines.Scan() {
		w.t.Fatalf("%v says nothing", arguments)
	}
	first := lines.Text()
	go func() {
		for lines.Scan() {
		}
	}()
	return first
}

func (w *world) connect() *grpc.ClientConn {
	connection, err := grpc.NewClient(w.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		w.t.Fatal(err)
	}
	return connection
}

// hang makes a vendor hang, and lets callers wait for it. Of ten callers, five create and four read
// over gRPC, and one reads over REST.
func (w *world) hang(callers int) {
	fault := fmt.Sprintf(`{"vendor":%q,"operation":"*","kind":"latency","times":%d,"delay_ms":600000}`, hungVendor, 2*callers)
	sandboxtest.Order(w.t, w.sandbox, fault)
	for range 10 {
		w.hanging = append(w.hanging, w.connect())
	}
	rest := &http.Client{Transport: &http.Transport{}}
	for n := range callers {
		customers := enlistv1.NewCustomerServiceClient(w.hanging[n%len(w.hanging)])
		switch kind := n / len(w.hanging) % 10; {
		case kind < 5:
			go w.create(customers, hungVendor)
		case kind < 9:
			go func() {
				_, _ = customers.GetCustomer(w.ctx, &enlistv1.GetCustomerRequest{Provider: hungVendor, CustomerId: "1"})
			}()
		default:
			go w.getREST(rest)
		}
		time.Sleep(500 * time.Microsecond)
	}
	for deadline := time.Now().Add(time.Minute); w.inFlight() < callers; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("%d calls hang, of %d", w.inFlight(), callers)
		}
	}
}

func (w *world) getREST(client *http.Client) {
	request, err := http.NewRequestWithContext(w.ctx, http.MethodGet, "http://"+w.rest+"/v1/providers/"+hungVendor+"/customers/1", nil)
	if err != nil {
		w.t.Error(err)
		return
	}
	request.Header.Set("Grpc-Timeout", "600S")
	if response, err := client.Do(request); err == nil {
		_ = response.Body.Close()
	}
}

// inFlight returns the number of requests in progress to the vendor that hangs.
func (w *world) inFlight() int {
	provider, err := enlistv1.NewProviderServiceClient(w.connection).GetProvider(w.ctx, &enlistv1.GetProviderRequest{Provider: hungVendor})
	if err != nil {
		w.t.Fatal(err)
	}
	return int(provider.GetProvider().GetHealth().GetInFlight())
}

func (w *world) stop() {
	w.end()
	for _, connection := range append(w.hanging, w.connection) {
		_ = connection.Close()
	}
	for _, process := range w.processes {
		_ = process.Process.Kill()
		_ = process.Wait()
	}
}
