package cli_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// withCallers lets three callers in: shop creates, oncall is an operator, and other sees nothing of
// theirs.
func withCallers(configuration *configv1.Config) {
	hash := func(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte("a-long-key-of-"+name))) }
	configuration.Auth = &configv1.Auth{ApiKeys: []*configv1.ApiKey{
		{Name: "shop", Sha256: hash("shop")}, {Name: "oncall", Sha256: hash("oncall"), Operator: true}, {Name: "other", Sha256: hash("other")},
	}}
}

// as runs further commands with the key of a caller.
func (c *client) as(caller string) *client {
	as := *c
	as.environment = append(as.environment[:len(as.environment):len(as.environment)], "ENLIST_API_KEY=a-long-key-of-"+caller, "USER=jo")
	return &as
}

// paste runs a command in a shell, as a person does who pastes it.
func (c *client) paste(command string) (out, errOut string, status int) {
	c.t.Helper()
	folder := c.t.TempDir()
	if err := os.Symlink(binary, filepath.Join(folder, "enlist")); err != nil {
		c.t.Fatal(err)
	}
	pasted := *c
	pasted.environment = append(pasted.environment[:len(pasted.environment):len(pasted.environment)], "PATH="+folder+":"+os.Getenv("PATH"))
	return pasted.runProgram("sh", "-c", command)
}

func (c *client) runProgram(program string, arguments ...string) (out, errOut string, status int) {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), program, arguments...)
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr, command.Env, command.Dir = &stdout, &stderr, c.environment, c.t.TempDir()
	_ = command.Run() // the status shows the outcome
	if left, _ := os.ReadDir(command.Dir); len(left) > 0 {
		c.t.Errorf("%v has left %v", arguments, left)
	}
	return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

func (c *client) withdrawFaults() {
	c.t.Helper()
	request, _ := http.NewRequestWithContext(c.t.Context(), http.MethodDelete, c.vendors.URL+"/sandbox/faults", http.NoBody)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = response.Body.Close()
}

const lovelace = `{"provider": "avvio", "customer": {"name": {"title": "Ms", "givenName": "Ada", "familyName": "Lovelace"}, "email": "ada@example.com",
	"phone": "+33612345678", "billingAddress": {"lines": ["1 rue"], "city": "Paris", "postalCode": "75001", "countryCode": "FR"}},
	"avvio": {"password": "long-enough-password"}, "unsupportedFields": "UNSUPPORTED_FIELDS_DROP"}`

// lost creates a customer at Avvio whose outcome stays unknown until the faults are withdrawn. It
// returns the request_id.
func (c *client) lost() string {
	c.t.Helper()
	c.fault(`{"vendor": "avvio", "operation": "get", "kind": "status_500", "times": 10000}`)
	c.fault(`{"vendor": "avvio", "operation": "create", "kind": "drop_after"}`)
	_, errOut, status := c.run(lovelace, "customers", "create", "-f", "-", "--timeout", "2s")
	id := regexp.MustCompile(`request_id ([0-9a-f-]{36}), stored`).FindStringSubmatch(errOut)
	if status != 2 || id == nil {
		c.t.Fatalf("status %d: %s", status, errOut)
	}
	return id[1]
}

// lookalikes creates a customer at Avvio about which a person must decide: two accounts may be the
// one, in two cities. It returns the request_id.
func (c *client) lookalikes() string {
	c.t.Helper()
	id := c.lost()
	c.another(id)
	return id
}

// another makes a second customer like that of a lost creation, in another city. It withdraws the
// faults, and waits until a person must decide.
func (c *client) another(id string) {
	c.t.Helper()
	var shown struct {
		Operation struct{ Tries []struct{ Curl string } }
	}
	if err := json.Unmarshal([]byte(c.succeeds("", "operations", "get", id, "-p", "avvio", "-o", "json")), &shown); err != nil {
		c.t.Fatal(err)
	}
	again := exec.CommandContext(c.t.Context(), "sh", "-c", strings.ReplaceAll(shown.Operation.Tries[0].Curl, "Paris", "Lyon"))
	again.Env = append(os.Environ(), "AVVIO_PASSWORD=demo-avvio-password", "REQUEST_AVVIO_PASSWORD=another-password")
	if said, err := again.CombinedOutput(); err != nil || !strings.Contains(string(said), "accountID") {
		c.t.Fatalf("%v: %s", err, said)
	}
	c.withdrawFaults()
	c.eventually("needs-person", "operations", "list", "--mine", "--state", "needs-person")
}

