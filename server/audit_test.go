package server_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/audit"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// audited returns the lines of the audit stream so far.
func (r *running) audited(t *testing.T) []audit.Line {
	t.Helper()
	return linesOf[audit.Line](t, r.audit.String())
}

func linesOf[T any](t *testing.T, text string) (lines []T) {
	t.Helper()
	for text := range strings.Lines(text) {
		var line T
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		lines = append(lines, line)
	}
	return lines
}

// everyCallIsAudited asserts that each call of the contract in the access log has a line in the
// audit stream that says the same. Each test of a server ends with it.
func everyCallIsAudited(t *testing.T, r *running) {
	t.Helper()
	type said struct {
		callID, rpc, transport, principal, provider, requestID string
		failed                                                 bool
	}
	audited := map[said]int{}
	for _, line := range r.audited(t) {
		if at, err := time.Parse(time.RFC3339, line.Time); err != nil || at.Location() != time.UTC || time.Since(at).Abs() > time.Hour || line.Outcome == "" {
			t.Errorf("%+v: %v", line, err)
		}
		audited[said{line.CallID, line.RPC, line.Transport, line.Principal, line.Provider, line.RequestID, line.Code != "OK"}]++
	}
	for _, line := range linesOf[struct {
		Msg, Method, Code, Transport, Principal, Provider string
		CallID                                            string `json:"call_id"`
		RequestID                                         string `json:"request_id"`
	}](t, r.log.String()) {
		rpc, isOurs := strings.CutPrefix(line.Method, "/enlist.v1.")
		if line.Msg != "call" || !isOurs {
			continue
		}
		_, rpc, _ = strings.Cut(rpc, "/")
		want := said{line.CallID, rpc, line.Transport, line.Principal, line.Provider, line.RequestID, line.Code != "OK"}
		if audited[want] == 0 && want.requestID == "" { // the audit stream has the request_id of a refused call, too
			for found := range audited {
				if named := found; named.callID == want.callID && want.failed {
					want.requestID = named.requestID
				}
			}
		}
		if audited[want]--; audited[want] < 0 {
			t.Errorf("the audit stream has no line for %+v", want)
		}
	}
}

// customers replaces the pseudonyms of a line by the ids that they stand for.
func (r *running) customers(line audit.Line, provider string, ids ...string) audit.Line {
	line.Customers = slices.Clone(line.Customers)
	for i, pseudonym := range line.Customers {
		for _, id := range ids {
			if pseudonym == hex.EncodeToString(r.journal.Pseudonym(provider, id)) {
				line.Customers[i] = id
			}
		}
	}
	line.Time, line.CallID = "", ""
	return line
}

// everyRPC returns the RPCs of the contract.
func everyRPC() (all []protoreflect.MethodDescriptor) {
	protoregistry.GlobalFiles.RangeFilesByPackage("enlist.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			for j := range file.Services().Get(i).Methods().Len() {
				all = append(all, file.Services().Get(i).Methods().Get(j))
			}
		}
		return true
	})
	return all
}

