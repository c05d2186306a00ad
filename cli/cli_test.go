package cli_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/enlist-dev/enlist/cli"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// binary is the path of the program as users run it.
var binary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "enlist")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(folder, "enlist")
	if out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		panic(string(out))
	}
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

func TestDemoOnce(t *testing.T) {
	out, err := exec.Command(binary, "demo", "--once", "--grpc-address=127.0.0.1:0", "--http-address=127.0.0.1:0", "--sandbox-address=127.0.0.1:0").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 2 || !strings.HasPrefix(lines[0], "PROVIDER") {
		t.Fatalf("got\n%s", out)
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("more than 80 columns: %s", line)
		}
	}
	for _, provider := range cli.EmbeddedConfig("").GetProviders() {
		row := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, provider.GetName()+" ") })
		if row < 0 || !strings.HasSuffix(lines[row], "  CREATED  yes") {
			t.Errorf("%s was not created and read:\n%s", provider.GetName(), out)
		}
	}
}

// After the table, the demo prints what to open and what to run. The commands work as printed.
func TestDemoSaysWhatIsNext(t *testing.T) {
	grpcAddress, httpAddress := testkit.FreeAddress(t), testkit.FreeAddress(t)
	demo := exec.Command(binary, "demo", "--grpc-address", grpcAddress, "--http-address", httpAddress, "--sandbox-address=127.0.0.1:0")
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	defer stop(t, demo)
	var commands []string
	var next string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := lines.Text()
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("more than 80 columns: %s", line)
		}
		next += line + "\n"
		if strings.HasPrefix(line, "  curl ") || strings.HasPrefix(line, "  grpcurl ") {
			commands = append(commands, line)
		}
		if strings.HasPrefix(line, "  grpcurl ") && lines.Scan() {
			commands[len(commands)-1] += "\n" + lines.Text()
			break
		}
	}
	if len(commands) != 2 || !strings.Contains(next, "http://"+httpAddress+"/docs,") {
		t.Fatalf("it says\n%s", next)
	}
	tools, err := filepath.Abs("../.tools/bin")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range commands {
		name := strings.Fields(command)[0]
		bash := exec.Command("bash", "-c", command)
		bash.Env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"))
		if exec.Command("bash", "-c", "PATH="+tools+":$PATH command -v "+name).Run() != nil {
			t.Logf("not run here: it needs %s", name)
		} else if printed, err := bash.CombinedOutput(); err != nil || !strings.Contains(string(printed), "DEMO-1") {
			t.Errorf("$ %s\n%v: %s", command, err, printed)
		}
	}
}

// The errors of a configuration are all reported, and no port listens.
func TestInvalidConfiguration(t *testing.T) {
	address := testkit.FreeAddress(t)
	file := write(t, "grpc: {address: "+address+"}\nproviders: [{name: A, opencell: {base_url: x}}, {name: b}]\nnonsense: 1\n")
	for _, command := range []string{"serve", "check"} {
		out, err := exec.Command(binary, command, "--config", file).CombinedOutput()
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 { //nolint:errorlint // as returned
			t.Errorf("%s: %v", command, err)
		}
		for _, want := range []string{"providers[0].name", "providers[0].opencell.base_url", "providers[0].opencell.username", "providers[1]", "nonsense"} {
			if !strings.Contains(string(out), want+" ") {
				t.Errorf("%s does not name %s:\n%s", command, want, out)
			}
		}
	}
	if connection, err := net.Dial("tcp", address); err == nil {
		_ = connection.Close()
		t.Error("it listens")
	}
}

// A default that a vendor cannot support is an error at the start, not at every request.
func TestOnExistingThatCannotBe(t *testing.T) {
	file := write(t, `providers: [{name: a, on_existing: ON_EXISTING_UPDATE, caliq: {base_url: "http://127.0.0.1:1", api_key: k}}]`)
	out, err := exec.Command(binary, "check", "--config", file).CombinedOutput()
	if want := "providers[0].on_existing cannot be ON_EXISTING_UPDATE at a"; err == nil || !strings.Contains(string(out), want) {
		t.Errorf("%v\n%s", err, out)
	}
}