// eventually runs a command until it prints a text.
func (c *client) eventually(want string, arguments ...string) string {
	c.t.Helper()
	for start := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		out := c.succeeds("", arguments...)
		if strings.Contains(out, want) {
			return out
		}
		if time.Since(start) > time.Minute {
			c.t.Fatalf("%v: no %q in\n%s", arguments, want, out)
		}
	}
}

// commandIn returns the command that a text offers for pasting: the line after a line.
func commandIn(t *testing.T, out, after string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)` + after + `\n  (enlist operations .*)$`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no command after %q in\n%s", after, out)
	}
	return found[1]
}

// An operator settles an operation with two look-alike accounts with three commands, of which the
// output of the previous one names each.
func TestDecideInThreeCommands(t *testing.T) {
	c := newClient(t, withCallers)
	id := c.as("shop").lookalikes()
	oncall, commands := c.as("oncall"), 0
	transcript := ""
	paste := func(command string) string {
		commands++
		out, errOut, status := oncall.paste(command)
		if status != 0 || errOut != "" {
			t.Fatalf("%s: status %d\n%s%s", command, status, out, errOut)
		}
		transcript += "$ " + command + "\n" + out
		return out
	}
	listed := paste("enlist operations list --state needs-person")
	if !regexp.MustCompile(`(?m)^\d+s +needs-person +avvio +- +`+id+` +shop +Two customers at Avvio match this request: .*city`).MatchString(listed) || strings.Contains(listed, "a-long-key") {
		t.Errorf("no such operation in\n%s", listed)
	}
	shown := paste(commandIn(t, listed, "Next:"))
	for _, want := range []string{
		`^why +Two customers at Avvio match`, `^next +a person must decide$`, `^1 +send +\S+ +\S+ +sent +\S`, `^\d+ +lookup +\S+ +\S+ +answered +200`,
		`^FIELD +REQUEST +CANDIDATE 1 +CANDIDATE 2$`, `^customer\.billing_address\.city +Paris +(\* Lyon +Paris|Paris +\* Lyon)$`, `^\* differs from the request\. REQUEST is empty where nothing differs\.$`,
		`^Nothing was created:\n  enlist operations resolve ` + id + ` -p avvio --principal=shop --failed$`,
	} {
		if !regexp.MustCompile(`(?m)` + want).MatchString(shown) {
			t.Errorf("no %s in\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "curl") || strings.Contains(shown, "long-enough-password") {
		t.Errorf("exchanges are in\n%s", shown)
	}
	ids := regexp.MustCompile(`(?m)^customer\.id +(\d+) +(\d+)$`).FindStringSubmatch(shown)
	city := regexp.MustCompile(`(?m)^customer\.billing_address\.city +Paris +Paris`)
	if ids == nil {
		t.Fatalf("no candidates in\n%s", shown)
	}
	right := ids[2]
	if city.MatchString(shown) {
		right = ids[1]
	}
	decided := paste(commandIn(t, shown, right+" is the customer:") + " --yes")
	if !regexp.MustCompile(`(?m)^\d+ is the customer \(differs in customer\.billing_address\.city\):$`).MatchString(shown) {
		t.Errorf("no difference in\n%s", shown)
	}
	for _, want := range []string{`^Recorded, after a check at the vendor\.$`, `^state +succeeded$`, `^customer +` + right + `$`, `^succeeded +\S+ +jo +oncall +yes +decided with`} {
		if !regexp.MustCompile(`(?m)` + want).MatchString(decided) {
			t.Errorf("no %s in\n%s", want, decided)
		}
	}
	if commands > 3 {
		t.Errorf("%d commands", commands)
	}
	if documented := documentedDecision(t); !documented.MatchString(transcript) {
		t.Errorf("docs/operations.md has not\n%s\nbut\n%s", transcript, documented)
	}
	if out := c.as("shop").succeeds("", "operations", "wait", id); !strings.Contains(out, right) {
		t.Errorf("the caller sees\n%s", out)
	}
}

// A decision for a customer that differs from the request says how, and how to look again.
func TestResolveShowsDifferences(t *testing.T) {
	c := newClient(t)
	c.environment = append(c.environment, "USER=jo")
	id := c.lookalikes()
	other := commandIn(t, c.succeeds("", "operations", "get", id), `\d+ is the customer \(differs in customer\.billing_address\.city\):`) + " --yes"
	out, errOut, status := c.paste(other)
	if status != 0 || !regexp.MustCompile(`(?m)^customer\.billing_address\.city +Paris +Lyon$`).MatchString(out) {
		t.Fatalf("status %d\n%s%s", status, out, errOut)
	}
	again, _, _ := c.paste(commandIn(t, out, "The customer differs from the request.*"))
	if !regexp.MustCompile(`(?m)^customer\.id +\d+ +\d+$`).MatchString(again) {
		t.Errorf("no candidates in\n%s", again)
	}
	_, errOut, _ = c.paste(other)
	if !regexp.MustCompile(`^A decision stands: succeeded with \d+, by jo\. Another one corrects it\.\n$`).MatchString(errOut) {
		t.Errorf("the earlier decision is not in\n%s", errOut)
	}
}

// documentedDecision returns the commands of docs/operations.md and their output as a pattern. The
// ids, times and widths are any. An ellipsis stands for more of a line, or for lines.
func documentedDecision(t *testing.T) *regexp.Regexp {
	t.Helper()
	_, block, _ := strings.Cut(read(t, "../docs/operations.md"), "```console\n$ enlist operations list")
	block, _, _ = strings.Cut(block, "```")
	pattern := regexp.QuoteMeta("$ enlist operations list" + block)
	for _, replaced := range [][2]string{
		{`[0-9a-f]{8}-[0-9a-f-]{27}`, `[0-9a-f-]{36}`},
		{`(?m)^…$\n`, `(?:.*\n)*`},
		{`…`, `.*`},
		{`\d{4}-\S+Z`, `\S+Z`},
		{`\d+ms`, `\S+s`},
		{`\d{13}`, `\d+`},
		{`(?m)^\d+m `, `\d+[sm] `},
		{`  +`, ` +`},
		{`Paris \+\\\* Lyon`, `(?:Paris +\* Lyon|\* Lyon +Paris)`},
	} {
		pattern = regexp.MustCompile(replaced[0]).ReplaceAllLiteralString(pattern, replaced[1])
	}
	return regexp.MustCompile("^" + pattern + "$")
}

