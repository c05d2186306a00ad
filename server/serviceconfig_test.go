package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/gen/go/enlist/serviceconfig"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

type serviceConfig struct {
	HealthCheckConfig struct{ ServiceName string }
	MethodConfig      []methodConfig
}

type methodConfig struct {
	Name         []struct{ Service, Method string }
	WaitForReady bool
	Timeout      string
	RetryPolicy  *struct {
		MaxAttempts          int
		RetryableStatusCodes []string
	}
}

// Every RPC has exactly one policy. Only RPCs that change nothing are retried, and only if the
// server did nothing.
func TestServiceConfigCoversTheContract(t *testing.T) {
	var config serviceConfig
	if err := json.Unmarshal([]byte(serviceconfig.JSON), &config); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string][]methodConfig{}
	for _, of := range config.MethodConfig {
		for _, name := range of.Name {
			named[name.Service+"/"+name.Method] = append(named[name.Service+"/"+name.Method], of)
		}
	}
	all := 0
	for _, file := range []protoreflect.FileDescriptor{
		enlistv1.File_enlist_v1_customer_service_proto, enlistv1.File_enlist_v1_provider_service_proto, enlistv1.File_enlist_v1_operation_service_proto,
		enlistv1.File_enlist_v1_privacy_service_proto,
	} {
		for i := range file.Services().Get(0).Methods().Len() {
			method := file.Services().Get(0).Methods().Get(i)
			all++
			policies := named[string(method.Parent().FullName())+"/"+string(method.Name())]
			if len(policies) != 1 {
				t.Errorf("%s is named %d times", method.FullName(), len(policies))
				continue
			}
			if row := documented(policies[0]); !regexp.MustCompile("(?m)^.*`" + string(method.Name()) + "`.* " + regexp.QuoteMeta(row) + "$").Match(page) {
				t.Errorf("docs/clients.md does not say of %s: %s", method.FullName(), row)
			}
			rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
			reads := rule.GetGet() != "" || method.Name() == "WaitOperation" || method.Name() == "ExportCustomerData"
			retry := policies[0].RetryPolicy
			if reads != (retry != nil) || (retry != nil && !slices.Equal(retry.RetryableStatusCodes, []string{"UNAVAILABLE"})) {
				t.Errorf("%s: retry policy %+v", method.FullName(), retry)
			}
			if !reads && !policies[0].WaitForReady {
				t.Errorf("%s is not retried and does not wait for a connection either", method.FullName())
			}
		}
	}
	if len(named) != all {
		t.Errorf("%d RPCs are named, there are %d", len(named), all)
	}
	if config.HealthCheckConfig.ServiceName != enlistv1.CustomerService_ServiceDesc.ServiceName {
		t.Errorf("health of %q", config.HealthCheckConfig.ServiceName)
	}
}

// documented returns the text of the table in docs/clients.md for a policy.
func documented(policy methodConfig) string {
	waits, retried := "no", "no"
	if policy.WaitForReady {
		waits = "yes"
	}
	if policy.RetryPolicy != nil {
		retried = fmt.Sprintf("up to %d times", policy.RetryPolicy.MaxAttempts-1)
	}
	return fmt.Sprintf("| %s s | %s | %s |", strings.TrimSuffix(policy.Timeout, "s"), waits, retried)
}

func TestServiceConfigIsServed(t *testing.T) {
	response, err := http.Get(start(t, nil).restURL + "/service-config.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if text, _ := io.ReadAll(response.Body); string(text) != serviceconfig.JSON || response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s: %s", response.Status, response.Header.Get("Content-Type"), text)
	}
}

// dial connects as docs/clients.md says. grpc refuses a service config that it cannot read.
func dial(t *testing.T, r *running, config string) enlistv1.CustomerServiceClient {
	t.Helper()
	connection, err := grpc.NewClient(r.grpcTarget, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultServiceConfig(config))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return enlistv1.NewCustomerServiceClient(connection)
}

