package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statusv1 "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

type testCase struct {
	Name  string
	Steps []step
}

type step struct {
	RPC     string         `yaml:"rpc"`
	Fault   map[string]any `yaml:"fault"`
	Request map[string]any `yaml:"request"`
	Want    expectation    `yaml:"want"`
}

type expectation struct {
	Code   string
	HTTP   int `yaml:"http"`
	Reason string
	Fields []string
	Retry  bool
	Answer map[string]any
}

// outcome is the result of a transport.
type outcome struct {
	http      int // 0 over gRPC
	status    *status.Status
	answer    map[string]any
	jsonNames bool // an error names fields as JSON does
}

// rpcCall calls an RPC with a request in the contract's JSON.
type rpcCall func(context.Context, *testing.T, *running, protoreflect.MethodDescriptor, []byte) outcome

// transports returns the two ways to call an RPC with a request in the contract's JSON. Both use
// the deadline of the context.
func transports() map[string]rpcCall {
	return map[string]rpcCall{"gRPC": callGRPC, "REST": callREST}
}

func readCases(t *testing.T) []testCase {
	t.Helper()
	data, err := os.ReadFile("testdata/cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []testCase
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// Every case of testdata/cases.yaml, over both transports.
func TestCases(t *testing.T) {
	cases := readCases(t)
	for transport, call := range transports() {
		for _, c := range cases {
			t.Run(transport+"/"+c.Name, func(t *testing.T) {
				r := start(t, nil)
				for i, step := range c.Steps {
					if step.Fault != nil {
						order(t, r, step.Fault)
					}
					name := fmt.Sprintf("step %d (%s)", i+1, step.RPC)
					compare(t, name, step.Want, call(t.Context(), t, r, method(t, step.RPC), asBody(t, step.Request)))
				}
			})
		}
	}
}

// jsonPaths converts proto paths to JSON names, except for the keys of maps.
func jsonPaths(paths []string) []string {
	var written []string
	for _, path := range paths {
		written = append(written, underscored.ReplaceAllStringFunc(path, func(found string) string {
			if found[0] == '"' {
				return found
			}
			return strings.ToUpper(found[1:])
		}))
	}
	return written
}

var underscored = regexp.MustCompile(`"[^"]*"|_[a-z]`)

func compare(t *testing.T, step string, want expectation, got outcome) {
	t.Helper()
	if name := codeName(got.status.Code()); name != want.Code {
		t.Fatalf("%s: code %s, want %s: %v", step, name, want.Code, got.status)
	}
	if got.http != 0 && got.http != want.HTTP {
		t.Errorf("%s: HTTP status %d, want %d", step, got.http, want.HTTP)
	}
	if difference := missing(want.Answer, got.answer, "answer"); difference != "" {
		t.Errorf("%s: %s", step, difference)
	}
	var reason string
	var fields []string
	var retry bool
	var details []string
	for _, detail := range got.status.Details() {
		if message, ok := detail.(proto.Message); ok {
			details = append(details, string(message.ProtoReflect().Descriptor().Name()))
		}
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reason = detail.GetReason()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				fields = append(fields, violation.GetField())
			}
		case *errdetails.RetryInfo:
			retry = true
		case error:
			t.Errorf("%s: a detail cannot be read: %v", step, detail)
		}
	}
	if reason != want.Reason || retry != want.Retry {
		t.Errorf("%s: reason %q, retry %t, want %q, %t", step, reason, retry, want.Reason, want.Retry)
	}
	if got.jsonNames {
		want.Fields = jsonPaths(want.Fields)
	}
	if !slices.Equal(fields, want.Fields) {
		t.Errorf("%s: violations at\n%q, want\n%q", step, fields, want.Fields)
	}
	if got.status.Code() == codes.OK {
		return
	}
	if got.status.Message() == "" {
		t.Errorf("%s: an error without a message", step)
	}
	if difference := promised(reasons(t), got, reason, retry, details); difference != "" {
		t.Errorf("%s: %s: %s", step, reason, difference)
	}
}

// missing describes which parts of want are not in got. Lists must be equal in length.
func missing(want, got any, path string) string {
	switch want := want.(type) {
	case map[string]any:
		object, _ := got.(map[string]any)
		for name, value := range want {
			if difference := missing(value, object[name], path+"."+name); difference != "" {
				return difference
			}
		}
		return ""
	case []any:
		list, _ := got.([]any)
		if len(list) != len(want) {
			return fmt.Sprintf("%s has %d elements, want %d: %.500v", path, len(list), len(want), got)
		}
		for i, value := range want {
			if difference := missing(value, list[i], fmt.Sprintf("%s[%d]", path, i)); difference != "" {
				return difference
			}
		}
		return ""
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		return fmt.Sprintf("%s is %v, want %v", path, got, want)
	}
	return ""
}

func codeName(code codes.Code) string {
	var name []rune
	for i, letter := range code.String() {
		if i > 0 && letter >= 'A' && letter <= 'Z' && code != codes.OK {
			name = append(name, '_')
		}
		name = append(name, letter)
	}
	return strings.ToUpper(string(name))
}

func method(t *testing.T, rpc string) protoreflect.MethodDescriptor {
	t.Helper()
	for _, service := range []string{"CustomerService", "ProviderService", "OperationService", "PrivacyService"} {
		if found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName("enlist.v1." + service + "." + rpc)); err == nil {
			return found.(protoreflect.MethodDescriptor)
		}
	}
	t.Fatalf("no RPC %s", rpc)
	return nil
}

