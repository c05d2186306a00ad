package examples

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

type example struct {
	language string
	command  []string // from the root of the repository
	needs    []string // other programs, and files
	target   string   // the make target that prepares it
}

func all() []example {
	return []example{
		{"Go", []string{"go", "run", "./examples/go"}, nil, ""},
		{"Java", []string{"java", "-jar", "examples/java/target/enlist-example.jar"}, []string{"examples/java/target/enlist-example.jar"}, "examples-java"},
		{"Python", []string{".tools/examples/python/bin/python", "examples/python/main.py"}, nil, "examples-python"},
		{"Node", []string{"node", "examples/node/main.js"}, []string{"examples/node/node_modules"}, "examples-node"},
		{"Connect", []string{"node", "examples/node/connect.js"}, []string{"examples/node/node_modules"}, "examples-node"},
		{"curl", []string{"examples/curl/main.sh"}, []string{"curl", "jq"}, "examples-scripts"},
		{"grpcurl", []string{"examples/grpcurl/main.sh"}, []string{"grpcurl", "curl", "jq"}, "tools examples-scripts"},
	}
}

// expected returns the lines that an example prints. The groups are customer ids.
func expected() []*regexp.Regexp {
	var lines []*regexp.Regexp
	for _, line := range []string{
		`created (\S+) OUTCOME_CREATED`,
		`unknown OUTCOME_UNKNOWN`,
		`settled (\S+) replayed=true`,
		`invalid customer\.email: .*one bare email address.*`,
		`invalid customer\.billing(?:_address\.country_code|Address\.countryCode): .*ISO 3166-1 alpha-2.*`,
		`refused VENDOR_REJECTED .*NO_SUCH_CYCLE.*`,
		`contractor 1`,
		`contractor 2`,
		`contractor 3`,
	} {
		lines = append(lines, regexp.MustCompile(`^`+line+`$`))
	}
	return lines
}

func TestExamples(t *testing.T) {
	demo := startDemo(t)
	demo.seedContractors(t)
	for _, e := range all() {
		t.Run(e.language, func(t *testing.T) {
			e.require(t)
			before := demo.customers(t)
			printed := demo.run(t, e)
			ids := idsOf(t, printed)
			after := demo.customers(t)
			if len(after) != len(before)+2 || after[ids[0]] != 1 || after[ids[1]] != 1 {
				t.Errorf("the vendor had %v and now has %v; %q should be new, once each", before, after, ids)
			}
		})
	}
}

// idsOf checks the output of an example, and returns the ids of its customers.
func idsOf(t *testing.T, printed string) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	// The outcome may take a while.
	lines = slices.CompactFunc(lines, func(a, b string) bool { return a == b && strings.HasPrefix(a, "unknown ") })
	want := expected()
	if len(lines) != len(want) {
		t.Fatalf("%d lines, not %d:\n%s", len(lines), len(want), printed)
	}
	var ids []string
	for i, line := range lines {
		match := want[i].FindStringSubmatch(line)
		if match == nil {
			t.Fatalf("%q does not match %s", line, want[i])
		}
		ids = append(ids, match[1:]...)
	}
	return ids
}

// require skips an example that cannot run on this machine. In CI it fails the test instead.
func (e example) require(t *testing.T) {
	t.Helper()
	for _, need := range append(e.needs, e.command[0]) {
		path := need
		if strings.Contains(need, "/") {
			path = filepath.Join("..", need)
		}
		_, err := os.Stat(path)
		if !strings.Contains(need, "/") {
			_, err = exec.LookPath(need)
		}
		switch {
		case err == nil:
		case os.Getenv("CI") != "":
			t.Fatalf("%s is missing: make %s", need, e.target)
		default:
			t.Skipf("%s is missing, so the example was not run: make %s", need, e.target)
		}
	}
}

// demo is a demo server as users start it.
type demo struct{ grpc, rest, sandbox string }

var serving = regexp.MustCompile(`^  (gRPC|REST|sandbox) +(\S+)$`)

func startDemo(t *testing.T) *demo {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "enlist")
	if printed, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	command := exec.Command(binary, "demo", "--grpc-address", "127.0.0.1:0", "--http-address", "127.0.0.1:0", "--sandbox-address", "127.0.0.1:0")
	var complained bytes.Buffer
	command.Stderr = &complained
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
		if t.Failed() {
			t.Logf("the demo said\n%s", complained.String())
		}
	})
	at := map[string]string{}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if match := serving.FindStringSubmatch(lines.Text()); match != nil {
			at[match[1]] = match[2]
		}
		if len(at) == 3 {
			return &demo{grpc: at["gRPC"], rest: at["REST"], sandbox: at["sandbox"]}
		}
	}
	t.Fatal("the demo did not say where it serves")
	return nil
}

// run runs an example and returns its output.
func (d *demo) run(t *testing.T, e example) string {
	t.Helper()
	printed, complained, err := d.try(t, e)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, printed, complained)
	}
	return printed
}

// try runs an example and returns its standard output, its standard error and its error.
func (d *demo) try(t *testing.T, e example) (string, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, e.command[0], e.command[1:]...)
	command.Dir = ".."
	command.Env = append(os.Environ(), "ENLIST_GRPC="+d.grpc, "ENLIST_HTTP="+d.rest, "ENLIST_SANDBOX="+d.sandbox)
	var printed, complained bytes.Buffer
	command.Stdout, command.Stderr = &printed, &complained
	err := command.Run()
	return printed.String(), complained.String(), err
}

// customers returns how often the vendor created each customer.
func (d *demo) customers(t *testing.T) map[string]int {
	t.Helper()
	return sandboxtest.Created(t, d.sandbox, "opencell")
}

// seedContractors adds two contractors to the demo's customer, so that a list has several pages.
func (d *demo) seedContractors(t *testing.T) {
	t.Helper()
	response, err := http.Post(d.sandbox+"/sandbox/contractors", "application/json", strings.NewReader(`{"number": "DEMO-1", "count": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("contractors: %s", response.Status)
	}
}

// A script that cannot call the server says why.
func TestScriptsSayWhatFailed(t *testing.T) {
	nowhere := &demo{grpc: "127.0.0.1:1", rest: "http://127.0.0.1:1", sandbox: "http://127.0.0.1:1"}
	for _, e := range all() {
		if !strings.HasSuffix(e.command[0], ".sh") {
			continue
		}
		t.Run(e.language, func(t *testing.T) {
			e.require(t)
			printed, complained, err := nowhere.try(t, e)
			if err == nil || printed != "" || complained == "" {
				t.Errorf("%v, with %q and %q", err, printed, complained)
			}
		})
	}
}