// naming returns a request that sets the fields with these names, as far as it has them and they do
// not exclude each other, and the names of those that it sets.
func naming(t *testing.T, method protoreflect.MethodDescriptor, values map[protoreflect.Name]string) (body []byte, set map[protoreflect.Name]bool) {
	t.Helper()
	request, set := message(t, method.Input()).ProtoReflect(), map[protoreflect.Name]bool{}
	for name, value := range values {
		field := request.Descriptor().Fields().ByName(name)
		if field == nil || field.ContainingOneof() != nil && request.WhichOneof(field.ContainingOneof()) != nil {
			continue
		}
		request.Set(field, protoreflect.ValueOfString(value))
		set[name] = true
	}
	body, err := protojson.Marshal(request.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return body, set
}

// Each RPC of the contract has its line, over both transports, also if the call is refused. The
// line names the customer and the creation that the request is about.
func TestEveryRPCIsAudited(t *testing.T) {
	r := start(t, guarded(t, authtest.NewIssuer(t)))
	const id, requestID = "A1", "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d3ff"
	calls := 0
	check := func(t *testing.T, transport, principal string, method protoreflect.MethodDescriptor, named map[protoreflect.Name]bool, got outcome) {
		t.Helper()
		calls++
		lines := r.audited(t)
		if len(lines) != calls {
			t.Fatalf("%d lines after %d calls", len(lines), calls)
		}
		line := r.customers(lines[calls-1], "opencell", id)
		isRead := transport == "gRPC" || principal != "" // over REST, the body of a stranger is not read
		if line.RPC != string(method.Name()) || line.Transport != strings.ToLower(transport) || line.Principal != principal ||
			line.Code != codeName(got.status.Code()) || named["provider"] && line.Provider != "opencell" ||
			isRead && (named["request_id"] && line.RequestID != requestID || named["customer_id"] && !slices.Contains(line.Customers, id)) {
			t.Errorf("%+v", line)
		}
		if reason := reasonIn(t, got); reason != "" && line.Outcome != reason {
			t.Errorf("outcome %s, not %s", line.Outcome, reason)
		}
	}
	for transport, call := range transports() {
		for _, method := range everyRPC() {
			body, named := naming(t, method, map[protoreflect.Name]string{"request_id": requestID, "provider": "opencell", "customer_id": id})
			for key, principal := range map[string]string{"operator-key": "operator", "one-key": "one", "wrong": ""} {
				t.Run(fmt.Sprintf("%s/%s/%s", transport, method.Name(), key), func(t *testing.T) {
					check(t, transport, principal, method, named, call(withBearer(t.Context(), key), t, r, method, body))
				})
			}
		}
	}
	if calls < 54 {
		t.Errorf("%d calls", calls)
	}
}

// The lines of creations, reads and decisions, over both transports.
func TestAudit(t *testing.T) {
	for transport, call := range transports() {
		t.Run(transport, func(t *testing.T) {
			r := start(t, guarded(t, authtest.NewIssuer(t)))
			const first, second, third = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a12", "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a13"
			create := func(provider, requestID, id string, more map[string]any) map[string]any {
				request := map[string]any{"provider": provider, "requestId": requestID, "unsupportedFields": "UNSUPPORTED_FIELDS_DROP", "customer": map[string]any{
					"id": id, "name": map[string]any{"givenName": "Jo", "familyName": "Ox"}, "billingAddress": map[string]any{"countryCode": "FR"},
				}}
				maps.Copy(request, more)
				return request
			}
			opencell := func(outcome string, line audit.Line) audit.Line {
				line.Provider, line.Outcome, line.Transport = "opencell", outcome, strings.ToLower(transport)
				return line
			}
			at := func(more map[string]any) map[string]any {
				request := map[string]any{"provider": "opencell"}
				maps.Copy(request, more)
				return request
			}
			for _, c := range []struct {
				key, rpc string
				request  map[string]any
				want     audit.Line
			}{
				{"one", "CreateCustomer", create("opencell", first, "C-1", nil), opencell("CREATED", audit.Line{Customers: []string{"C-1"}, RequestID: first, Code: "OK"})},
				{"one", "CreateCustomer", create("opencell", first, "C-1", nil), opencell("CREATED", audit.Line{Customers: []string{"C-1"}, RequestID: first, Code: "OK", Replayed: true})},
				{"one", "CreateCustomer", create("opencell", second, "C-1", nil), opencell("CUSTOMER_EXISTS", audit.Line{Customers: []string{"C-1"}, RequestID: second, Code: "ALREADY_EXISTS"})},
				{
					"one", "CreateCustomer", create("opencell", third, "C-2", map[string]any{"validateOnly": true, "includeVendorRecord": true}),
					opencell("PREVIEWED", audit.Line{Customers: []string{"C-2"}, RequestID: third, Code: "OK", Flags: []string{"validate_only", "include_vendor_record"}}),
				},
				{"one", "CreateCustomer", create("opencell", third, "", nil), opencell("CREATED", audit.Line{Customers: []string{third}, RequestID: third, Code: "OK"})},
				{"reader", "CreateCustomer", create("opencell", first, "C-1", nil), opencell("NOT_PERMITTED", audit.Line{Customers: []string{"C-1"}, RequestID: first, Code: "PERMISSION_DENIED"})},
				{"other", "CreateCustomer", create("opencell", "x", strings.Repeat("x", 2000), nil), opencell("INVALID_FIELD", audit.Line{Code: "INVALID_ARGUMENT"})},
				{"reader", "GetCustomer", at(map[string]any{"customerId": "C-1"}), opencell("OK", audit.Line{Customers: []string{"C-1"}, Code: "OK"})},
				{"reader", "GetCustomer", at(map[string]any{"customerId": " c-1"}), opencell("CUSTOMER_NOT_FOUND", audit.Line{Customers: []string{"C-1"}, Code: "NOT_FOUND"})},
				{"one", "GetOperation", at(map[string]any{"requestId": first}), opencell("OK", audit.Line{Customers: []string{"C-1"}, RequestID: first, Code: "OK"})},
				{"operator", "GetOperation", at(map[string]any{"requestId": first, "principal": "one"}), opencell("OK", audit.Line{Customers: []string{"C-1"}, RequestID: first, OfPrincipal: "one", Code: "OK"})},
				{"other", "GetOperation", at(map[string]any{"requestId": first, "principal": "one"}), opencell("NOT_PERMITTED", audit.Line{RequestID: first, Code: "PERMISSION_DENIED"})},
				{"one", "ListOperations", at(nil), opencell("OK", audit.Line{Customers: []string{third, "C-1"}, Code: "OK"})},
				{
					"operator", "ResolveOperation", at(map[string]any{
						"requestId": first, "principal": "one", "decision": "DECISION_SUCCEEDED", "customerId": "C-1", "decidedBy": "Jo", "reason": "seen", "unverified": true,
					}), opencell("INVALID_FIELD", audit.Line{
						Customers: []string{"C-1"}, RequestID: first, OfPrincipal: "one", Decision: "SUCCEEDED", Flags: []string{"unverified"}, Code: "INVALID_ARGUMENT",
					}),
				},
			} {
				c.want.RPC, c.want.Principal = c.rpc, c.key
				call(withBearer(t.Context(), c.key+"-key"), t, r, method(t, c.rpc), asBody(t, c.request))
				lines := r.audited(t)
				if got := r.customers(lines[len(lines)-1], "opencell", "C-1", "C-2", third); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
					t.Errorf("got\n%+v, want\n%+v", got, c.want)
				}
			}
			call(withBearer(t.Context(), "operator-key"), t, r, method(t, "ListOperations"), asBody(t, map[string]any{"provider": "-", "principal": "*", "customerId": "C-1"}))
			lines := r.audited(t)
			all := lines[len(lines)-1]
			if all.OfPrincipal != "*" || all.Provider != "-" {
				t.Errorf("%+v", all)
			}
			for provider := range vendorsByProvider() {
				if line := r.customers(all, provider, "C-1"); !slices.Contains(line.Customers, "C-1") {
					t.Errorf("a search over all providers does not name %s: %+v", provider, all)
				}
			}
		})
	}
}