// check names a DSN that does not parse, without a connection.
func TestCheckDSN(t *testing.T) {
	file := write(t, `
journal: {postgres: {dsn: "postgres://u:s3cret@h:port/d"}, encryption_keys: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=]}
providers: [{name: a, caliq: {base_url: "http://127.0.0.1:1", api_key: k}}]`)
	out, err := exec.Command(binary, "check", "--config", file).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "journal.postgres.dsn: cannot parse") || strings.Contains(string(out), "s3cret") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCheckVersionHelp(t *testing.T) {
	file := write(t, `providers: [{name: a, opencell: {base_url: "http://127.0.0.1:1", username: u, password: p}}]`)
	for want, arguments := range map[string][]string{
		"is valid: 1 provider(s)": {"check", "--config", file}, "enlist ": {"version"}, "Usage: enlist": {"--help"},
	} {
		if out, err := exec.Command(binary, arguments...).CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: %v\n%s", arguments, err, out)
		}
	}
	free := testkit.FreeAddress(t)
	if out, err := exec.Command(binary, "health", "--address", free).CombinedOutput(); err == nil || !strings.Contains(string(out), "the server does not run at "+free+". Start it, or set --address") {
		t.Errorf("without a server: %v %s", err, out)
	}
	file = write(t, "admin: {address: '"+free+"'}")
	if out, err := exec.Command(binary, "reload", "--config", file).CombinedOutput(); err == nil || !strings.Contains(string(out), "name the old one with --address") {
		t.Errorf("a reload without a server: %v %s", err, out)
	}
	if out, err := exec.Command(binary, "operations", "list", "--state", "foo").CombinedOutput(); err == nil || !strings.Contains(string(out), `--state must be one of "intent",`) {
		t.Errorf("an unknown state: %v %s", err, out)
	}
	if out, err := exec.Command(binary, "sandbox", "--address", "0.0.0.0:0").CombinedOutput(); err == nil || !strings.Contains(string(out), "loopback") {
		t.Errorf("a sandbox beyond loopback: %v %s", err, out)
	}
}

// The key that enlist key prints is accepted, and another is not. enlist health works over TLS,
// with the configuration or with an authority.
func TestKeyAndTLS(t *testing.T) {
	if err := exec.Command(binary, "key", "--name", "a b").Run(); err == nil {
		t.Error("a name that the configuration refuses")
	}
	made, err := exec.Command(binary, "key", "--name", "billing").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(made)), "\n")
	folder, authority := t.TempDir(), authtest.NewAuthority(t)
	cert, key := authtest.Write(t, folder, authority.Server(t))
	grpcAddress, httpAddress := testkit.FreeAddress(t), testkit.FreeAddress(t)
	file := write(t, fmt.Sprintf(`
grpc: {address: %s}
http: {address: %s, tls: {cert_file: %s, key_file: %s}}
auth:
  api_keys:
    %s
providers:
  - {name: oc, opencell: {base_url: "http://127.0.0.1:1", username: u, password: p}}
`, grpcAddress, httpAddress, cert, key, lines[len(lines)-1]))
	server := exec.Command(binary, "serve", "--config", file)
	server.Dir = folder
	log, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer stop(t, server)
	for printed := bufio.NewScanner(log); printed.Scan() && !strings.Contains(printed.Text(), "serving"); {
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	for _, arguments := range [][]string{{"--config", file}, {"--address", "https://" + httpAddress, "--ca-file", authority.Write(t, folder)}} {
		if out, err := exec.Command(binary, append([]string{"health"}, arguments...)...).CombinedOutput(); err != nil {
			t.Errorf("health %v: %v\n%s", arguments, err, out)
		}
	}
	for _, arguments := range [][]string{{"--address", httpAddress}, {"--address", "https://" + httpAddress}, {"--address", "https://" + httpAddress, "--ca-file", file}} {
		if err := exec.Command(binary, append([]string{"health"}, arguments...)...).Run(); err == nil {
			t.Errorf("health %v accepts any certificate", arguments)
		}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool()}}}
	defer client.CloseIdleConnections()
	for sent, want := range map[string]int{lines[0]: http.StatusOK, lines[0] + "x": http.StatusUnauthorized} {
		request, _ := http.NewRequest(http.MethodGet, "https://"+httpAddress+"/v1/providers", http.NoBody)
		request.Header.Set("Authorization", "Bearer "+sent)
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s, want %d", response.Status, want)
		}
	}
}

