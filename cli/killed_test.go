package cli_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

var (
	kills    = flag.Int("kills", 25, "rounds of TestKilledCreate; each kills the command, the server or both")
	killSeed = flag.Uint64("kills.seed", 0, "seed of TestKilledCreate; 0: from the clock")
)

// The test kills the command and the server at any moment, and vendors lose responses. It repeats
// the command until it succeeds. Each customer exists once.
func TestKilledCreate(t *testing.T) {
	if *killSeed == 0 {
		*killSeed = uint64(time.Now().UnixNano())
	}
	t.Logf("-kills.seed=%d", *killSeed)
	chance := rand.New(rand.NewPCG(*killSeed, 0))
	vendors := httptest.NewServer(sandbox.New())
	defer vendors.Close()
	configuration := cli.EmbeddedConfig(vendors.URL)
	configuration.Grpc.Address, configuration.Http.Address = testkit.FreeAddress(t), "127.0.0.1:0"
	configuration.Admin = &configv1.Admin{Address: "127.0.0.1:0"}
	for _, provider := range configuration.GetProviders() {
		provider.Timeout, provider.LookupLag = durationpb.New(time.Second), durationpb.New(0)
	}
	folder := t.TempDir()
	state := "ENLIST_STATE=" + t.TempDir()
	server := startServer(t, folder, configuration)
	command := func(round int) *exec.Cmd {
		provider := configuration.GetProviders()[round%len(configuration.GetProviders())].GetName()
		made := exec.Command(binary, "customers", "create", "--file", "-", "--server", configuration.GetGrpc().GetAddress(), "--provider", provider)
		text := `{"customer": {"id": "K%[1]d", "currencyCode": "EUR", "languageCode": "fr", "email": "k%[1]d@example.com", "mobile": "+33612345678", "name": {"title": "Mr", "givenName": "Ada", "familyName": "Lovelace%[1]d"},
			"billingAddress": {"lines": ["1 Rue"], "city": "Nice", "postalCode": "06000", "countryCode": "FR"}}, "unsupportedFields": "UNSUPPORTED_FIELDS_DROP"%[2]s}`
		options := ""
		if provider == "avvio" {
			options = `, "avvio": {"password": "long-enough-password"}`
		}
		made.Stdin = strings.NewReader(fmt.Sprintf(text, round, options))
		made.Env = append(os.Environ(), state)
		return made
	}
	commandsKilled, serversKilled, lost := 0, 0, 0
	for round := range *kills {
		if chance.IntN(3) == 0 {
			lost++
			provider := configuration.GetProviders()[round%len(configuration.GetProviders())].GetName()
			sandboxtest.Order(t, vendors.URL, fmt.Sprintf(`{"vendor": %q, "operation": "create", "kind": "drop_after"}`, provider))
		}
		killed := command(round)
		if err := killed.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(chance.IntN(120)) * time.Millisecond)
		victims := 1 + chance.IntN(3)
		if victims&1 != 0 {
			commandsKilled++
			_ = killed.Process.Kill()
		}
		if victims&2 != 0 {
			serversKilled++
			_ = server.grpc.Close()
			server.end(syscall.SIGKILL)
			server = startServer(t, folder, configuration)
		}
		_ = killed.Wait() // killed, or done
		for attempt := 0; ; attempt++ {
			out, err := command(round).CombinedOutput()
			if err == nil {
				break
			}
			if attempt == 3 {
				t.Fatalf("round %d: %v\n%s\n%s", round, err, out, server.said())
			}
		}
	}
	t.Logf("%d commands and %d servers killed, %d responses of vendors lost", commandsKilled, serversKilled, lost)
	var listed struct{ Records []sandbox.Record }
	if err := json.Unmarshal([]byte(send(t, http.MethodGet, vendors.URL+"/sandbox/records", http.NoBody, nil)), &listed); err != nil {
		t.Fatal(err)
	}
	found := map[int]int{}
	for _, record := range listed.Records {
		text, err := json.Marshal(record.Record)
		if err != nil {
			t.Fatal(err)
		}
		for round := range *kills {
			if strings.Contains(string(text), fmt.Sprintf(`"K%d"`, round)) || strings.Contains(string(text), fmt.Sprintf(`"k%d@example.com"`, round)) {
				found[round]++
			}
		}
	}
	for round := range *kills {
		if found[round] != 1 {
			t.Errorf("round %d: %d customers, want 1", round, found[round])
		}
	}
}
