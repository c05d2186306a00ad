package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// No call and no vendor's fault exposes personal data or secrets. They appear neither in the
// debug log, a trace, a metric, the audit stream nor the journal's files. They are also absent from
// the last output of a killed process.
func TestNothingPersonalIsSeen(t *testing.T) {
	vendors := startVendors(t)
	traces := startCollector(t)
	p := startProcess(t, vendors.server, append(traces.environment(), "GOTRACEBACK=all")...)
	t.Run("drive", func(t *testing.T) {
		for provider, vendor := range providers() {
			t.Run(provider, func(t *testing.T) {
				t.Parallel()
				drive(t, p, vendors, provider, vendor)
			})
		}
	})

	for vendor, fields := range map[string][]string{
		"opencell": {"familyname", "email", "lines", "city", "externalref2"}, "sellandsign": {"familyname", "email", "lines", "customercode"},
		"valomnia": {"displayname", "email", "lines", "reference2"}, "caliq": {"familyname", "email", "lines"},
		"avvio": {"familyname", "email", "password"},
	} {
		for _, field := range fields {
			if !strings.Contains(vendors.got(vendor), marked+field) {
				t.Errorf("%s never got %s: the test proves nothing", vendor, field)
			}
		}
		if !strings.Contains(send(t, http.MethodGet, vendors.server.URL+"/sandbox/records?vendor="+providers()[vendor], http.NoBody, nil), marked) {
			t.Errorf("%s holds no customer", vendor)
		}
		traces.got(t, vendor+" create", 10)
	}
	metrics := get(t, p.rest+"/metrics") + get(t, p.admin+"/metrics")
	send(t, http.MethodDelete, vendors.server.URL+"/sandbox/faults", http.NoBody, nil)
	vendors.order(t, map[string]any{"vendor": "opencell", "operation": "get", "kind": "latency", "delay_ms": 1500})
	go func() { _, _ = http.Get(p.rest + "/v1/providers/opencell/customers/" + marked) }()
	for !strings.Contains(get(t, p.admin+"/metrics"), `enlist_vendor_calls_in_flight{provider="opencell"} 1`) {
		time.Sleep(time.Millisecond)
	}
	p.end(syscall.SIGQUIT)
	said := p.said()
	if calls := strings.Count(said, `"msg":"call"`); calls < 500 {
		t.Errorf("only %d calls", calls)
	}
	if !strings.Contains(said, "SIGQUIT") || !strings.Contains(said, "vendorhttp") {
		t.Error("it did not say what it was doing when it was killed")
	}
	seen := map[string]string{"standard error": said, "standard output": p.out.String(), "/metrics": metrics, "traces": string(traces.text)}
	for name, content := range p.files(t) {
		seen[name] = content
	}
	for _, needed := range []string{"enlist.db", "enlist.db-wal", "audit.jsonl"} {
		if len(seen[needed]) < 10000 {
			t.Errorf("%s holds %d bytes", needed, len(seen[needed]))
		}
	}
	demo := sandboxtest.DemoCredentials()
	hidden := append(markers(), demo.Opencell.ClientSecret, demo.Opencell.Password, demo.SellAndSign.Token, demo.Valomnia.Password,
		demo.Caliq.APIKey, demo.Avvio.Password)
	for where, content := range seen {
		lower := strings.ToLower(content)
		for _, marker := range hidden {
			if at := strings.Index(lower, strings.ToLower(marker)); at >= 0 {
				t.Errorf("%s has %s: …%q…", where, marker, lower[max(at-200, 0):min(at+100, len(lower))])
			}
		}
	}
}

// providers returns the providers of the built-in configuration, with the vendor of each.
func providers() map[string]string {
	vendors := map[string]string{}
	for _, provider := range registry.Demo("") {
		vendors[provider.GetName()] = string(registry.Vendor(provider))
	}
	return vendors
}

