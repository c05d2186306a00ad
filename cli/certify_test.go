package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers/certify"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// certified runs `enlist certify` and returns the exit status and what it prints.
func certified(t *testing.T, config *configv1.Config, arguments ...string) (status int, out, errOut string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary, append([]string{"certify", "--config", asFile(t, config)}, arguments...)...)
	var printed, logged bytes.Buffer
	command.Dir, command.Stdout, command.Stderr = t.TempDir(), &printed, &logged
	err := command.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(command.Dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v: it must not touch the journal", left, err)
	}
	return command.ProcessState.ExitCode(), printed.String(), logged.String()
}

func readReport(t *testing.T, text []byte) *certify.Report {
	t.Helper()
	report := &certify.Report{}
	if err := json.Unmarshal(text, report); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return report
}

// The exit status says whether the checks passed, failed, or could not run. The reports go to their
// files, or to standard output.
func TestCertify(t *testing.T) {
	vendors, vendorsURL := startSandbox(t)
	defer stop(t, vendors)
	folder := t.TempDir()
	config := cli.EmbeddedConfig(vendorsURL)
	wrong := cli.EmbeddedConfig(vendorsURL)
	wrong.Providers[0].GetOpencell().Password = "s3cret-wrong"
	nobody := cli.EmbeddedConfig("http://" + testkit.FreeAddress(t))
	request := filepath.Join(folder, "request.yaml")
	if err := os.WriteFile(request, []byte("customer: {category: jewelry}\nvalomnia: {use_external_id: true}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		config    *configv1.Config
		arguments []string
		status    int
		out, err  string // a part of each
	}{
		"passed":      {config, []string{"-p", "valomnia", "--create", "--request", request}, 0, "valomnia: passed, 13 checks passed, 0 failed", "passed   create-minimal"},
		"read-only":   {config, []string{"-p", "caliq", "--report=-"}, 0, `"result": "passed"`, "caliq: passed"},
		"Markdown":    {config, []string{"-p", "caliq", "--markdown=-", "--skip-wrong-credential"}, 0, "# caliq: passed", "caliq: passed"},
		"rejected":    {wrong, []string{"-p", "opencell", "--create"}, 4, "Another request could lock the user", "1 of 19 checks failed"},
		"unreachable": {nobody, []string{"-p", "avvio", "--create"}, 1, "The vendor cannot be reached", "cannot be reached. Check base_url"},
		"no provider": {config, []string{"-p", "nobody"}, 1, "", "has no provider nobody. It has opencell, "},
		"no request":  {config, []string{"-p", "caliq", "--request", vendorsURL}, 1, "", "--request"},
		"no folder":   {config, []string{"-p", "valomnia", "--create", "--report", filepath.Join(folder, "none", "report.json")}, 1, "", "cannot write"},
		"one file":    {config, []string{"-p", "caliq", "--report=report", "--markdown=report"}, 80, "", "or the same file"},
		"wrong usage": {config, []string{"-p", "caliq", "--report=-", "--markdown=-"}, 80, "", "cannot both be standard output"},
	} {
		status, out, errOut := certified(t, test.config, test.arguments...)
		if status != test.status || !strings.Contains(out, test.out) || !strings.Contains(errOut, test.err) || strings.Contains(out+errOut, "s3cret") {
			t.Errorf("%s: status %d, want %d\n%s\n%s", name, status, test.status, out, errOut)
		}
	}
	for vendor, held := range map[string]int{"opencell": 0, "valomnia": 4, "caliq": 0, "avvio": 0} {
		if made := sandboxtest.Records(t, vendorsURL, vendor); len(made) != held {
			t.Errorf("%s has %d customers, want %d", vendor, len(made), held)
		}
	}
}

// Ctrl-C leaves a report that lists what may exist.
func TestCertifyStopped(t *testing.T) {
	vendors, vendorsURL := startSandbox(t)
	defer stop(t, vendors)
	config := cli.EmbeddedConfig(vendorsURL)
	config.Providers[2].Timeout = durationpb.New(60e9)
	sandboxtest.Order(t, vendorsURL, `{"vendor":"valomnia","operation":"create","kind":"latency","delay_ms":60000,"times":1}`)
	file := filepath.Join(t.TempDir(), "report.json")
	command := exec.CommandContext(t.Context(), binary, "certify", "--config", asFile(t, config), "-p", "valomnia", "--create", "--marker", "stopped-1", "--report", file)
	var out bytes.Buffer
	command.Stdout = &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	sandboxtest.AwaitFaults(t, vendorsURL)
	_ = command.Process.Signal(syscall.SIGINT)
	_ = command.Wait()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	report := readReport(t, text)
	if status := command.ProcessState.ExitCode(); status != 1 || report.Result != certify.Incomplete {
		t.Errorf("status %d, result %s", status, report.Result)
	}
	if len(report.Customers) != 1 || report.Customers[0].State != "may exist" || report.Marker != "stopped-1" {
		t.Errorf("the report lists %s", fmt.Sprint(report.Customers))
	}
	if !strings.Contains(out.String(), "may exist") {
		t.Errorf("it prints %s", out.String())
	}
}
