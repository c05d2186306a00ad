package cli_test

import (
	"bufio"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
)

var fuzzExamples = flag.Int("schemathesis.examples", 8, "how many requests Schemathesis makes up for each operation and phase")

var servingREST = regexp.MustCompile(`^  REST +(http://\S+)$`)

// Schemathesis knows only the OpenAPI document. It finds no response of the demo that contradicts
// it. tools/openapi/schemathesis.toml has its settings and exceptions.
func TestSchemathesis(t *testing.T) {
	program, err := filepath.Abs("../.tools/openapi/bin/st")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no Schemathesis here, which CI must run: make openapi-tools")
		}
		t.Skip("no Schemathesis here: make openapi-tools, which needs Python with venv")
	}
	fuzzer := exec.CommandContext(t.Context(), program, "--config-file", "tools/openapi/schemathesis.toml", "--no-color", "run", startDemo(t)+"/openapi.json",
		"--max-examples", strconv.Itoa(*fuzzExamples))
	fuzzer.Dir = ".."
	fuzzer.Env = append(os.Environ(), "HYPOTHESIS_STORAGE_DIRECTORY="+t.TempDir())
	out, err := fuzzer.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// startDemo starts the demo on free ports and returns the URL of its REST port.
func startDemo(t *testing.T) string {
	t.Helper()
	demo := exec.Command(binary, "demo", "--grpc-address=127.0.0.1:0", "--http-address=127.0.0.1:0", "--sandbox-address=127.0.0.1:0")
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		_ = demo.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := servingREST.FindStringSubmatch(lines.Text()); found != nil {
			return found[1]
		}
	}
	t.Fatal("the demo ended before it served")
	return ""
}
