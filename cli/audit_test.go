package cli_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/server/audit"
)

// Without a file, standard output has the audit stream alone, and standard error the log alone.
func TestAuditOnStandardOutput(t *testing.T) {
	configuration := processConfig(startVendors(t).server)
	configuration.Audit = &configv1.Audit{}
	p := startServer(t, t.TempDir(), configuration)
	send(t, http.MethodGet, p.rest+"/v1/providers/opencell/customers/C-1", http.NoBody, nil)
	testkit.Eventually(t, "standard output has the line", func() bool { return strings.HasSuffix(p.out.String(), "\n") })
	p.end(syscall.SIGTERM)
	var line audit.Line
	if err := json.Unmarshal([]byte(p.out.String()), &line); err != nil || line.RPC != "GetCustomer" || line.Outcome != "CUSTOMER_NOT_FOUND" {
		t.Errorf("%v in %s", err, p.out.String())
	}
	if said := p.said(); strings.Contains(said, `"rpc"`) || !strings.Contains(said, `"msg":"call"`) {
		t.Errorf("standard error: %s", said)
	}
}

// The end of what reads standard output ends no call. It counts as a failure to write.
func TestAuditWithoutReader(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	rest := testkit.FreeAddress(t)
	command := exec.Command(binary, "serve", "--config", write(t, `{audit: {}, grpc: {address: "127.0.0.1:0"}, http: {address: "`+rest+`"},
		providers: [{name: a, caliq: {base_url: "http://127.0.0.1:1", api_key: k}}]}`))
	command.Dir, command.Stdout = t.TempDir(), writer
	if err := errors.Join(command.Start(), reader.Close(), writer.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, command) })
	var listed string
	testkit.Eventually(t, "it serves", func() bool {
		listed = send(t, http.MethodGet, "http://"+rest+"/v1/providers", http.NoBody, nil)
		return strings.Contains(listed, `"providers"`)
	})
	if metrics := send(t, http.MethodGet, "http://"+rest+"/metrics", http.NoBody, nil); !strings.Contains(metrics, "enlist_audit_failures_total 1\n") {
		t.Error("the failure is not counted")
	}
}

// The same customer has the same pseudonym after a restart, and another key gives another one.
func TestAuditAfterRestart(t *testing.T) {
	vendors := startVendors(t).server
	customers := func(folder string) (all []string) {
		p := startServer(t, folder, processConfig(vendors))
		send(t, http.MethodGet, p.rest+"/v1/providers/opencell/customers/C-1", http.NoBody, nil)
		p.end(syscall.SIGTERM)
		text, err := os.ReadFile(filepath.Join(folder, "audit.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for text := range strings.Lines(string(text)) {
			var line audit.Line
			if err := json.Unmarshal([]byte(text), &line); err != nil || len(line.Customers) != 1 {
				t.Fatalf("%v in %s", err, text)
			}
			all = append(all, line.Customers[0])
		}
		return all
	}
	folder := t.TempDir()
	customers(folder)
	again, other := customers(folder), customers(t.TempDir())
	if len(again) != 2 || again[0] != again[1] || other[0] == again[0] {
		t.Errorf("%q, and with another key %q", again, other)
	}
}

// The commands of docs/operations.md find the lines of a customer, and no others.
func TestAuditOfCustomer(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq is not installed")
	}
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, search, found := strings.Cut(string(text), "\n$ jq -Rcn --arg call audit-1 ")
	search, _, ends := strings.Cut(search, "audit.jsonl\n")
	if !found || !ends {
		t.Fatal("docs/operations.md has no search")
	}
	p := startServer(t, t.TempDir(), processConfig(startVendors(t).server))
	create := func(id, requestID string) {
		send(t, http.MethodPost, p.rest+"/v1/providers/opencell/customers", strings.NewReader(
			`{"requestId":"0b8f6a3e-5f0c-4a57-9f0e-`+requestID+`","customer":{"id":"`+id+`","name":{"familyName":"Ox"},"billingAddress":{"countryCode":"FR"}}}`), nil)
	}
	get := func(path string, headers map[string]string) {
		send(t, http.MethodGet, p.rest+"/v1/providers/opencell/"+path, http.NoBody, headers)
	}
	create("C-1", "0d1f6f6b7a11")
	create("C-2", "0d1f6f6b7a12")
	get("customers/C-1", nil)
	get("customers/C-2", nil)
	for _, requestID := range []string{"0d1f6f6b7a11", "0d1f6f6b7a12"} { // refused, so the lines do not name the customer
		send(t, http.MethodPost, p.rest+"/v1/providers/opencell/operations/0b8f6a3e-5f0c-4a57-9f0e-"+requestID+":resolve",
			strings.NewReader(`{"decision":"DECISION_FAILED","decidedBy":"Jo","reason":"seen"}`), nil)
	}
	get("operations?customerId=C-1&principal=*", map[string]string{"X-Request-Id": "audit-1"})
	p.end(syscall.SIGTERM)
	stream, err := os.OpenFile(filepath.Join(p.folder, "audit.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.WriteString(`{"time":"torn`); err != nil || stream.Close() != nil {
		t.Fatal(err)
	}
	command := exec.Command("sh", "-c", "jq -Rcn --arg call audit-1 "+search+"audit.jsonl")
	command.Dir = p.folder
	out, err := command.CombinedOutput()
	var rpcs []string
	for text := range strings.Lines(string(out)) {
		var line audit.Line
		if err := json.Unmarshal([]byte(text), &line); err != nil || line.RequestID != "" && !strings.HasSuffix(line.RequestID, "11") {
			t.Errorf("%v in %s", err, text)
		}
		rpcs = append(rpcs, line.RPC)
	}
	if want := "CreateCustomer GetCustomer ResolveOperation ListOperations"; err != nil || strings.Join(rpcs, " ") != want {
		t.Errorf("%v: got %q, want %s\n%s", err, rpcs, want, out)
	}
}

// A stream that cannot be opened is an error at the start and of enlist check.
func TestAuditThatCannotBe(t *testing.T) {
	folder := t.TempDir()
	file := write(t, `{audit: {file: missing/audit.jsonl}, grpc: {address: "127.0.0.1:0"}, http: {address: "127.0.0.1:0"},
		providers: [{name: a, caliq: {base_url: "http://127.0.0.1:1", api_key: k}}]}`)
	for _, name := range []string{"serve", "check"} {
		command := exec.Command(binary, name, "--config", file)
		command.Dir = folder
		out, err := command.CombinedOutput()
		if want := "enlist: audit.file: open missing/audit.jsonl: no such file or directory. Create the folder missing, and let this user write there\n"; err == nil || string(out) != want {
			t.Errorf("%s: %v %s", name, err, out)
		}
	}
}