// Without its provider and its caller, an operation is found if the caller may see it.
func TestFindOperation(t *testing.T) {
	c := newClient(t, withCallers)
	id := c.as("shop").lost()
	for _, caller := range []string{"shop", "oncall"} {
		if out := c.as(caller).succeeds("", "operations", "get", strings.ToUpper(id)); !strings.Contains(out, "unknown") || !strings.Contains(commandIn(t, out, "Next:"), "operations wait "+id) {
			t.Errorf("%s sees\n%s", caller, out)
		}
	}
	oncall, other := c.as("oncall"), c.as("other")
	if out := oncall.succeeds("", "operations", "get", id, "-p", "avvio"); !strings.Contains(out, "unknown") {
		t.Error(out)
	}
	other.fails(1, "only operators see those of others", "", "operations", "get", id)
	other.fails(1, "NOT_PERMITTED", "", "operations", "get", id, "-p", "avvio", "--principal", "oncall")
	oncall.fails(1, "OPERATION_NOT_FOUND", "", "operations", "get", id, "--principal", "oncall")
	oncall.fails(1, "Name it with --provider and --principal", "", "operations", "get", "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11")
	oncall.fails(1, "PROVIDER_NOT_CONFIGURED", "", "operations", "get", id, "-p", "nobody")
	oncall.fails(80, "REQUEST-ID must be a UUID", "", "operations", "get", "1")
	oncall.fails(1, "does not respond", "", "operations", "get", id, "--server", "127.0.0.1:1")
	c.as("nobody").fails(1, "CREDENTIALS_INVALID", "", "operations", "get", id)
	c.fails(1, "Set ENLIST_API_KEY", "", "operations", "get", id)

	// A caller without the right to see candidates sees the rest.
	shown := c.as("shop").succeeds("", "operations", "get", id, "--exchanges", "--no-candidates")
	for _, want := range []string{"ATTEMPT 1\nPOST ", `"nameFirst": "Ada"`, "\ncurl -sS -g -X 'POST'", `"$AVVIO_PASSWORD"`} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	c.as("shop").fails(1, "NOT_PERMITTED", "", "operations", "get", id, "--candidates")
}