// A creation whose outcome is found after its call has a line of its own, and one that a caller
// waits for has not.
func TestAuditOfLaterOutcomes(t *testing.T) {
	r := start(t, func(config *configv1.Config, connected map[string]providers.Provider) {
		guarded(t, authtest.NewIssuer(t))(config, connected)
		config.CallTimeout = durationpb.New(time.Minute)
	})
	order(t, r, map[string]any{"vendor": "opencell", "operation": "create", "kind": "drop_after"})
	const requestID = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"
	request := map[string]any{"provider": "opencell", "requestId": requestID, "customer": map[string]any{
		"id": "C-1", "name": map[string]any{"familyName": "Ox"}, "billingAddress": map[string]any{"countryCode": "FR"},
	}}
	got := callGRPC(withBearer(context.Background(), "all-key"), t, r, method(t, "CreateCustomer"), asBody(t, request))
	if reason := reasonIn(t, got); reason != "OUTCOME_UNKNOWN" {
		t.Fatal(got.status)
	}
	var lines []audit.Line
	testkit.Eventually(t, "the outcome is in the stream", func() bool { lines = r.audited(t); return len(lines) == 2 })
	want := audit.Line{Event: "found", Principal: "all", Provider: "opencell", Customers: []string{"C-1"}, RequestID: requestID, Outcome: "CREATED"}
	if got := r.customers(lines[1], "opencell", "C-1"); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if lines[0].Outcome != "OUTCOME_UNKNOWN" || lines[0].Code != "ABORTED" || lines[0].RequestID != requestID {
		t.Errorf("%+v", lines[0])
	}
}
