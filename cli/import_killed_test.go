package cli_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

var (
	importRows = flag.Int("import.rows", 5000, "rows of TestKilledImport")
	importSeed = flag.Uint64("import.seed", 0, "seed of TestKilledImport; 0: from the clock")
)

// importStage is a sandbox, a server that can be killed, and a file to import.
type importStage struct {
	t             *testing.T
	folder        string
	journal       string
	vendors       string
	configuration *configv1.Config
	server        *process
}

func newImportStage(t *testing.T) *importStage {
	t.Helper()
	vendors, url := startSandbox(t)
	t.Cleanup(func() { stop(t, vendors) })
	s := &importStage{t: t, folder: t.TempDir(), journal: t.TempDir(), vendors: url, configuration: cli.EmbeddedConfig(url)}
	s.configuration.Grpc.Address, s.configuration.Http.Address = testkit.FreeAddress(t), "127.0.0.1:0"
	s.configuration.Admin = &configv1.Admin{Address: "127.0.0.1:0"}
	for _, provider := range s.configuration.GetProviders() {
		provider.Timeout, provider.LookupLag = durationpb.New(time.Second), durationpb.New(0)
	}
	s.start()
	return s
}

func (s *importStage) start() {
	s.t.Helper()
	s.server = startServer(s.t, s.journal, s.configuration)
}

func (s *importStage) kill() {
	_ = s.server.grpc.Close()
	s.server.end(syscall.SIGKILL)
}

// command returns the importer of a file.
func (s *importStage) command(file string, flags ...string) *exec.Cmd {
	arguments := append([]string{"import", file, "-p", "opencell", "--server", s.configuration.GetGrpc().GetAddress(), "--wait", "30s"}, flags...)
	command := exec.Command(binary, arguments...)
	command.Dir = s.folder
	return command
}

// isInvalid reports whether a row of writeCustomers breaks a rule.
func isInvalid(row int) bool { return row%50 == 7 }