// If several operations have a request_id, no command chooses one.
func TestFindOneOfSeveral(t *testing.T) {
	c := newClient(t, withCallers)
	shop, oncall := c.as("shop"), c.as("oncall")
	id := shop.lost()
	create := func(caller *client, provider string) {
		caller.succeeds(`{"requestId": "`+id+`", "provider": "`+provider+`", "customer": {"id": "`+provider+`-1", "name": {"title": "MR", "givenName": "Ada", "familyName": "L"},
			"email": "ada@example.com", "currencyCode": "EUR", "billingAddress": {"lines": ["1 rue"], "city": "Paris", "postalCode": "75001", "countryCode": "FR"}}, "unsupportedFields": "UNSUPPORTED_FIELDS_DROP"}`, "customers", "create", "-f", "-")
	}
	create(c.as("other"), "opencell")
	for _, verb := range [][]string{{"get"}, {"wait"}, {"resolve", "--failed", "--unverified", "--reason", "seen", "--yes"}} {
		oncall.fails(1, "-p opencell --principal=other  (succeeded)", "", append([]string{"operations", verb[0], id}, verb[1:]...)...)
	}
	create(shop, "valomnia")
	for _, arguments := range [][]string{{}, {"--principal", "shop"}} {
		shop.fails(1, "-p avvio --principal=shop  (unknown)", "", append([]string{"operations", "get", id}, arguments...)...)
	}
	for provider, want := range map[string]string{"avvio": "unknown", "valomnia": "succeeded"} {
		if out := oncall.succeeds("", "operations", "get", id, "-p", provider); !strings.Contains(out, want) || !strings.Contains(out, "shop") {
			t.Error(out)
		}
	}
}

func TestListOperations(t *testing.T) {
	c := newClient(t, withCallers)
	shop, oncall := c.as("shop"), c.as("oncall")
	id := shop.lost()
	oncall.succeeds("", smith...)
	for arguments, want := range map[string]string{ // the states in the list
		"":                                      "succeeded unknown",
		"--mine":                                "succeeded",
		"--principal oncall":                    "succeeded",
		"-p avvio":                              "unknown",
		"--provider opencell":                   "succeeded",
		"--state unknown":                       "unknown",
		"--state needs-person":                  "",
		"--reason no-lookup":                    "",
		"--customer-id S1":                      "succeeded",
		"--older-than 1h":                       "",
		"--since 1h":                            "succeeded unknown",
		"--since 1h --older-than 1ms -p avvio":  "unknown",
		"--limit 1":                             "succeeded",
		"--limit 2":                             "succeeded unknown",
		"--state=unknown --customer-id=nothing": "",
	} {
		out, errOut, status := oncall.run("", append([]string{"operations", "list"}, strings.Fields(arguments)...)...)
		var states []string
		for _, row := range regexp.MustCompile(`(?m)^\d+[smh] +(\S+)`).FindAllStringSubmatch(out, -1) {
			states = append(states, row[1])
		}
		if got := strings.Join(states, " "); status != 0 || got != want {
			t.Errorf("%s: status %d, %q, want %q\n%s%s", arguments, status, got, want, out, errOut)
		}
		if more := strings.Contains(errOut, "There are more operations: set --limit above 1."); more != (arguments == "--limit 1") {
			t.Errorf("%s: %s", arguments, errOut)
		}
	}
	if out := oncall.succeeds("", "operations", "list", "--state", "succeeded"); !regexp.MustCompile(`(?m)succeeded +opencell +S1 +\S+ +oncall$`).MatchString(out) {
		t.Errorf("the customer is not in\n%s", out)
	}
	out, errOut, status := shop.run("", "operations", "list")
	if status != 0 || !strings.Contains(errOut, "only operators see those of others") || !strings.Contains(out, id) || strings.Contains(out, "oncall") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	var listed struct {
		Operations    []struct{ RequestID string }
		NextPageToken string
	}
	if err := json.Unmarshal([]byte(oncall.succeeds("", "operations", "list", "-o", "json", "--limit", "1")), &listed); err != nil || len(listed.Operations) != 1 || listed.NextPageToken == "" {
		t.Errorf("%v, %v", listed, err)
	}
	shop.fails(1, "NOT_PERMITTED", "", "operations", "list", "--principal", "oncall")
	oncall.fails(80, "--state must be one of", "", "operations", "list", "--state", "lost")
	oncall.fails(80, "--reason must be one of", "", "operations", "list", "--reason", "bad luck")
	oncall.fails(80, "--limit must be greater than 0", "", "operations", "list", "--limit", "0")
	oncall.fails(80, "must not be negative", "", "operations", "list", "--since=-1h")
	oncall.fails(80, "can't be used together", "", "operations", "list", "--mine", "--principal", "shop")
	oncall.fails(1, "(--reason)", "", "operations", "list", "--state", "unknown", "--reason", "no-lookup")
	oncall.fails(1, "PROVIDER_NOT_CONFIGURED", "", "operations", "list", "-p", "nobody")

	// The next command names another server, and never the key.
	address := "http://localhost" + c.server.grpc.Target()[strings.LastIndex(c.server.grpc.Target(), ":"):]
	out, _, _ = c.run("", "operations", "list", "-p", "avvio", "--server", address, "--api-key", "a-long-key-of-oncall")
	next := commandIn(t, out, "Next:")
	if !strings.HasSuffix(next, "--server="+address) || strings.Contains(out, "a-long-key") {
		t.Errorf("next: %s", next)
	}
}