// drive calls every RPC of the contract over both transports at a provider, with every fault of its
// vendor.
func drive(t *testing.T, p *process, vendors *vendors, provider, vendor string) {
	m := &marker{provider: provider, vendor: vendor}
	everyRPCTwice := func() {
		everyRPC(t, func(method protoreflect.MethodDescriptor, request proto.Message) {
			m.fill(request.ProtoReflect())
			overGRPC(t, p, method, request)
			m.plain = !m.plain
			proto.Reset(request)
			m.fill(request.ProtoReflect())
			overREST(t, p, method, request)
		})
	}
	everyRPCTwice()
	for _, kind := range faultKinds() {
		for _, operation := range []string{"create", "get", "*"} {
			vendors.order(t, map[string]any{"vendor": vendor, "operation": operation, "kind": kind, "delay_ms": 20})
			everyRPCTwice()
		}
	}
	m.invalid = true
	everyRPCTwice()
	abuse(t, p, provider)
}

func faultKinds() []string {
	return []string{
		"latency", "status_500", "status_429", "drop_before", "drop_after", "truncated", "malformed", "error_but_created", "expired_credentials",
		"slow_lookup",
	}
}

func everyRPC(t *testing.T, do func(protoreflect.MethodDescriptor, proto.Message)) {
	t.Helper()
	protoregistry.GlobalFiles.RangeFilesByPackage("enlist.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				kind, err := protoregistry.GlobalTypes.FindMessageByName(methods.Get(j).Input().FullName())
				if err != nil {
					t.Fatal(err)
				}
				do(methods.Get(j), kind.New().Interface())
			}
		}
		return true
	})
}

// overGRPC makes a call and ignores its result.
func overGRPC(t *testing.T, p *process, method protoreflect.MethodDescriptor, request proto.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	kind, err := protoregistry.GlobalTypes.FindMessageByName(method.Output().FullName())
	if err != nil {
		t.Fatal(err)
	}
	answer := kind.New().Interface()
	err = p.grpc.Invoke(ctx, "/"+string(method.Parent().FullName())+"/"+string(method.Name()), request, answer)
	if created, ok := request.(*enlistv1.CreateCustomerRequest); ok {
		look(t, p, created, answer.(*enlistv1.CreateCustomerResponse), err)
	}
}

// look asks for the outcome of a creation in every way.
func look(t *testing.T, p *process, created *enlistv1.CreateCustomerRequest, answer *enlistv1.CreateCustomerResponse, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	operations := enlistv1.NewOperationServiceClient(p.grpc)
	_, _ = operations.GetOperation(ctx, &enlistv1.GetOperationRequest{
		Provider: created.GetProvider(), RequestId: created.GetRequestId(), IncludeCandidates: err != nil,
	})
	_, _ = operations.ListOperations(ctx, &enlistv1.ListOperationsRequest{Provider: "-", CustomerId: created.GetCustomer().GetId()})
	if err != nil {
		_, _ = operations.ResolveOperation(ctx, &enlistv1.ResolveOperationRequest{
			Provider: created.GetProvider(), RequestId: created.GetRequestId(), Decision: enlistv1.Decision_DECISION_FAILED,
			DecidedBy: marked + "person", Reason: marked + "reason",
		})
	}
	_, _ = enlistv1.NewCustomerServiceClient(p.grpc).GetCustomer(ctx, &enlistv1.GetCustomerRequest{
		Provider: created.GetProvider(), CustomerId: answer.GetCustomer().GetId(), IncludeDrift: true, IncludeVendorRecord: true,
	})
}

var pathVariable = regexp.MustCompile(`\{(\w+)\}`)