func message(t *testing.T, descriptor protoreflect.MessageDescriptor) proto.Message {
	t.Helper()
	found, err := protoregistry.GlobalTypes.FindMessageByName(descriptor.FullName())
	if err != nil {
		t.Fatal(err)
	}
	return found.New().Interface()
}

func callGRPC(ctx context.Context, t *testing.T, r *running, method protoreflect.MethodDescriptor, body []byte) outcome {
	t.Helper()
	request, response := message(t, method.Input()), message(t, method.Output())
	if err := protojson.Unmarshal(body, request); err != nil {
		t.Fatal(err)
	}
	var header, trailer metadata.MD
	err := r.grpc.Invoke(ctx, fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name()), request, response, grpc.Header(&header), grpc.Trailer(&trailer))
	got := outcome{status: status.Convert(err)}
	if err == nil {
		got.answer = asJSON(t, response)
		if len(header.Get("x-request-id")) != 1 {
			t.Errorf("headers %v", header)
		}
		return got
	}
	_, limited := ctx.Deadline() // the deadline may come before the delay is over
	wait := strings.Join(trailer.Get("grpc-retry-pushback-ms"), ", ")
	if hasRetryInfo(got.status) != (wait != "" && (wait != "-1" || limited)) {
		t.Errorf("pushback %q with %v", wait, got.status)
	}
	// Clients do not retry a call that has headers.
	if len(header) > 0 || len(trailer.Get("x-request-id")) != 1 {
		t.Errorf("an error with headers %v and trailers %v", header, trailer)
	}
	return got
}

func hasRetryInfo(got *status.Status) bool {
	return slices.ContainsFunc(got.Details(), func(detail any) bool { _, is := detail.(*errdetails.RetryInfo); return is })
}

func callREST(ctx context.Context, t *testing.T, r *running, method protoreflect.MethodDescriptor, body []byte) outcome {
	t.Helper()
	return doWith(t, r.client, restRequest(ctx, t, r.restURL, method, body))
}

// restRequest derives the HTTP request from the contract. Path and method come from the
// annotation. The rest is the body or the query. A header holds the deadline, as in gRPC.
func restRequest(ctx context.Context, t *testing.T, base string, method protoreflect.MethodDescriptor, body []byte) *http.Request {
	t.Helper()
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		t.Fatal(err)
	}
	path, verb := rule.GetGet(), http.MethodGet
	if rule.GetPost() != "" {
		path, verb = rule.GetPost(), http.MethodPost
	}
	for jsonName, protoName := range map[string]string{"provider": "provider", "customerId": "customer_id", "requestId": "request_id"} {
		if variable := "{" + protoName + "}"; strings.Contains(path, variable) {
			path = strings.Replace(path, variable, url.PathEscape(fields[jsonName].(string)), 1)
			delete(fields, jsonName)
		}
	}
	var content io.Reader = http.NoBody
	if verb == http.MethodPost {
		rest, _ := json.Marshal(fields)
		content = bytes.NewReader(rest)
	} else if len(fields) > 0 {
		query := url.Values{}
		for name, value := range fields {
			query.Set(name, fmt.Sprint(value))
		}
		path += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), verb, base+path, content)
	if err != nil {
		t.Fatal(err)
	}
	if deadline, has := ctx.Deadline(); has {
		request.Header.Set("Grpc-Timeout", fmt.Sprintf("%dm", time.Until(deadline).Milliseconds()))
	}
	if verb == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	if sent, has := metadata.FromOutgoingContext(ctx); has { // credentials
		for _, value := range sent.Get("authorization") {
			request.Header.Add("Authorization", value)
		}
	}
	return request
}

func do(t *testing.T, request *http.Request) outcome {
	t.Helper()
	return doWith(t, http.DefaultClient, request)
}

func doWith(t *testing.T, client *http.Client, request *http.Request) outcome {
	t.Helper()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if contentType := response.Header.Get("Content-Type"); contentType != "application/json" {
		t.Errorf("content type %q: %s", contentType, text)
	}
	isDocumented(t, request, response, text)
	isOneLine(t, text)
	// The tests' requests use JSON names.
	got := outcome{http: response.StatusCode, status: status.New(codes.OK, ""), jsonNames: true}
	if response.StatusCode == http.StatusOK {
		if err := json.Unmarshal(text, &got.answer); err != nil {
			t.Fatal(err)
		}
		return got
	}
	failed := &statusv1.Status{}
	if err := protojson.Unmarshal(text, failed); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	got.status = status.FromProto(failed)
	if hasHeader := response.Header.Get("Retry-After") != ""; hasHeader != hasRetryInfo(got.status) {
		t.Errorf("Retry-After %q with %v", response.Header.Get("Retry-After"), got.status)
	}
	if challenge := response.Header.Get("WWW-Authenticate"); (response.StatusCode == http.StatusUnauthorized) != strings.HasPrefix(challenge, "Bearer") {
		t.Errorf("%d with WWW-Authenticate %q", response.StatusCode, challenge)
	}
	if response.Header.Get("X-Request-Id") == "" {
		t.Error("no X-Request-Id")
	}
	return got
}

// isOneLine asserts that a response is JSON without spaces, on one line with a line break.
func isOneLine(t *testing.T, text []byte) {
	t.Helper()
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if want := strings.TrimSpace(line.String()) + "\n"; string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

func asJSON(t *testing.T, message proto.Message) map[string]any {
	t.Helper()
	text, err := protojson.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func order(t *testing.T, r *running, fault map[string]any) {
	t.Helper()
	body, _ := json.Marshal(fault)
	sandboxtest.Order(t, r.sandboxURL, string(body))
}