func TestWaitForOperation(t *testing.T) {
	c := newClient(t)
	id := c.lost()
	out, errOut, status := c.run("", "operations", "wait", id, "--timeout", "1s")
	if status != 2 || !strings.Contains(out, "unknown") || !strings.Contains(errOut, "wait again\n  enlist operations wait "+id) {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	c.withdrawFaults()
	if out := c.succeeds("", "operations", "wait", id, "-o", "json"); !strings.Contains(out, "OPERATION_STATE_SUCCEEDED") {
		t.Error(out)
	}
	refused := `{"customer": {"id": "S2", "name": {"familyName": "Smith"}, "billingAddress": {"countryCode": "FR"}}, "opencell": {"billingCycle": "NONE"}}`
	failed := "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"
	c.fails(1, "VENDOR_REJECTED", refused, "customers", "create", "-f", "-", "-p", "opencell", "--request-id", failed)
	out, errOut, status = c.run("", "operations", "wait", failed)
	if status != 1 || !strings.Contains(out, "VENDOR_REJECTED") || !strings.Contains(errOut, "ended in state failed") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	c.fails(80, "--timeout must be greater than 0", "", "operations", "wait", id, "--timeout", "0s")
	c.fails(1, "OPERATION_NOT_FOUND", "", "operations", "wait", "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a12")
}

// What the check refuses is not recorded, and the command says how to go on.
func TestResolveIsRefused(t *testing.T) {
	c := newClient(t)
	c.environment = append(c.environment, "USER=jo")
	id := c.lookalikes()
	if _, errOut, status := c.run("", "operations", "wait", id); status != 3 || !strings.Contains(errOut, "enlist operations get "+id) {
		t.Errorf("status %d: %s", status, errOut)
	}
	c.fails(80, "--succeeded=ID or --failed", "", "operations", "resolve", id)
	c.fails(80, "can't be used together", "", "operations", "resolve", id, "--failed", "--succeeded", "1")
	c.fails(80, "--unverified needs --reason", "", "operations", "resolve", id, "--failed", "--unverified")
	c.fails(80, "--by is missing", "", "operations", "resolve", id, "--failed", "--by", "")
	nameless := *c
	nameless.environment = append(nameless.environment[:len(nameless.environment):len(nameless.environment)], "USER=")
	if out := nameless.succeeds("", "operations", "get", id); strings.Count(out, " --by=NAME\n") != 3 {
		t.Errorf("without USER:\n%s", out)
	}
	for _, answer := range []string{"", "n\n", "y\n"} {
		c.fails(1, "nothing was recorded. Type yes, or add --yes", answer, "operations", "resolve", id, "--failed", "--unverified", "--reason", "seen")
	}
	c.fails(1, "customer_id (--succeeded)", "yes\n", "operations", "resolve", id, "--succeeded", "1")
	c.fails(1, "look again:\n  enlist operations get "+id+" -p avvio", "", "operations", "resolve", id, "--failed", "--yes")
	c.fault(`{"vendor": "avvio", "operation": "get", "kind": "status_500", "times": 3}`)
	c.fails(1, "Enlist could not check the decision", "", "operations", "resolve", id, "--failed", "--yes")
	c.fault(`{"vendor": "avvio", "operation": "get", "kind": "status_500", "times": 3}`)
	out, errOut, status := c.run("", "operations", "get", id)
	if status != 0 || !strings.Contains(errOut, "Candidates are missing: the look at the vendor failed") || !strings.Contains(out, "--succeeded=CUSTOMER_ID") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	c.withdrawFaults()
	out = c.succeeds("", "operations", "resolve", id, "--succeeded", "id-of-nobody", "--unverified", "--reason", "they told me\non the phone", "--by", "Ada", "--yes", "-o", "json")
	if !strings.Contains(out, `"unverified": true`) || !strings.Contains(out, `"decidedBy": "Ada"`) {
		t.Error(out)
	}
	out = c.succeeds("", "operations", "resolve", id, "--failed", "--unverified", "--reason", "or not", "--yes")
	if !strings.Contains(out, "Recorded without a check at the vendor.") || !regexp.MustCompile(`(?s)succeeded .*Ada.* no .*failed .*jo.* no +or not`).MatchString(out) {
		t.Error(out)
	}
	if log := c.server.said(); strings.Contains(log, "on the phone") || strings.Contains(log, "id-of-nobody") || strings.Contains(log, "ada@example.com") {
		t.Error("the log has what a person said")
	}
}
