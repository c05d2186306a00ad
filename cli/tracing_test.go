package cli_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/enlist-dev/enlist/internal/testkit"
)

const (
	callersTrace  = "0af7651916cd43dd8448eb211c80319c"
	callersSpan   = "b7ad6b7169203331"
	callersParent = "00-" + callersTrace + "-" + callersSpan + "-01"
)

// signUp creates a customer over REST, with a traceparent unless that is empty.
func signUp(t *testing.T, p *process, provider, id, traceparent string) string {
	t.Helper()
	body := `{"customer":{"id":"` + id + `","name":{"title":"Mr","givenName":"Ada","familyName":"Lovelace"},"email":"ada` + id + `@example.com",
		"billingAddress":{"lines":["1 Street"],"city":"Nice","postalCode":"06000","countryCode":"FR"},"currencyCode":"EUR"},"unsupportedFields":"UNSUPPORTED_FIELDS_DROP"`
	if provider == "avvio" {
		body = strings.Replace(body, `"id":"`+id+`",`, "", 1) + `,"avvio":{"password":"secret"}`
	}
	headers := map[string]string{}
	if traceparent != "" {
		headers["Traceparent"] = traceparent
	}
	return send(t, http.MethodPost, p.rest+"/v1/providers/"+provider+"/customers", strings.NewReader(body+"}"), headers)
}

// A call and its requests to the vendor are spans in the caller's trace. The vendor's request and
// the log name the trace. When the process stops, it sends the remaining spans.
func TestTraceOfACall(t *testing.T) {
	vendors, traces := startVendors(t), startCollector(t)
	p := startProcess(t, vendors.server, append(traces.environment(), "OTEL_BSP_SCHEDULE_DELAY=3600000")...)
	if answer := signUp(t, p, "caliq", "T-1", callersParent); !strings.Contains(answer, "OUTCOME_CREATED") {
		t.Fatal(answer)
	}
	p.end(syscall.SIGTERM)

	server := traces.got(t, "enlist.v1.CustomerService/CreateCustomer", 1)[0]
	if hex.EncodeToString(server.GetTraceId()) != callersTrace || hex.EncodeToString(server.GetParentSpanId()) != callersSpan ||
		server.GetKind() != tracev1.Span_SPAN_KIND_SERVER || attribute(server, "enlist.provider") != "caliq" ||
		attribute(server, "rpc.method") != "CreateCustomer" || attribute(server, "enlist.request_id") == "" {
		t.Errorf("%v", server)
	}
	create := traces.got(t, "caliq create", 1)[0]
	if string(create.GetTraceId()) != string(server.GetTraceId()) || string(create.GetParentSpanId()) != string(server.GetSpanId()) ||
		create.GetKind() != tracev1.Span_SPAN_KIND_CLIENT || attribute(create, "enlist.result") != "ok" ||
		attribute(create, "http.request.method") != "POST" || attribute(create, "server.address") != "127.0.0.1" {
		t.Errorf("%v", create)
	}
	traces.got(t, "caliq list", 1)
	if want := "00-" + callersTrace + "-" + hex.EncodeToString(create.GetSpanId()) + "-01"; vendors.traceOf("caliq") != want {
		t.Errorf("the vendor got %q, not %q", vendors.traceOf("caliq"), want)
	}
	p.mustSay(t, `"trace_id":"`+callersTrace+`","span_id":"`+hex.EncodeToString(server.GetSpanId())+`"`, 1)
}

// A settlement without a caller is a separate trace.
func TestTraceOfASettlement(t *testing.T) {
	vendors, traces := startVendors(t), startCollector(t)
	p := startProcess(t, vendors.server, traces.environment()...)
	vendors.order(t, map[string]any{"vendor": "avvio", "operation": "create", "kind": "drop_after"})
	if answer := signUp(t, p, "avvio", "2", callersParent); !strings.Contains(answer, "OUTCOME_UNKNOWN") {
		t.Fatal(answer)
	}
	settle := traces.got(t, "settle", 1)[0]
	if len(settle.GetParentSpanId()) != 0 || hex.EncodeToString(settle.GetTraceId()) == callersTrace || attribute(settle, "enlist.provider") != "avvio" {
		t.Errorf("%v", settle)
	}
	if look := traces.got(t, "avvio list", 1)[0]; string(look.GetParentSpanId()) != string(settle.GetSpanId()) {
		t.Errorf("%v", look)
	}
	if create := traces.got(t, "avvio create", 1)[0]; create.GetStatus().GetCode() != tracev1.Status_STATUS_CODE_ERROR || attribute(create, "enlist.result") != "unknown" {
		t.Errorf("%v", create)
	}
}

