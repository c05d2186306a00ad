package cli_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// importer is a client that imports files of one folder.
type importer struct {
	*client
	folder string
}

func newImporter(t *testing.T, changes ...func(*configv1.Config)) *importer {
	t.Helper()
	return &importer{newClient(t, changes...), t.TempDir()}
}

func (i *importer) write(name, content string) (file string) {
	i.t.Helper()
	file = filepath.Join(i.folder, name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		i.t.Fatal(err)
	}
	return file
}

func (i *importer) read(name string) string {
	i.t.Helper()
	content, err := os.ReadFile(filepath.Join(i.folder, name))
	if err != nil {
		i.t.Fatal(err)
	}
	return string(content)
}

// ends imports, and checks the exit status and the number of rows of outcomes: "created 2".
func (i *importer) ends(status int, outcomes string, arguments ...string) (out, errOut string) {
	i.t.Helper()
	out, errOut, got := i.run("", append([]string{"import"}, arguments...)...)
	var rows []string
	for _, row := range regexp.MustCompile(`(?m)^(created before|created|updated|adopted|rejected|needs person|unknown|left|blank, skipped) +(\d+)$`).FindAllStringSubmatch(out, -1) {
		rows = append(rows, row[1]+" "+row[2])
	}
	if got != status || strings.Join(rows, ", ") != outcomes {
		i.t.Errorf("%v: status %d, want %d; %s, want %s\n%s%s", arguments, got, status, strings.Join(rows, ", "), outcomes, out, errOut)
	}
	return out, errOut
}

// customers counts the records of each key at a vendor.
func (i *importer) customers(vendor string) map[string]int {
	i.t.Helper()
	found := map[string]int{}
	for _, record := range sandboxtest.Records(i.t, i.vendors.URL, vendor) {
		found[record.Key]++
	}
	return found
}

const header = "Id,Family name,Given name,Email,Country code\n"

