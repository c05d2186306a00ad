package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// grpcurl runs the real grpcurl and returns all its output. The tool knows the contract only
// through reflection.
func grpcurl(t *testing.T, arguments ...string) string {
	t.Helper()
	program, err := exec.LookPath("grpcurl")
	if err != nil {
		if program, err = filepath.Abs("../.tools/bin/grpcurl"); err == nil {
			_, err = os.Stat(program)
		}
	}
	if err != nil {
		t.Skip("no grpcurl here: make tools")
	}
	// For an error, grpcurl exits with the code of the error.
	printed, _ := exec.CommandContext(t.Context(), program, append([]string{"-plaintext"}, arguments...)...).CombinedOutput()
	return string(printed)
}

// Plain grpcurl prints every detail of an error in a readable form. REST has the same details as
// JSON.
func TestErrorsAreReadable(t *testing.T) {
	r := start(t, nil)
	seen := map[string]bool{}
	for _, c := range []struct {
		name, rpc string
		fault     map[string]any
		request   map[string]any
		code      string
	}{
		{"violations", "CreateCustomer", nil, map[string]any{"provider": "opencell", "customer": map[string]any{
			"email": "nobody", "billing_address": map[string]any{"country_code": "France"},
		}}, "InvalidArgument"},
		{"no such customer", "GetCustomer", nil, map[string]any{"provider": "opencell", "customerId": "NOBODY"}, "NotFound"},
		{
			"the vendor asks for fewer calls", "GetCustomer",
			map[string]any{"vendor": "opencell", "operation": "get", "kind": "status_429", "times": 2},
			map[string]any{"provider": "opencell", "customerId": "NOBODY"},
			"ResourceExhausted",
		},
		{
			"the vendor is not available", "GetCustomer",
			map[string]any{"vendor": "opencell", "operation": "get", "kind": "status_500", "times": 2},
			map[string]any{"provider": "opencell", "customerId": "NOBODY"},
			"Unavailable",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.fault != nil {
				order(t, r, c.fault)
			}
			called := method(t, c.rpc)
			printed := grpcurl(t, "-d", string(asBody(t, c.request)), r.grpcTarget, string(called.Parent().FullName())+"/"+string(called.Name()))
			head, rest, found := strings.Cut(printed, "  Details:\n")
			if !found || !strings.HasPrefix(head, "ERROR:\n  Code: "+c.code+"\n  Message: ") {
				t.Fatalf("grpcurl printed %s", printed)
			}
			overREST := callREST(t.Context(), t, r, called, asBody(t, c.request)).status.Proto()
			if !strings.Contains(head, "  Message: "+overREST.GetMessage()+"\n") {
				t.Errorf("grpcurl printed %s, REST says %s", head, overREST.GetMessage())
			}
			if got, want := printedDetails(t, rest), jsonDetails(t, overREST); !cmp.Equal(got, want) {
				t.Errorf("grpcurl and REST differ:\n%s", cmp.Diff(got, want))
			} else {
				for _, detail := range got {
					seen[detail["@type"].(string)] = true
					if _, opaque := detail["value"]; opaque || len(detail) < 2 {
						t.Errorf("a detail that cannot be read: %v", detail)
					}
				}
			}
		})
	}
	if len(seen) == 0 {
		return // skipped
	}
	for _, name := range []string{"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.RetryInfo", "enlist.v1.VendorError"} {
		if !seen["type.googleapis.com/"+name] {
			t.Errorf("%s was not seen", name)
		}
	}
}

// printedDetails reads the details that grpcurl prints: 1) { … } 2) { … }
func printedDetails(t *testing.T, text string) []map[string]any {
	t.Helper()
	var details []map[string]any
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		_, text, _ = strings.Cut(text, ")")
		decoder := json.NewDecoder(strings.NewReader(text))
		var detail map[string]any
		if err := decoder.Decode(&detail); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		details, text = append(details, detail), text[decoder.InputOffset():]
	}
	return details
}

func jsonDetails(t *testing.T, message proto.Message) []map[string]any {
	t.Helper()
	text, err := protojson.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var object struct {
		Details []map[string]any `json:"details"`
	}
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object.Details
}

// docs/errors.md shows the real output of grpcurl and curl.
func TestErrorsPageSamples(t *testing.T) {
	r := start(t, nil)
	page, err := os.ReadFile(errorsPage)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(r.restURL + "/v1/providers/opencell/customers/NOBODY")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	var shown, want any
	_, sample, _ := strings.Cut(string(page), "…\n{")
	sample, _, _ = strings.Cut("{"+sample, "```")
	if err := json.Unmarshal([]byte(sample), &shown); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusNotFound || !cmp.Equal(shown, want) {
		t.Errorf("%s: %s", response.Status, cmp.Diff(shown, want))
	}
	_, command, _ := strings.Cut(string(page), "$ grpcurl -plaintext -d '")
	request, _, _ := strings.Cut(command, "'")
	if printed := grpcurl(t, "-d", request, r.grpcTarget, "enlist.v1.CustomerService/CreateCustomer"); printed != grpcurlSample {
		t.Errorf("grpcurl prints\n%s", printed)
	}
}

// With only the descriptor set, grpcurl can call RPCs and read every detail of an error. It also
// has the contract's comments.
func TestDescriptorSet(t *testing.T) {
	r := start(t, nil)
	const set, create = "../gen/descriptor/enlist.binpb", "enlist.v1.CustomerService/CreateCustomer"
	reflected := grpcurl(t, "-d", errorSample, r.grpcTarget, create)
	if printed := grpcurl(t, "-protoset", set, "-d", errorSample, r.grpcTarget, create); printed != reflected || !strings.Contains(printed, "fieldViolations") {
		t.Errorf("grpcurl prints\n%s\nand with reflection\n%s", printed, reflected)
	}
	if listed := grpcurl(t, "-protoset", set, "list"); listed != "enlist.v1.CustomerService\nenlist.v1.OperationService\nenlist.v1.PrivacyService\nenlist.v1.ProviderService\n" {
		t.Errorf("grpcurl lists\n%s", listed)
	}
	if described := grpcurl(t, "-protoset", set, "describe", "enlist.v1.CreateCustomerRequest.request_id"); !strings.Contains(described, "The caller's UUID for this creation") {
		t.Errorf("grpcurl describes\n%s", described)
	}
}

const errorSample = `{"provider":"opencell","customer":{"name":{"family_name":"Smith"},"billing_address":{"country_code":"France"}}}`