// overREST makes a call in the form of its http annotation.
func overREST(t *testing.T, p *process, method protoreflect.MethodDescriptor, request proto.Message) {
	t.Helper()
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	path := pathVariable.ReplaceAllStringFunc(rule.GetGet()+rule.GetPost(), func(variable string) string {
		name := strings.Trim(variable, "{}")
		value := fmt.Sprint(fields[name])
		delete(fields, name)
		return url.PathEscape(value)
	})
	if rule.GetPost() != "" {
		body, _ := json.Marshal(fields)
		send(t, http.MethodPost, p.rest+path, bytes.NewReader(body), nil)
		return
	}
	query := url.Values{}
	for name, value := range fields {
		query.Set(name, fmt.Sprint(value))
	}
	send(t, http.MethodGet, p.rest+path+"?"+query.Encode(), http.NoBody, nil)
}

// abuse sends requests that are not valid, with marks in every place.
func abuse(t *testing.T, p *process, provider string) {
	customers := p.rest + "/v1/providers/" + provider + "/customers"
	for _, body := range []string{
		marked, `"` + marked + `"`, `{"` + marked + `":1}`, `{"customer":"` + marked + `"}`, `{"customer":{"` + marked + `":"` + marked + `"}}`,
		`{"customer":{"name":"` + marked + `"}}`, `{"customer":{"id":["` + marked + `"]}}`, `{"customer":{"birthDate":"` + marked + `"}}`,
		`{"requestId":"` + marked + `","customer":{}}`, `{"onExisting":"` + marked + `"}`, `{"customer":{"id":"` + marked + `"}} ` + marked,
		`{"customer":{"id":"` + marked, `{"customer":{"billingAddress":{"latitude":"` + marked + `","countryCode":"` + marked + `"}}}`,
		`{"provider":"` + marked + ` ","customer":{"email":"` + marked + `","languageCode":"` + marked + ` ","currencyCode":"` + marked + `"}}`,
		`{"customer":{},"avvio":{"password":"` + marked + `","siteId":"` + marked + `"}}`, `{"customer":{},"caliq":{"channelId":"` + marked + `"}}`,
	} {
		send(t, http.MethodPost, customers, strings.NewReader(body), nil)
	}
	for _, path := range []string{
		"/" + marked + "/contractors?page_token=" + marked + "&" + marked + "=" + marked, "/" + marked + "/" + marked, "/" + marked + "%00", "/%ff" + marked,
		"/" + marked + "?include_vendor_record=" + marked, "/a%2F" + marked + "%2F..", "?" + marked, "/;" + marked + "?a;" + marked,
	} {
		send(t, http.MethodGet, customers+path, http.NoBody, nil)
	}
	for _, target := range []string{"/v1/providers/" + marked + "%20/customers/x", "/" + marked, "/v1/" + marked, "/docs/" + marked, "/metrics?" + marked} {
		send(t, http.MethodGet, p.rest+target, http.NoBody, nil)
		send(t, "DELETE", p.rest+target, http.NoBody, nil)
	}
	for name, value := range map[string]string{
		"Idempotency-Key": marked, "X-Request-Id": marked + " " + marked, "Grpc-Timeout": marked, "Content-Type": marked + "/" + marked,
		"Authorization": "Bearer " + marked, "Traceparent": marked, "Baggage": "user=" + marked, "Cookie": marked + "=" + marked,
		"Grpc-Metadata-" + marked: marked, "Content-Encoding": marked, "Accept": marked,
	} {
		send(t, http.MethodPost, customers, strings.NewReader(`{"customer":{"id":"`+marked+`"}}`), map[string]string{name: value})
	}
	send(t, http.MethodPut, p.admin+"/log/level", strings.NewReader(marked), nil)
	send(t, http.MethodGet, p.admin+"/debug/pprof/"+marked, http.NoBody, nil)
}

func send(t *testing.T, method, target string, body io.Reader, headers map[string]string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	return string(text)
}

func get(t *testing.T, target string) string {
	t.Helper()
	text := send(t, http.MethodGet, target, http.NoBody, nil)
	if !strings.Contains(text, "enlist_rpc_duration_seconds_count") {
		t.Fatalf("%s: %s", target, text)
	}
	return text
}