// After SIGTERM, the server still responds to a call in progress. Then the process exits with 0.
func TestStopOnSignal(t *testing.T) {
	vendors, vendorsURL := startSandbox(t)
	defer stop(t, vendors)
	grpcAddress, httpAddress := testkit.FreeAddress(t), testkit.FreeAddress(t)
	file := write(t, fmt.Sprintf(`
grpc: {address: %s}
http: {address: %s}
providers:
  - {name: oc, opencell: {base_url: %q, client_secret: demo-opencell-client-secret, username: demo@opencell.example, password: "${OPENCELL_PASSWORD}"}}
`, grpcAddress, httpAddress, vendorsURL))
	server := exec.Command(binary, "serve", "--config", file)
	server.Dir = t.TempDir() // where its journal goes
	server.Env = append(os.Environ(), "OPENCELL_PASSWORD=demo-opencell-password")
	log, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	if !lines.Scan() || !strings.Contains(lines.Text(), "serving") {
		t.Fatalf("log: %s", lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	if err := exec.Command(binary, "health", "--address", httpAddress).Run(); err != nil {
		t.Errorf("not healthy: %v", err)
	}

	sandboxtest.Order(t, vendorsURL, `{"vendor":"opencell","operation":"get","kind":"latency","delay_ms":700}`)
	answered := make(chan int, 1)
	go func() {
		response, err := http.Get("http://" + httpAddress + "/v1/providers/oc/customers/NOBODY")
		if err != nil {
			answered <- 0
			return
		}
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	sandboxtest.AwaitFaults(t, vendorsURL)
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := <-answered; status != http.StatusNotFound {
		t.Errorf("the call in progress got the status %d", status)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
}

func startSandbox(t *testing.T) (*exec.Cmd, string) {
	t.Helper()
	address := testkit.FreeAddress(t)
	command := exec.Command(binary, "sandbox", "--address", address)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if lines := bufio.NewScanner(out); !lines.Scan() || !strings.Contains(lines.Text(), "http://"+address) {
		t.Fatalf("sandbox says %q", lines.Text())
	}
	return command, "http://" + address
}

func stop(t *testing.T, command *exec.Cmd) {
	t.Helper()
	_ = command.Process.Signal(syscall.SIGTERM)
	if err := command.Wait(); err != nil {
		t.Errorf("%v: %v", command.Args, err)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "enlist.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The error for a port in use names the setting to change, on one line. Everything that has
// started ends before the journal closes.
func TestPortsThatAreTaken(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for flag, command := range map[string][]string{"--address": {"sandbox"}, "--sandbox-address": {"serve"}} {
		out, err := exec.Command(binary, append(command, flag, taken.Addr().String())...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "("+flag+" sets another address)") {
			t.Errorf("%v: %v %s", command, err, out)
		}
	}
	for _, section := range []string{"grpc", "http", "admin"} {
		ports := map[string]string{"grpc": "127.0.0.1:0", "http": "127.0.0.1:0", "admin": "127.0.0.1:0", section: taken.Addr().String()}
		command := exec.Command(binary, "serve", "--config", write(t, fmt.Sprintf(`
grpc: {address: %q}
http: {address: %q}
admin: {address: %q}
providers: [{name: a, caliq: {base_url: "http://127.0.0.1:1", api_key: k}}]`, ports["grpc"], ports["http"], ports["admin"])))
		command.Dir = t.TempDir()
		if out, err := command.CombinedOutput(); err == nil || !strings.HasPrefix(string(out), "enlist: "+section+".address: ") || bytes.Count(out, []byte("\n")) != 1 {
			t.Errorf("%s: %v %s", section, err, out)
		}
	}
}
