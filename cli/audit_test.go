package cli_test

import (
	"encoding/json"
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