// writeCustomers writes a file of customers. One in fifty is invalid.
func writeCustomers(t *testing.T, folder string, rows int) (file string) {
	t.Helper()
	file = filepath.Join(folder, "customers.csv")
	out, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(out)
	_ = w.Write([]string{"Id", "Given name", "Family name", "E-mail", "Billing address.lines", "Postal code", "City", "Country code", "Language code", "Currency code"})
	for row := range rows {
		email, country := fmt.Sprintf("c%d@example.com", row), "FR"
		if isInvalid(row) {
			email, country = "nobody", "France"
		}
		_ = w.Write([]string{fmt.Sprintf("I-%d", row), "Ada", fmt.Sprintf("Lovelace %d", row), email, "673 Eugene\nPoints", "92136", "New Taryn", country, "fr", "EUR"})
	}
	w.Flush()
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// The test kills the importer and the server at any moment, while the vendor fails in every way.
// Each valid row is created once, and each invalid one is rejected.
func TestKilledImport(t *testing.T) {
	if *importSeed == 0 {
		*importSeed = uint64(time.Now().UnixNano())
	}
	t.Logf("-import.seed=%d", *importSeed)
	s := newImportStage(t)
	file := writeCustomers(t, s.folder, *importRows)
	began := time.Now()
	kills, most := s.importWithKills(file, rand.New(rand.NewPCG(*importSeed, 0)))
	killed := time.Since(began)
	send(t, http.MethodDelete, s.vendors+"/sandbox/faults", http.NoBody, nil)

	// What the vendor refused by a fault, and what a fault left open, is done now.
	for attempt := 0; ; attempt++ {
		command := s.command(file, "--retry-refused")
		out, err := command.CombinedOutput()
		if status := command.ProcessState.ExitCode(); status == 3 || status == 4 { // some need a person, or all but the invalid ones are done
			break
		}
		if attempt == 5 {
			t.Fatalf("%v\n%s\n%s", err, out, s.server.said())
		}
	}
	s.verify(file)
	t.Logf("%d rows in %v, with %d kills of the importer and %d of the server; the importer took %d MiB at most",
		*importRows, killed.Round(time.Second), kills[0], kills[1], most>>20)
}

// watch waits for a process. It returns a channel that is closed when the process has ended, and
// the largest size of the process in bytes, as far as it was seen.
func watch(command *exec.Cmd) (ended chan struct{}, peak *atomic.Int64) {
	ended, peak = make(chan struct{}), &atomic.Int64{}
	go func() { _ = command.Wait(); close(ended) }()
	go func() {
		for {
			if seen, err := peakOf(command.Process.Pid); err == nil {
				peak.Store(int64(seen))
			}
			select {
			case <-ended:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return ended, peak
}

// importWithKills imports a file until an importer ends without a kill. It returns how often it
// killed the importer and the server, and the memory of the importer.
func (s *importStage) importWithKills(file string, chance *rand.Rand) (kills [2]int, most int64) {
	s.t.Helper()
	mostKills := 6 + *importRows/2000
	const lineSize = 250 // at least
	step := int64(lineSize * *importRows / mostKills * 2 / 3)
	next := step // the size of the results at the next kill
	for {
		importer := s.command(file)
		var printed bytes.Buffer
		importer.Stdout, importer.Stderr = &printed, &printed
		if err := importer.Start(); err != nil {
			s.t.Fatal(err)
		}
		ended, peak := watch(importer)
		for isOver := false; !isOver; {
			select {
			case <-ended:
				isOver = true
				continue
			case <-time.After(time.Duration(20+chance.IntN(100)) * time.Millisecond):
			}
			results, err := os.Stat(strings.TrimSuffix(file, ".csv") + ".opencell.results.ndjson")
			if err != nil || results.Size() < next || kills[0]+kills[1] >= mostKills {
				continue
			}
			next = results.Size() + step
			s.failSomehow(chance)
			if chance.IntN(2) == 0 {
				kills[0]++
				_ = importer.Process.Kill()
				continue
			}
			kills[1]++
			s.kill()
			s.start()
		}
		most = max(most, peak.Load())
		s.t.Logf("%v kills, status %d\n%s", kills, importer.ProcessState.ExitCode(), printed.String())
		switch status := importer.ProcessState.ExitCode(); {
		case status == 0, status == 3, status == 4:
			return kills, most
		case status == -1, status == 2, strings.Contains(printed.String(), "does not respond"): // killed, or its server was
		default:
			s.t.Fatalf("status %d\n%s\n%s", status, printed.String(), s.server.said())
		}
	}
}

// failSomehow makes the vendor fail a few times, in any way that it can.
func (s *importStage) failSomehow(chance *rand.Rand) {
	kinds := []sandbox.FaultKind{
		sandbox.Latency, sandbox.Status500, sandbox.Status429, sandbox.DropBefore, sandbox.DropAfter, sandbox.Truncated, sandbox.Malformed,
		sandbox.ErrorButCreated, sandbox.ExpiredCredentials, sandbox.SlowLookup, sandbox.NormalisedKey, sandbox.RepeatedByProxy,
		sandbox.RefusedWith500, sandbox.OddRow, sandbox.OtherTypes, sandbox.ByteOrderMark,
	}
	fault := fmt.Sprintf(`{"vendor": "opencell", "operation": "*", "kind": %q, "times": %d, "delay_ms": 300}`, kinds[chance.IntN(len(kinds))], 1+chance.IntN(3))
	send(s.t, http.MethodPost, s.vendors+"/sandbox/faults", strings.NewReader(fault), nil)
}

// verify compares the vendor's records and the files of the import with the rows.
func (s *importStage) verify(file string) {
	s.t.Helper()
	found := map[string]int{}
	for _, record := range sandboxtest.Records(s.t, s.vendors, "opencell") {
		found[strings.ToUpper(strings.TrimLeft(strings.TrimSpace(record.Key), "0"))]++ // a fault changes its form
	}
	outcomes := map[string]string{}
	content, err := os.ReadFile(strings.TrimSuffix(file, ".csv") + ".opencell.results.ndjson")
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range bytes.Lines(content) {
		var result struct{ Key, Outcome string }
		if err := json.Unmarshal(line, &result); err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		outcomes[result.Key] = result.Outcome
	}
	rejected := map[string]int{}
	rejects, err := os.Open(strings.TrimSuffix(file, ".csv") + ".opencell.rejects.csv")
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = rejects.Close() }()
	rows, err := csv.NewReader(rejects).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, row := range rows[1:] {
		rejected[row[0]]++
		if !strings.Contains(row[12], "E-mail: ") || !strings.Contains(row[12], "Country code: ") {
			s.t.Errorf("the reject of %s says %q", row[0], row[12])
		}
	}
	wrong, people := 0, 0
	for row := range *importRows {
		key := fmt.Sprintf("I-%d", row)
		created, refused, want := found[key], rejected[key], "created"
		if isInvalid(row) {
			want = "rejected"
		}
		is := outcomes[key]
		if is == "needs_person" && !isInvalid(row) { // a fault hid the proof that it was created
			want = is
			people++
		}
		if created+refused != 1 || (created == 1) == isInvalid(row) || is != want {
			if wrong++; wrong <= 20 {
				s.t.Errorf("%s: %d customers, %d rejects, outcome %q", key, created, refused, is)
			}
		}
		delete(found, key)
	}
	s.t.Logf("%d rows wait for a person", people)
	if len(found) > 0 {
		s.t.Errorf("the vendor has %d customers of no row: %v", len(found), slices.Sorted(maps.Keys(found))[:1])
	}
}

// The importer is nearly as fast as callers that have nothing to read and to record. The test
// prints both figures, by turns, and judges none.
func TestImportSpeed(t *testing.T) {
	if *importRows <= 5000 {
		t.Skip("a measurement: run make import")
	}
	s := newImportStage(t)
	const rounds = 5
	rows := *importRows / rounds
	var ratios []float64
	for round := range rounds {
		file := writeCustomers(t, s.folder, rows)
		began := time.Now()
		command := s.command(file, "--output", t.TempDir(), "--id", fmt.Sprint("round-", round))
		var printed bytes.Buffer
		command.Stdout, command.Stderr = &printed, &printed
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		ended, peak := watch(command)
		if <-ended; command.ProcessState.ExitCode() != 4 {
			t.Fatal(printed.String())
		}
		imported := time.Since(began)
		began = time.Now()
		loadServer(t, s.configuration.GetGrpc().GetAddress(), rows)
		loaded := time.Since(began)
		ratios = append(ratios, loaded.Seconds()/imported.Seconds())
		t.Logf("%d rows: the import %.0f/s, with %v of CPU and %d MiB; 64 callers %.0f/s", rows, float64(rows)/imported.Seconds(),
			command.ProcessState.UserTime()+command.ProcessState.SystemTime(), peak.Load()>>20, float64(rows)/loaded.Seconds())
		send(t, http.MethodDelete, s.vendors+"/sandbox/records", http.NoBody, nil) // both create the same ids again
	}
	slices.Sort(ratios)
	t.Logf("the import has %.0f %% of the callers' speed (median), on %d CPUs", 100*ratios[rounds/2], runtime.NumCPU())
}

// loadServer makes creations with 64 callers at a time, like bench/.
func loadServer(t *testing.T, address string, rows int) {
	t.Helper()
	const callers = 64
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = connection.Close() }()
			customers := enlistv1.NewCustomerServiceClient(connection)
			for row := caller; row < rows; row += callers {
				_, err := customers.CreateCustomer(context.Background(), &enlistv1.CreateCustomerRequest{
					Provider: "opencell", RequestId: uuid.NewString(),
					Customer: &enlistv1.Customer{
						Id: fmt.Sprintf("L-%d", row), Email: fmt.Sprintf("c%d@example.com", row), LanguageCode: "fr", CurrencyCode: "EUR",
						Name:           &enlistv1.PersonName{GivenName: "Ada", FamilyName: fmt.Sprintf("Lovelace %d", row)},
						BillingAddress: &enlistv1.Address{Lines: []string{"673 Eugene Points"}, PostalCode: "92136", City: "New Taryn", CountryCode: "FR"},
					},
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
