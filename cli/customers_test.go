package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// client runs commands against one server.
type client struct {
	t           *testing.T
	environment []string
	vendors     *httptest.Server
	server      *process
}

func newClient(t *testing.T, changes ...func(*configv1.Config)) *client {
	t.Helper()
	vendors := httptest.NewServer(sandbox.New())
	t.Cleanup(vendors.Close)
	configuration := processConfig(vendors)
	for _, change := range changes {
		change(configuration)
	}
	server := startServer(t, t.TempDir(), configuration)
	environment := append(os.Environ(), "ENLIST_STATE="+t.TempDir(), "ENLIST_SERVER="+server.grpc.Target())
	return &client{t: t, environment: environment, vendors: vendors, server: server}
}

// run returns what a command prints, and its exit status.
func (c *client) run(stdin string, arguments ...string) (out, errOut string, status int) {
	c.t.Helper()
	command := exec.Command(binary, arguments...)
	var stdout, stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr, command.Env = strings.NewReader(stdin), &stdout, &stderr, c.environment
	_ = command.Run() // the status shows the outcome
	return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

// succeeds returns what a command prints to standard output.
func (c *client) succeeds(stdin string, arguments ...string) string {
	c.t.Helper()
	out, errOut, status := c.run(stdin, arguments...)
	if status != 0 {
		c.t.Fatalf("%v: status %d\n%s%s", arguments, status, out, errOut)
	}
	return out
}

// fails checks the exit status of a command and what it prints to standard error.
func (c *client) fails(status int, want, stdin string, arguments ...string) {
	c.t.Helper()
	out, errOut, got := c.run(stdin, arguments...)
	if got != status || !strings.Contains(errOut, want) || out != "" {
		c.t.Errorf("%v: status %d, want %d and %q\n%s%s", arguments, got, status, want, out, errOut)
	}
}

func (c *client) fault(fault string) {
	c.t.Helper()
	sandboxtest.Order(c.t, c.vendors.URL, fault)
}

var smith = []string{"customers", "create", "-p", "opencell", "--id", "S1", "--family-name", "Smith", "--country", "FR"}

func TestCreateFromFlags(t *testing.T) {
	c := newClient(t)
	out, errOut, status := c.run("", append(smith, "--given-name", "Ada", "--email", "ada@example.com")...)
	if status != 0 || !regexp.MustCompile(`(?m)^S1 +CREATED +[0-9a-f-]{36}$`).MatchString(out) || !strings.Contains(out, "opencell.billing_cycle") {
		t.Fatalf("status %d\n%s%s", status, out, errOut)
	}
	id := regexp.MustCompile(`request_id ([0-9a-f-]{36}), stored in (.*)`).FindStringSubmatch(errOut)
	if id == nil || !strings.Contains(out, id[1]) {
		t.Fatalf("the request_id is not named: %s", errOut)
	}
	if stored, err := os.ReadFile(id[2]); err != nil || !strings.Contains(string(stored), id[1]) {
		t.Errorf("%s: %s, %v", id[2], stored, err)
	}
	read := c.succeeds("", "customers", "get", "S1", "-p", "opencell")
	for _, want := range []string{"name.given_name +Ada", "email +ada@example.com", "billing_address.country_code +FR"} {
		if !regexp.MustCompile(`(?m)^` + want + `$`).MatchString(read) {
			t.Errorf("no %s in\n%s", want, read)
		}
	}
}

// A repeated command is the same request, even if another process sent the first one.
func TestCreateAgain(t *testing.T) {
	c := newClient(t)
	first := c.succeeds("", append(smith, "-o", "json")...)
	again := c.succeeds(`{"customer": {"id": "S1", "name": {"familyName": "Smith"}, "billing_address": {"country_code": "FR"}}}`,
		"customers", "create", "--file", "-", "--provider", "opencell", "--output", "json")
	var one, two struct {
		RequestID string
		Replayed  bool
	}
	if json.Unmarshal([]byte(first), &one) != nil || json.Unmarshal([]byte(again), &two) != nil || one.RequestID == "" ||
		one.RequestID != two.RequestID || one.Replayed || !two.Replayed {
		t.Errorf("%s\nthen\n%s", first, again)
	}
	c.fails(1, "ON_EXISTING_UPDATE (--on-existing=update)", "", append(smith, "--email", "other@example.com")...)
	c.fails(1, "CUSTOMER_EXISTS", "", append(smith, "--email", "other@example.com")...)
	if out := c.succeeds("", append(smith, "--email", "other@example.com", "--on-existing", "update")...); !strings.Contains(out, "UPDATED") {
		t.Error(out)
	}
}

func TestCreateFromYAML(t *testing.T) {
	c := newClient(t)
	file := filepath.Join(t.TempDir(), "customer.yaml")
	text := `
provider: avvio
customer:
  name: {title: Mr, family_name: "Null", given_name: "No"}
  email: null@example.com
  billing_address: {country_code: "NO", postal_code: "0600"}
avvio: {password: "long-enough-password"}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := c.succeeds("", "customers", "create", "-f", file); !strings.Contains(out, "CREATED") {
		t.Error(out)
	}
	unquoted := strings.ReplaceAll(text, `"NO"`, "NO")
	c.fails(1, "--file: customer.billing_address.country_code must be a string, in double quotes\n", unquoted, "customers", "create", "-f", "-")
	c.fails(1, `did you mean customer.email?`, `{"customer": {"emial": "a@example.com"}}`, "customers", "create", "-f", "-", "-p", "opencell")
	c.fails(1, "--file: must be YAML or JSON", "a: b: c", "customers", "create", "-f", "-", "-p", "opencell")
	c.fails(1, "no such file", "", "customers", "create", "-f", file+".missing", "-p", "opencell")
	c.fails(1, "must have at most 4 MiB", strings.Repeat(" ", 4<<20+1), "customers", "create", "-f", "-", "-p", "opencell")
}

func TestCreateFails(t *testing.T) {
	c := newClient(t)
	c.fails(80, "missing flags: --provider", "", "customers", "create")
	c.fails(1, "--provider is missing", "{}", "customers", "create", "-f", "-")
	c.fails(80, "--timeout must be greater than 0", "", append(smith, "--timeout", "0s")...)
	c.fails(80, "argument 12 must be UTF-8", "", append(smith, "--given-name", "M\xfcller")...)
	c.fails(80, "--api-key (ENLIST_API_KEY) must be printable ASCII", "", append(smith, "--api-key", "a\n")...)
	c.fails(1, "must hold one request", "provider: opencell\n---\nprovider: opencell\n", "customers", "create", "-f", "-")
	c.fails(1, "must hold one request", "{\"provider\": \"opencell\"}\n{\"provider\": \"caliq\"}\n", "customers", "create", "-f", "-")
	c.fails(1, "is empty", "", "customers", "create", "-f", "-")
	c.fails(80, "--request-id must be a UUID", "", append(smith, "--request-id", "1")...)
	c.fails(1, "PROVIDER_NOT_CONFIGURED", "", "customers", "create", "-p", "nobody", "--id", "S1", "--family-name", "Smith")
	c.fails(1, "customer.email (--email): must be one bare email address", "", append(smith, "--email", "ada")...)
	c.fails(1, "CUSTOMER_NOT_FOUND", "", "customers", "get", "NOBODY", "-p", "opencell")
	c.fails(80, "--on-existing", "", append(smith, "--on-existing", "replace")...)
	c.fails(1, "does not respond", "", append(smith, "--server", "127.0.0.1:1")...)
	c.fails(1, "name its gRPC port", "", append(smith, "--server", strings.TrimPrefix(c.server.rest, "http://"))...)
	c.fails(1, "write --server http://", "", append(smith, "--server", "https://"+c.server.grpc.Target())...)
	for _, wrong := range []string{"localhost", "ftp://localhost:1", "https://localhost:1/x", "a@localhost:1", ":9090", "localhost:99999", "a b:1"} {
		c.fails(80, "--server must be HOST:PORT", "", append(smith, "--server", wrong)...)
	}
	c.fails(1, "need TLS", "", append(smith, "--ca-file", "ca.pem")...)

	unknown := `{"customer": {"id": "S2", "name": {"familyName": "Smith"}, "billingAddress": {"countryCode": "FR"}}, "opencell": {"billingCycle": "NONE"}}`
	for range 2 { // a refused request is not kept: the cause can be removed at the vendor
		c.fails(1, "vendor: ENTITY_DOES_NOT_EXISTS_EXCEPTION", unknown, "customers", "create", "-f", "-", "-p", "opencell")
	}
}

// While the outcome is unknown, the command says so, exits with 2, and does not send the request
// again.
func TestCreateIsNotSettled(t *testing.T) {
	c := newClient(t)
	c.fault(`{"vendor": "opencell", "operation": "create", "kind": "drop_after"}`)
	c.fault(`{"vendor": "opencell", "operation": "get", "kind": "status_500", "times": 50}`)
	_, errOut, status := c.run("", append(smith, "--timeout", "2s")...)
	for _, want := range []string{"not settled yet: OUTCOME_UNKNOWN; next attempt in", "repeat the same command", "OUTCOME_UNKNOWN: "} {
		if !strings.Contains(errOut, want) {
			t.Errorf("no %q in\n%s", want, errOut)
		}
	}
	if status != 2 {
		t.Errorf("status %d", status)
	}
	c.server.end(syscall.SIGTERM)
	c.fails(2, "repeat the same command", "", smith...)
}

// A person must decide about a customer at Caliq whose number Caliq assigns.
func TestCreateNeedsPerson(t *testing.T) {
	c := newClient(t, func(configuration *configv1.Config) {
		for _, provider := range configuration.GetProviders() {
			if caliq := provider.GetCaliq(); caliq != nil {
				caliq.AutoNumbering = true
			}
		}
	})
	c.fault(`{"vendor": "caliq", "operation": "create", "kind": "drop_after"}`)
	request := `{"provider": "caliq", "customer": {"name": {"givenName": "Ada", "familyName": "Smith"}, "email": "a@example.com", "currencyCode": "EUR",
		"billingAddress": {"lines": ["1 Rue"], "city": "Nice", "postalCode": "06000", "countryCode": "FR"}}}`
	c.fails(3, "ResolveOperation", request, "customers", "create", "-f", "-")
	_, said, status := c.run(request, "customers", "create", "-f", "-")
	id := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(said)
	if status != 3 || !strings.Contains(said, "ResolveOperation") {
		t.Fatalf("status %d: %s", status, said)
	}

	// Caliq offers no look-up, so no output says that there was one.
	shown, said, _ := c.run("", "operations", "get", id)
	if want := "Provider caliq offers no look-up: there are no candidates to show.\n"; said != want {
		t.Errorf("got %q, want %q", said, want)
	}
	if !strings.Contains(shown, "Provider caliq offers no look-up.\nLook for the customer there before you choose --failed.\n") || strings.Contains(shown, "Enlist checks") {
		t.Error(shown)
	}
	failed := []string{"operations", "resolve", id, "--failed", "--by", "Jo", "--yes"}
	var decided string
	for deadline := time.Now().Add(time.Minute); status != 0 && time.Now().Before(deadline); time.Sleep(time.Second) {
		decided, said, status = c.run("", failed...)
	}
	if !strings.HasPrefix(decided, "Recorded. Provider caliq offers no look-up, so Enlist checked only that the vendor's time limit has passed.\n") {
		t.Errorf("status %d\n%s%s", status, decided, said)
	}
	for _, out := range []string{decided, c.succeeds("", "operations", "get", id)} {
		if !regexp.MustCompile(`(?m)^failed +\S+ +Jo +wait only +decided with`).MatchString(out) {
			t.Errorf("no decision in\n%s", out)
		}
	}
}

// The server identifies a request_id by its caller, so another caller's command is another
// creation.
func TestCreateWithOtherCredentials(t *testing.T) {
	c := newClient(t, func(configuration *configv1.Config) {
		hash := func(key string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(key))) }
		configuration.Auth = &configv1.Auth{ApiKeys: []*configv1.ApiKey{
			{Name: "alice", Sha256: hash("a-long-key-of-alice")}, {Name: "bob", Sha256: hash("a-long-key-of-bob")},
		}}
	})
	alice, bob := append(smith, "--api-key", "a-long-key-of-alice"), append(smith, "--api-key", "a-long-key-of-bob")
	c.fails(1, "CREDENTIALS_INVALID", "", append(smith, "--api-key", "a-key-of-nobody")...)
	c.fault(`{"vendor": "opencell", "operation": "create", "kind": "drop_after"}`)
	c.fault(`{"vendor": "opencell", "operation": "get", "kind": "status_500", "times": 2}`)
	c.fails(2, "not settled yet", "", append(alice, "--timeout", "800ms")...)
	c.fails(2, "was sent with other credentials", "", bob...)
	if out := c.succeeds("", alice...); !strings.Contains(out, "CREATED") {
		t.Error(out)
	}
	c.fails(1, "was sent with other credentials", "", bob...)
}

// Another spelling of the server's address is the same command.
func TestCreateAtAnotherAddress(t *testing.T) {
	c := newClient(t)
	first := c.succeeds("", smith...)
	port := c.server.grpc.Target()[strings.LastIndex(c.server.grpc.Target(), ":"):]
	again := c.succeeds("", append(smith, "--server", "http://localhost"+port)...)
	if !strings.Contains(again, "CREATED (replayed)") || first[strings.LastIndex(first, " "):] != again[strings.LastIndex(again, " "):] {
		t.Errorf("%s\nthen\n%s", first, again)
	}
}

// A repeated update is sent again if the first one is settled, since other updates may lie
// between.
func TestUpdateAgain(t *testing.T) {
	c := newClient(t)
	for _, email := range []string{"a@example.com", "b@example.com", "a@example.com"} {
		c.succeeds("", append(smith, "--on-existing", "update", "--email", email)...)
		if read := c.succeeds("", "customers", "get", "S1", "-p", "opencell"); !strings.Contains(read, email) {
			t.Errorf("not %s:\n%s", email, read)
		}
	}
}

// A request that the server may have forgotten is not sent again.
func TestCreateIsForgotten(t *testing.T) {
	c := newClient(t)
	_, errOut, _ := c.run("", smith...)
	file := regexp.MustCompile(`stored in (\S+)`).FindStringSubmatch(errOut)[1]
	for _, age := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		stored := fmt.Sprintf(`{"requestId": %q, "created": %q, "server": %q, "caller": %q}`, "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
			time.Now().Add(-age).Format(time.RFC3339), c.server.grpc.Target(), callerOf(t, file))
		if err := os.WriteFile(file, []byte(stored), 0o600); err != nil {
			t.Fatal(err)
		}
		c.fails(1, "no longer knows request_id 0b8f6a3e", "", smith...)
	}
}

func callerOf(t *testing.T, file string) string {
	t.Helper()
	var entry struct{ Caller string }
	text, err := os.ReadFile(file)
	if err := errors.Join(err, json.Unmarshal(text, &entry)); err != nil {
		t.Fatal(err)
	}
	return entry.Caller
}

func TestDryRun(t *testing.T) {
	c := newClient(t)
	out := c.succeeds("", append(smith, "--dry-run")...)
	for _, want := range []string{"POST " + c.vendors.URL, `"lastName": "Smith"`, "customer.name.family_name +SENT +name.lastName"} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	c.fails(1, "CUSTOMER_NOT_FOUND", "", "customers", "get", "S1", "-p", "opencell")
}

func TestReadingCommands(t *testing.T) {
	c := newClient(t)
	c.succeeds("", "customers", "create", "-p", "sellandsign", "--id", "S1", "--family-name", "Smith", "--email", "s@example.com",
		"-f", write(t, `{"customer": {"name": {"title": "Mr", "givenName": "Ada"}, "mobile": "+33612345678",
			"billingAddress": {"lines": ["1 Rue"], "city": "Nice", "postalCode": "06000", "countryCode": "FR"}}}`))
	for arguments, want := range map[string]string{
		"contractors list S1 -p sellandsign":         `(?m)^\S+ +\S+ Ada Smith +s@example.com +\+33612345678$`,
		"providers list":                             `(?m)^opencell +OPENCELL +ENFORCED_BY_KEY`,
		"providers list -o json":                     `"name": "avvio"`,
		"providers get caliq":                        `(?m)^customer.billing_address.lines\[0\] +Line1 +yes +1 to 50$`,
		"providers get caliq --output=json":          `"vendor": "VENDOR_CALIQ"`,
		"customers get S1 -p sellandsign --record":   `(?m)^VENDOR FIELD +VALUE$`,
		"customers get S1 -p sellandsign -o json":    `"familyName": "Smith"`,
		"contractors list S1 -p sellandsign -o json": `"contractors": \[\n`,
	} {
		if out := c.succeeds("", strings.Fields(arguments)...); !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%s: no %s in\n%s", arguments, want, out)
		}
	}
	c.fails(1, "RPC_NOT_SUPPORTED", "", "contractors", "list", "S1", "-p", "opencell")
	c.fails(1, "PROVIDER_NOT_CONFIGURED", "", "providers", "get", "nobody")
}