// Without an exporter, the vendor gets the caller's traceparent, or none if the caller sent none.
func TestTraceWithoutExporter(t *testing.T) {
	vendors := startVendors(t)
	p := startProcess(t, vendors.server)
	for i, traceparent := range []string{"", callersParent} {
		if answer := signUp(t, p, "caliq", []string{"T-3", "T-4"}[i], traceparent); !strings.Contains(answer, "OUTCOME_CREATED") {
			t.Fatal(answer)
		}
		if got := vendors.traceOf("caliq"); got != traceparent {
			t.Errorf("the vendor got %q, not %q", got, traceparent)
		}
	}
}

func TestTracesOverHTTP(t *testing.T) {
	got := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		got <- request.URL.Path + " " + request.Header.Get("Authorization") + " " + string(body)
	}))
	t.Cleanup(collector.Close)
	vendors := startVendors(t)
	p := startProcess(t, vendors.server, "OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL,
		"OTEL_EXPORTER_OTLP_HEADERS=authorization=Basic%20abc", "OTEL_SERVICE_NAME=enlist-test", "OTEL_RESOURCE_ATTRIBUTES=region=north")
	signUp(t, p, "caliq", "T-5", "")
	p.end(syscall.SIGTERM)
	select {
	case sent := <-got:
		for _, want := range []string{"/v1/traces Basic abc ", "CreateCustomer", "enlist-test", "north"} {
			if !strings.Contains(sent, want) {
				t.Errorf("there is no %q in %q", want, sent)
			}
		}
	default:
		t.Errorf("nothing was sent: %s", p.said())
	}
}

// A collector that cannot be reached delays nothing. The log reports it.
func TestTracesToNowhere(t *testing.T) {
	vendors := startVendors(t)
	p := startProcess(t, vendors.server, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+testkit.FreeAddress(t), "OTEL_BSP_SCHEDULE_DELAY=10", "OTEL_EXPORTER_OTLP_TIMEOUT=500")
	if answer := signUp(t, p, "caliq", "T-6", ""); !strings.Contains(answer, "OUTCOME_CREATED") {
		t.Fatal(answer)
	}
	p.end(syscall.SIGTERM)
	if code := p.command.ProcessState.ExitCode(); code != 0 || !strings.Contains(p.said(), `"level":"WARN","msg":"cannot send traces"`) {
		t.Errorf("exit status %d: %s", code, p.said())
	}
}

func TestTracingThatCannotBe(t *testing.T) {
	for _, c := range []struct{ environment, says string }{
		{"OTEL_TRACES_EXPORTER=zipkin", `OTEL_TRACES_EXPORTER is "zipkin". Use otlp or none`},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=http/json", `OTEL_EXPORTER_OTLP_PROTOCOL is "http/json". Use http/protobuf or grpc`},
	} {
		command := exec.Command(binary, "demo", "--once", "--grpc-address=127.0.0.1:0", "--http-address=127.0.0.1:0", "--sandbox-address=127.0.0.1:0")
		command.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", c.environment)
		if out, err := command.CombinedOutput(); err == nil || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: %v %s", c.environment, err, out)
		}
		command = exec.Command(binary, "demo", "--once", "--grpc-address=127.0.0.1:0", "--http-address=127.0.0.1:0", "--sandbox-address=127.0.0.1:0")
		command.Env = append(os.Environ(), c.environment, "OTEL_SDK_DISABLED=true")
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("disabled: %v %s", err, out)
		}
	}
}
