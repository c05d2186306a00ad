package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers/registry"
)

// initialized returns configurations of enlist init, in spellings that people use. The
// environment variables have values for the sandbox.
func initialized(sandbox string) map[string][]string {
	return map[string][]string{
		"sandbox":      nil,
		"Opencell":     {"OPENCELL_URL=" + sandbox, "OPENCELL_CLIENT_SECRET=demo-opencell-client-secret", "OPENCELL_USER=demo@opencell.example", "OPENCELL_PASSWORD=demo-opencell-password"},
		"SellAndSign":  {"SELLANDSIGN_URL=" + sandbox, "SELLANDSIGN_TOKEN=demo|c2VsbCtzaWdu/dG9rZW4+=="},
		"VALOMNIA":     {"VALOMNIA_URL=" + sandbox, "VALOMNIA_USER=demo@valomnia.example", "VALOMNIA_PASSWORD=demo-valomnia-password"},
		"caliq":        {"CALIQ_URL=" + sandbox, "CALIQ_API_KEY=demo-caliq-api-key"},
		"VENDOR_AVVIO": {"AVVIO_URL=" + sandbox, "AVVIO_USER=demo-avvio-user", "AVVIO_PASSWORD=demo-avvio-password"},
	}
}

var exported = regexp.MustCompile(`(?m)^  export (\w+)=…$`)

// The output of enlist init needs only its environment variables. enlist check accepts it, enlist
// serve starts with it, and a caller can create a customer.
func TestInit(t *testing.T) {
	for vendor := range initialized("") {
		t.Run(vendor, func(t *testing.T) {
			vendors, sandbox := startSandbox(t)
			defer stop(t, vendors)
			environment := initialized(sandbox)[vendor]
			folder := t.TempDir()
			run := func(environment []string, arguments ...string) (string, error) {
				command := exec.CommandContext(t.Context(), binary, arguments...)
				command.Dir, command.Env = folder, append(os.Environ(), environment...)
				printed, err := command.CombinedOutput()
				return string(printed), err
			}
			printed, err := run(nil, "init", "--vendor", vendor)
			if err != nil || !strings.Contains(printed, "enlist check --config enlist.yaml") || !strings.Contains(printed, "enlist serve --config enlist.yaml") {
				t.Fatalf("%v\n%s", err, printed)
			}
			var named []string
			for _, found := range exported.FindAllStringSubmatch(printed, -1) {
				named = append(named, found[1])
			}
			if !slices.EqualFunc(named, environment, func(name, value string) bool { return strings.HasPrefix(value, name+"=") }) {
				t.Errorf("it names the variables %v", named)
			}
			file := filepath.Join(folder, "enlist.yaml")
			text := read(t, file)
			if schema := read(t, filepath.Join(folder, "enlist.schema.json")); schema != read(t, "../gen/config.schema.json") {
				t.Error("enlist.schema.json is not gen/config.schema.json")
			}
			if !strings.HasPrefix(text, "# yaml-language-server: $schema=enlist.schema.json\n# ") {
				t.Errorf("it begins with %.100s", text)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v %v", info, err)
			}
			if printed, err := run(nil, "check", "--config", "enlist.yaml"); (err != nil) != (len(environment) > 0) {
				t.Errorf("check without variables: %v %s", err, printed)
			}

			// The ports in the file may be in use on this machine.
			grpcAddress, httpAddress := testkit.FreeAddress(t), testkit.FreeAddress(t)
			text = strings.NewReplacer("127.0.0.1:9090", grpcAddress, "127.0.0.1:8080", httpAddress, "http://127.0.0.1:8090", sandbox).Replace(text)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if printed, err := run(environment, "check", "--config", "enlist.yaml", "--connect"); err != nil {
				t.Fatalf("%v\n%s", err, printed)
			}
			server := exec.Command(binary, "serve", "--config", "enlist.yaml")
			server.Dir, server.Env = folder, append(os.Environ(), environment...)
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			defer stop(t, server)
			waitUntilReady(t, httpAddress)
			createCustomers(t, "http://"+httpAddress)
		})
	}
}

func waitUntilReady(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); exec.Command(binary, "health", "--address", address).Run() != nil; {
		if time.Now().After(deadline) {
			t.Fatal("it does not serve")
		}
	}
}

