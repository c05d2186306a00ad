package examples

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// asyncio creates one customer with enlist.aio. The examples do the same with the other packages.
const asyncio = `
import asyncio, os, urllib.request, uuid
import grpc, enlist
from enlist import v1

async def main() -> None:
    async with grpc.aio.insecure_channel(os.environ["ENLIST_GRPC"], options=enlist.CHANNEL_OPTIONS) as channel:
        request_id = str(uuid.uuid4())
        request = v1.CreateCustomerRequest(
            provider="opencell", request_id=request_id,
            customer=v1.Customer(id=request_id, name=v1.PersonName(family_name="Smith"), billing_address=v1.Address(country_code="FR")))
        urllib.request.urlopen(os.environ["ENLIST_SANDBOX"] + "/sandbox/faults", data=b"{}").close()
        response = await enlist.aio.create_customer(v1.CustomerServiceStub(channel), request)
        print("settled", response.customer.id, f"replayed={str(response.replayed).lower()}")

asyncio.run(main())
`

var settled = regexp.MustCompile(`(?m)^settled (\S+) replayed=(?:true|false)$`)

// TestServerKilled runs the examples while the server is killed and started again. The kill
// happens after the vendor has created the customer and before it has responded.
func TestServerKilled(t *testing.T) {
	programs := all()
	for _, e := range programs {
		if e.language == "Python" {
			programs = append(programs, example{"Python asyncio", []string{e.command[0], "-c", asyncio}, e.needs, e.target})
		}
	}
	served := startServer(t)
	for _, e := range programs {
		t.Run(e.language, func(t *testing.T) {
			e.require(t)
			restarted := make(chan error, 1)
			fault := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				before := len(served.customers(t))
				served.post(t, served.sandbox+"/sandbox/faults", `{"vendor": "opencell", "operation": "create", "kind": "drop_after", "delay_ms": 20000}`)
				go func() { restarted <- served.killAfter(t, before) }()
			}))
			defer fault.Close()
			behind := served.demo
			behind.sandbox = fault.URL
			printed, complained, err := behind.try(t, e)
			if err != nil {
				t.Fatalf("%v\n%s%s", err, printed, complained)
			}
			if err := <-restarted; err != nil {
				t.Fatal(err)
			}
			match := settled.FindStringSubmatch(printed)
			if match == nil {
				t.Fatalf("not settled:\n%s", printed)
			}
			if held := served.customers(t); held[match[1]] != 1 {
				t.Errorf("the vendor has %v; %q should be there once", held, match[1])
			}
			if strings.Contains(strings.ToLower(complained), "health") {
				t.Errorf("the client complains of health checks:\n%s", complained)
			}
		})
	}
}

// server has a journal in a file, and a sandbox that outlives it.
type server struct {
	demo
	binary, config string
	running        *exec.Cmd
}

func startServer(t *testing.T) *server {
	t.Helper()
	folder := t.TempDir()
	s := &server{binary: filepath.Join(folder, "enlist"), config: filepath.Join(folder, "enlist.yaml")}
	if printed, err := exec.CommandContext(t.Context(), "go", "build", "-o", s.binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	sandbox := exec.CommandContext(t.Context(), s.binary, "sandbox", "--address", "127.0.0.1:0")
	output, err := sandbox.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sandbox.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sandbox.Process.Kill(); _ = sandbox.Wait() })
	line, err := bufio.NewReader(output).ReadString('\n')
	if _, scanned := fmt.Sscanf(line, "Sandbox on %s ", &s.sandbox); err != nil || scanned != nil {
		t.Fatalf("%v: %q", err, line)
	}
	text, err := os.ReadFile("../cli/configuration/sandbox.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s.grpc, s.rest = unused(t), "http://"+unused(t)
	config := strings.NewReplacer("http://127.0.0.1:8090", s.sandbox, "127.0.0.1:9090", s.grpc, "127.0.0.1:8080", strings.TrimPrefix(s.rest, "http://"),
		"path: enlist.db", "path: "+filepath.Join(folder, "enlist.db")).Replace(string(text))
	if err := os.WriteFile(s.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.running.Process.Kill(); _ = s.running.Wait() })
	s.post(t, s.rest+"/v1/providers/sellandsign/customers", `{"customer": {"id": "DEMO-1", "email": "john.smith@example.com", "mobile": "+33612345678",
		"name": {"title": "Mr", "givenName": "John", "familyName": "Smith"},
		"billingAddress": {"lines": ["673 Eugene Points"], "city": "Nice", "postalCode": "06000", "countryCode": "FR"}}}`)
	s.seedContractors(t)
	return s
}

// start starts the server and returns when the server is ready.
func (s *server) start() error {
	s.running = exec.Command(s.binary, "serve", "--config", s.config)
	s.running.Stderr = os.Stderr
	if err := s.running.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		response, err := http.Get(s.rest + "/readyz")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("%s is not ready", s.binary)
}

// killAfter kills the server when the vendor has one more customer. It then starts the server
// again.
func (s *server) killAfter(t *testing.T, before int) error {
	for deadline := time.Now().Add(time.Minute); len(s.customers(t)) == before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("the vendor still has %d customers", before)
		}
	}
	if err := s.running.Process.Kill(); err != nil {
		return err
	}
	_ = s.running.Wait()
	return s.start()
}

func (s *server) post(t *testing.T, url, body string) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		t.Errorf("%s: %s %s", url, response.Status, text)
	}
}

// unused returns an address on which no process listens.
func unused(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