// A person fixes the file of rejects and imports that, or the first file. What was created stays as
// it is.
func TestImport(t *testing.T) {
	i := newImporter(t)
	file := i.write("a.csv", "\ufeff"+header+"A1,Smith,=1+1,a@example.com,\"FR\nOld\"\nA2,Jones,Ada,nobody,FR\n,,,,\nA3,Null,No,c@example.com,FR\nA3,Null,No,d@example.com,FR\n")
	before := i.customers("opencell")
	out, errOut, status := i.run("", "import", file, "-p", "opencell", "--dry-run")
	for _, want := range []string{"Given name +customer.name.given_name", `line 2, column Country code \(customer.billing_address.country_code\): `, `line 4, column Email \(customer.email\): must be `, "line 7, column Id: is also the key of line 6", "0 of 4 rows are valid"} {
		if status != 4 || !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("status %d, no %s in\n%s%s", status, want, out, errOut)
		}
	}
	if after := i.customers("opencell"); len(after) != len(before) {
		t.Errorf("a dry run created %v", after)
	}
	file = i.write("a.csv", strings.Replace(i.read("a.csv"), "\"FR\nOld\"", "FR", 1))
	_, errOut = i.ends(4, "created 1, rejected 3, blank, skipped 1", file, "-p", "opencell")
	rejects := filepath.Join(i.folder, "a.opencell.rejects.csv")
	if !strings.Contains(errOut, "3 rows were rejected: fix them in "+rejects) || !strings.Contains(errOut, "enlist import "+rejects+" --provider=opencell") {
		t.Errorf("what to do next: %s", errOut)
	}
	results := i.read("a.opencell.results.ndjson")
	if !regexp.MustCompile(`"line":2,"key":"A1","key_of":"customer.id","outcome":"created","customer_id":"A1","request_id":"[0-9a-f-]{36}","operation":"providers/opencell/operations/`).MatchString(results) {
		t.Error(results)
	}
	for _, name := range []string{"a.opencell.results.ndjson", "a.opencell.rejects.csv"} {
		if info, err := os.Stat(filepath.Join(i.folder, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	fixed := i.read("a.opencell.rejects.csv")
	if !strings.HasPrefix(fixed, "\ufeff"+strings.TrimSpace(header)+",enlist_line,enlist_field,enlist_message,enlist_to_do,enlist_import,enlist_key\n") ||
		!strings.Contains(fixed, "A2,Jones,Ada,nobody,FR,3,Email,\"Email: must be one bare email address") {
		t.Error(fixed)
	}
	fixed = strings.Replace(fixed, "nobody", "b@example.com", 1)
	fixed = strings.Replace(fixed, "A3,Null,No,d@", "A4,Null,No,d@", 1)
	i.write("a.opencell.rejects.csv", fixed) // each row has its own key now
	i.ends(0, "created 3", rejects, "-p", "opencell")
	i.ends(0, "created before 3", rejects, "-p", "opencell")
	i.ends(4, "created before 1, rejected 3, blank, skipped 1", file, "-p", "opencell") // A2 and A3 as they were
	if moved := i.read("a.opencell.rejects.csv.1"); !strings.Contains(moved, "b@example.com") {
		t.Errorf("the fixed file was overwritten: %s", moved)
	}
	if found := i.customers("opencell"); found["A1"] != 1 || found["A2"] != 1 || found["A3"] != 1 || found["A4"] != 1 {
		t.Errorf("the vendor has %v", found)
	}

	// Without the file of results, the server knows what was created.
	for _, name := range []string{"a.opencell.results.ndjson", "a.opencell.rejects.csv", "a.opencell.rejects.csv.1"} {
		_ = os.Remove(filepath.Join(i.folder, name))
	}
	file = i.write("a.csv", header+"A1,Smith,=1+1,a@example.com,FR\nA2,Jones,Ada,b@example.com,FR\nA4,Other,No,d@example.com,FR\n")
	i.ends(4, "created 2, rejected 1", file, "-p", "opencell")
	if rejects := i.read("a.opencell.rejects.csv"); !strings.Contains(rejects, `The row was changed after it created customer ""A4"". Enlist sent nothing.`) {
		t.Error(rejects)
	}
	if found := i.customers("opencell"); found["A1"] != 1 || found["A2"] != 1 || found["A4"] != 1 {
		t.Errorf("the vendor has %v", found)
	}
}

// A row that the vendor refused is not sent again while it is the same, unless the user says so. A
// corrected row is.
func TestImportRefused(t *testing.T) {
	i := newImporter(t)
	file := i.write("r.csv", header+"R1,Smith,Ada,a@example.com,FR\n")
	i.fault(`{"vendor": "opencell", "operation": "create", "kind": "refused_with_500"}`)
	i.ends(4, "rejected 1", file, "-p", "opencell")
	i.ends(4, "rejected 1", file, "-p", "opencell")
	if rejects := i.read("r.opencell.rejects.csv"); !strings.Contains(rejects, "--retry-refused") || strings.Count(rejects, "\n") != 2 {
		t.Error(rejects)
	}
	if results := i.read("r.opencell.results.ndjson"); strings.Count(results, "\n") != 1 {
		t.Errorf("the same outcome is listed again: %s", results)
	}
	i.fault(`{"vendor": "opencell", "operation": "create", "kind": "refused_with_500"}`)
	i.ends(4, "rejected 1", file, "-p", "opencell", "--retry-refused")
	i.write("r.csv", header+"R1,Smith,Grace,a@example.com,FR\n")
	i.ends(0, "created 1", file, "-p", "opencell")
	i.write("taken.csv", header+"R1,Other,Grace,a@example.com,FR\n")
	taken := filepath.Join(i.folder, "taken.csv")
	i.ends(4, "rejected 1", taken, "-p", "opencell", "--id", "second")
	if rejects := i.read("taken.second.rejects.csv"); !strings.Contains(rejects, "Use another id.") {
		t.Error(rejects)
	}
	i.ends(0, "adopted 1", taken, "-p", "opencell", "--id", "third", "--map", i.write("map.yaml", "constants: {on_existing: adopt}\n"))
	i.ends(0, "created before 1", file, "-p", "opencell", "--map", filepath.Join(i.folder, "map.yaml")) // which changes no customer
	other := newImporter(t)                                                                             // whose journal does not have the import
	other.fails(1, "nothing was sent: the server does not know request_id", "", "import", file, "-p", "opencell")
	if found := i.customers("opencell"); found["R1"] != 1 {
		t.Errorf("the vendor has %v", found)
	}
}

// Other formats, from stdin too, and rows without an id.
func TestImportFormats(t *testing.T) {
	i := newImporter(t)
	rows := `{"customer": {"name": {"title": "Mr", "givenName": "Ada", "familyName": "Lovelace"}, "email": "f1@example.com", "billing_address": {"country_code": "FR"}}, "old number": 1}
{"customer": {"name": {"title": "Mr", "givenName": "Ada", "familyName": "Lovelace"}, "email": "f1@example.com", "billing_address": {"country_code": "FR"}}, "old number": 2}
`
	mapping := i.write("map.yaml", "constants: {avvio.password: long-enough-password}\nignored: [old number]\n")
	stdin := func(text string, arguments ...string) (string, string, int) {
		return i.run(text, append([]string{"import", "-", "-p", "avvio", "--format", "ndjson", "--map", mapping, "--output", i.folder}, arguments...)...)
	}
	if out, errOut, status := stdin(rows); status != 0 || !strings.Contains(out, "created  2") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	if out, errOut, status := stdin(rows); status != 0 || !strings.Contains(out, "created before  2") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	if _, errOut, status := stdin(strings.Replace(rows, "f1@", "edited@", 1)); status != 1 || !strings.Contains(errOut, "an edited row would be created once more") {
		t.Errorf("status %d: %s", status, errOut)
	}
	if out, _, _ := stdin(rows+rows, "--id", "twice"); !strings.Contains(out, "rejected  4") {
		t.Errorf("the same rows twice: %s", out)
	}
	twice := strings.SplitAfter(i.read("stdin.twice.rejects.csv"), "\n")
	once := i.write("stdin.twice.rejects.csv", strings.Join(twice[:3], "")) // without the copies
	i.ends(0, "created 2", once, "-p", "avvio", "--map", mapping)
	tsv := i.write("c.tsv", "Id\tFamily name\tGiven name\tEmail\tCountry code\tlines[0]\tCurrency\nT1\tSmith\tAda\tt@example.com\tFrance\t1 Rue\tEUR\n")
	caliq := i.write("caliq.yaml", "columns: {Currency: currency_code}\n")
	_, errOut := i.ends(4, "rejected 1", tsv, "-p", "caliq", "--map", caliq)
	rejects := filepath.Join(i.folder, "c.caliq.rejects.csv")
	if !strings.HasSuffix(errOut, "enlist import "+rejects+" --provider=caliq --map="+caliq+"\n") {
		t.Error(errOut)
	}
	i.write("c.caliq.rejects.csv", strings.Replace(i.read("c.caliq.rejects.csv"), "France", "FR", 1))
	i.ends(0, "created 1", rejects, "-p", "caliq", "--map", caliq)
	for name := range map[string]bool{"opencell": true, "sellandsign": true, "valomnia": true, "caliq": true, "avvio": true} {
		template := i.succeeds("", "import", "--template", "-p", name)
		if out := i.succeeds(template, "import", "-", "--format", "csv", "-p", name, "--dry-run"); !strings.Contains(out, "0 of 0 rows are valid") {
			t.Errorf("the template of %s: %s", name, out)
		}
	}
	keyed := i.write("k.csv", "Id,Family name,Given name,Country code,Nr\nK1,Smith,Ada,FR,1\n")
	ignored := i.write("nr.yaml", "ignored: [Nr]\n")
	i.ends(0, "created 1", keyed, "-p", "opencell", "--map", ignored)
	i.fails(1, `have the key "customer.id", and now it would be "column Nr"`, "", "import", keyed, "-p", "opencell", "--map", ignored, "--key", "Nr")
	i.fails(80, "missing argument <file>", "", "import", "-p", "opencell")
	i.fails(1, "PROVIDER_NOT_CONFIGURED", "", "import", tsv, "-p", "nobody")
	i.fails(1, "ignored must be a list", "", "import", tsv, "-p", "opencell", "--map", i.write("bad.yaml", "ignored: [[a]]\n"))
	i.fails(1, "must have columns, constants, ignored and key only", "", "import", tsv, "-p", "opencell", "--map", i.write("bad.yaml", "collumns: {}\n"))
}

// A vendor and a server that are away are waited for. Ctrl-C ends the import, and says how to
// continue it.
func TestImportInterrupted(t *testing.T) {
	address := testkit.FreeAddress(t)
	i := newImporter(t, func(configuration *configv1.Config) { configuration.Grpc.Address = address })
	var rows strings.Builder
	rows.WriteString(header)
	for row := range 200 {
		fmt.Fprintf(&rows, "W%d,Smith,Ada,a@example.com,FR\n", row)
	}
	file := i.write("w.csv", rows.String())
	i.fault(`{"vendor": "opencell", "operation": "create", "kind": "latency", "delay_ms": 400, "times": 1000}`)
	command := exec.Command(binary, "import", file, "-p", "opencell")
	var out, errOut bytes.Buffer
	command.Env, command.Stdout, command.Stderr = i.environment, &out, &errOut
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the first rows", func() bool { return len(i.customers("opencell")) > 5 })
	if _, errOut, status := i.run("", "import", file, "-p", "opencell"); status != 1 || !strings.Contains(errOut, "another import uses") {
		t.Errorf("two at once: %d %s", status, errOut)
	}
	_ = command.Process.Signal(syscall.SIGINT)
	_ = command.Wait()
	if command.ProcessState.ExitCode() != 2 || !strings.Contains(errOut.String(), "rows are left: run the same command again") ||
		!strings.Contains(errOut.String(), "\n  enlist import "+file+" --provider=opencell") {
		t.Errorf("status %d\n%s%s", command.ProcessState.ExitCode(), &out, &errOut)
	}
	if _, err := os.Stat(filepath.Join(i.folder, "w.opencell.rejects.csv")); err == nil {
		t.Error("an import that was stopped has a complete file of rejects")
	}
	send(t, "DELETE", i.vendors.URL+"/sandbox/faults", strings.NewReader(""), nil)
	i.fault(`{"vendor": "opencell", "operation": "create", "kind": "status_429", "times": 3}`)
	if out, errOut, status := i.run("", "import", file, "-p", "opencell"); status != 0 || !strings.Contains(out, "created before") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	for key, records := range i.customers("opencell") {
		if records != 1 {
			t.Errorf("%s: %d customers", key, records)
		}
	}
	if found := i.customers("opencell"); len(found) != 200 {
		t.Errorf("%d customers", len(found))
	}
}

// A row whose outcome is not known, and one on which a person must decide, are listed with their
// operation. After the decision the same import ends.
func TestImportNeedsPerson(t *testing.T) {
	i := newImporter(t)
	file := i.write("p.csv", "Family name,Given name,Title,City,Country code,password\nLovelace,Ada,Ms,Paris,FR,long-enough-password\n")
	i.fault(`{"vendor": "avvio", "operation": "get", "kind": "status_500", "times": 10000}`)
	i.fault(`{"vendor": "avvio", "operation": "create", "kind": "drop_after"}`)
	out, errOut := i.ends(2, "unknown 1", file, "-p", "avvio", "--wait", "1s")
	id := regexp.MustCompile(`(?m)^2 +row-[0-9a-f]{32} +unknown +([0-9a-f-]{36})$`).FindStringSubmatch(out)
	if id == nil || !strings.Contains(errOut, "the outcome of 1 rows is not known yet: run the same command again\n  enlist import "+file) {
		t.Fatalf("%s%s", out, errOut)
	}
	i.another(id[1])
	_, errOut = i.ends(3, "needs person 1", file, "-p", "avvio")
	if !strings.Contains(errOut, "a person must decide on 1 rows: read why, and run the import again after that\n  enlist operations get "+id[1]+" -p avvio") {
		t.Error(errOut)
	}
	found := slices.Collect(maps.Keys(i.customers("avvio")))
	if len(found) != 2 {
		t.Fatalf("the vendor has %v", found)
	}
	i.succeeds("", "operations", "resolve", id[1], "-p", "avvio", "--succeeded", found[0], "--unverified", "--reason", "seen", "--by", "me", "--yes")
	i.ends(0, "created 1", file, "-p", "avvio")
	i.ends(0, "created before 1", file, "-p", "avvio")
}

// Every row of a file of rejects has the cells of its first file, whatever they contain.
func TestImportHostile(t *testing.T) {
	i := newImporter(t)
	cells := []string{"H1", "=HYPERLINK(\"x\")", "a;b\"c", "nobody", "\t\u202e\u0000"}
	var text strings.Builder
	w := csv.NewWriter(&text)
	w.Comma = ';'
	_ = w.Write(strings.Split(strings.TrimSpace(header), ","))
	_ = w.Write(cells)
	w.Flush()
	file := i.write("h.csv", text.String())
	i.ends(4, "rejected 1", file, "-p", "opencell", "--delimiter", ";")
	reader := csv.NewReader(strings.NewReader(i.read("h.opencell.rejects.csv")))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil || len(rows) != 2 || strings.Join(rows[1][:5], "|") != strings.Join(cells, "|") {
		t.Errorf("%v %q", err, rows)
	}
	if strings.Contains(i.read("h.opencell.results.ndjson"), "HYPERLINK") {
		t.Error("the results repeat a value")
	}

	i.write("-large.csv", header+"H2,"+strings.Repeat("x", 4<<20)+",Ada,nobody,FR\nH3,Smith,Ada,a@example.com,FR\n")
	inFolder := func(arguments ...string) string {
		command := exec.Command(binary, append([]string{"import", "./-large.csv", "-p", "opencell"}, arguments...)...)
		command.Dir, command.Env = i.folder, i.environment
		said, err := command.CombinedOutput()
		if command.ProcessState.ExitCode() != 4 {
			t.Errorf("%v %v\n%s", arguments, err, said)
		}
		return string(said)
	}
	for want, said := range map[string]string{
		"line 2, column Family name (customer.name.family_name): must be shorter": inFolder("--dry-run"),
		"  enlist import ./-large.opencell.rejects.csv --provider=opencell":       inFolder(),
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in\n%s", want, said)
		}
	}
	if found := i.customers("opencell"); found["H3"] != 1 {
		t.Errorf("the vendor has %v", found)
	}
}