func (r *running) calls(rpc string) int {
	return strings.Count(r.log.String(), `"method":"/enlist.v1.CustomerService/`+rpc+`"`)
}

func TestReadsAreRetriedAndCreatesAreNot(t *testing.T) {
	r := start(t, nil)
	client := dial(t, r, serviceconfig.JSON)
	create := &enlistv1.CreateCustomerRequest{Provider: "opencell", Customer: &enlistv1.Customer{
		Id: "POLICY", Name: &enlistv1.PersonName{FamilyName: "Smith"}, BillingAddress: &enlistv1.Address{CountryCode: "FR"},
	}}
	// Enlist itself makes that many attempts.
	order(t, r, map[string]any{"vendor": "opencell", "operation": "login", "kind": "status_500", "times": 4})
	if _, err := client.CreateCustomer(t.Context(), create); status.Code(err) != codes.Unavailable || r.calls("CreateCustomer") != 1 {
		t.Errorf("%d creates: %v", r.calls("CreateCustomer"), err)
	}
	if _, err := client.CreateCustomer(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	order(t, r, map[string]any{"vendor": "opencell", "operation": "get", "kind": "status_500", "times": 1})
	if _, err := client.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: "POLICY"}); err != nil || r.calls("GetCustomer") != 2 {
		t.Errorf("%d reads: %v", r.calls("GetCustomer"), err)
	}
}

// The policy in docs/clients.md for callers who always set a request_id.
func TestCreatesWithRequestIDAreRetried(t *testing.T) {
	r := start(t, nil)
	page, err := os.ReadFile("../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```json\n")
	block, _, _ = strings.Cut(block, "```")
	var config, entry map[string]any
	for text, into := range map[string]*map[string]any{serviceconfig.JSON: &config, block: &entry} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	entries, replaced := config["methodConfig"].([]any), 0
	for i := range entries {
		if was := entries[i].(map[string]any); asText(t, was["name"]) == asText(t, entry["name"]) {
			entries[i], replaced = entry, replaced+1
		}
	}
	if replaced != 1 {
		t.Fatalf("%d entries are replaced", replaced)
	}
	order(t, r, map[string]any{"vendor": "opencell", "operation": "create", "kind": "drop_after", "times": 1})
	answer, err := dial(t, r, asText(t, config)).CreateCustomer(t.Context(), &enlistv1.CreateCustomerRequest{
		Provider: "opencell", RequestId: uuid.NewString(), Customer: &enlistv1.Customer{
			Id: "ONCE", Name: &enlistv1.PersonName{FamilyName: "Smith"}, BillingAddress: &enlistv1.Address{CountryCode: "FR"},
		},
	})
	if err != nil || !answer.GetReplayed() || r.calls("CreateCustomer") < 2 {
		t.Errorf("%d creates: %v, %v", r.calls("CreateCustomer"), answer, err)
	}
	if held := r.records(t, "opencell"); strings.Count(held, `"code": "ONCE"`) != 1 {
		t.Errorf("the vendor has %s", held)
	}
}

func asText(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A creation that finds no server, as in a restart, has not been sent. It waits for a server.
func TestCreatesWaitForAConnection(t *testing.T) {
	r := start(t, nil)
	client := dial(t, r, serviceconfig.JSON)
	r.stop()
	r.ended <- <-r.ended // for the clean-up
	created := make(chan error, 1)
	go func() {
		_, err := client.CreateCustomer(t.Context(), &enlistv1.CreateCustomerRequest{Provider: "opencell", Customer: &enlistv1.Customer{
			Id: "PATIENT", Name: &enlistv1.PersonName{FamilyName: "Smith"}, BillingAddress: &enlistv1.Address{CountryCode: "FR"},
		}})
		created <- err
	}()
	select {
	case err := <-created:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	start(t, func(config *configv1.Config, _ map[string]providers.Provider) { config.Grpc.Address = r.grpcTarget })
	if err := <-created; err != nil {
		t.Error(err)
	}
}