// createCustomers creates a customer at every provider of a server.
func createCustomers(t *testing.T, server string) {
	t.Helper()
	response, err := http.Get(server + "/v1/providers")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var listed struct {
		Providers []struct{ Name, Vendor string }
	}
	if err := json.NewDecoder(response.Body).Decode(&listed); err != nil || len(listed.Providers) == 0 {
		t.Fatalf("%v %v", listed, err)
	}
	for _, provider := range listed.Providers {
		body := `{"unsupportedFields": "UNSUPPORTED_FIELDS_DROP", "customer": {"id": "INIT-1",
			"name": {"title": "Mr", "givenName": "John", "familyName": "Smith"}, "email": "john@example.com", "mobile": "+33123546789", "currencyCode": "EUR",
			"billingAddress": {"lines": ["1 Main Street"], "city": "Nice", "postalCode": "06000", "countryCode": "FR"}}`
		if provider.Vendor == "VENDOR_AVVIO" {
			body += `, "avvio": {"password": "correct horse"}`
		}
		created, err := http.Post(server+"/v1/providers/"+provider.Name+"/customers", "application/json", strings.NewReader(body+"}"))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(created.Body)
		_ = created.Body.Close()
		if created.StatusCode != http.StatusOK || !bytes.Contains(text, []byte("OUTCOME_CREATED")) {
			t.Errorf("%s: %s %s", provider.Name, created.Status, text)
		}
	}
}

// enlist init overwrites no file without --force. It creates nothing besides the file.
func TestInitKeepsFiles(t *testing.T) {
	folder := t.TempDir()
	file, link, other := filepath.Join(folder, "enlist.yaml"), filepath.Join(folder, "link.yaml"), filepath.Join(folder, "other.yaml")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, output := range []string{file, link, folder, filepath.Join(folder, "none", "enlist.yaml")} {
		printed, err := exec.Command(binary, "init", "--output", output).CombinedOutput()
		if err == nil || !strings.Contains(string(printed), filepath.Dir(output)) || strings.Count(string(printed), "\n") != 1 {
			t.Errorf("%s: %v %s", output, err, printed)
		}
	}
	if text := read(t, file); text != "mine" {
		t.Errorf("%s", text)
	}
	if printed, err := exec.Command(binary, "init", "--force", "--output", folder).CombinedOutput(); err == nil {
		t.Errorf("it overwrites a folder: %s", printed)
	}
	for _, output := range []string{link, other} {
		if printed, err := exec.Command(binary, "init", "--force", "--output", output).CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, printed)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink || !strings.Contains(read(t, file), "providers:") {
		t.Errorf("the target of a symbolic link is overwritten, not the link: %v %v", info, err)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) != 4 {
		t.Errorf("%v %v", left, err)
	}
}

// Standard output receives only the configuration, without the line that names a file.
func TestInitToStandardOutput(t *testing.T) {
	command := exec.Command(binary, "init", "--vendor", "caliq", "-o", "-")
	command.Dir = t.TempDir()
	var out, next bytes.Buffer
	command.Stdout, command.Stderr = &out, &next
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(read(t, "../providers/caliq/configuration.yaml"), "\n")
	if out.String() != want || !strings.Contains(next.String(), "export CALIQ_URL=…") {
		t.Errorf("%s\n%s", out.String(), next.String())
	}
	if left, err := os.ReadDir(command.Dir); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}

// initNames are what enlist init takes.
func initNames() []string {
	names := []string{"sandbox"}
	for _, vendor := range registry.All() {
		names = append(names, vendor.Name())
	}
	return names
}

func TestInitOfUnknownVendor(t *testing.T) {
	for vendor, meant := range map[string]string{
		"opncell": "opencell", "sell": "sellandsign", "Sell&Signs": "sellandsign", "CALIC": "caliq", "avio": "avvio", "valomina": "valomnia", "salesforce": "", "": "", "x": "",
	} {
		want := "is not one of " + strings.Join(initNames(), ", ")
		if meant != "" {
			want += `, did you mean "` + meant + `"? Run "enlist init --help"`
		} else {
			want += `; run "enlist init --help"`
		}
		printed, err := exec.Command(binary, "init", "-o", "-", "--vendor", vendor).CombinedOutput()
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 80 || !strings.Contains(string(printed), want) { //nolint:errorlint // as returned
			t.Errorf("%q: %v %s", vendor, err, printed)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
