package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
	"github.com/enlist-dev/enlist/server"
)

// Every reason has the code of its option. A value that the contract does not define has
// INTERNAL.
func TestCodeOfEveryReason(t *testing.T) {
	for _, r := range reasons(t) {
		if code := server.CodeOf(enlistv1.ErrorReason(enlistv1.ErrorReason_value[r.name])); codeName(code) != r.code {
			t.Errorf("%s: %s, its option says %s", r.name, codeName(code), r.code)
		}
	}
	for _, unknown := range []enlistv1.ErrorReason{enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED, 999} {
		if code := server.CodeOf(unknown); code != codes.Internal {
			t.Errorf("%s gives %s", unknown, code)
		}
	}
}

// A case of testdata/cases.yaml or of TestReasonsThatNeedHelp provokes every reason over both
// transports.
func TestEveryReasonIsProvoked(t *testing.T) {
	provoked := map[string]bool{}
	for _, c := range readCases(t) {
		for _, step := range c.Steps {
			provoked[step.Want.Reason] = true
		}
	}
	for _, c := range helped() {
		provoked[c.want.Reason] = true
	}
	for _, r := range reasons(t) {
		if !provoked[r.name] {
			t.Errorf("%s is provoked by no test", r.name)
		}
	}
}

// helpedCase is a reason that no fault of the sandbox alone provokes.
type helpedCase struct {
	name   string
	change func(*configv1.Config, map[string]providers.Provider)
	// before brings the server to the point where the call fails. It returns the function that
	// lets the server continue, or nil if none is needed.
	before  func(t *testing.T, r *running) (after func())
	rpc     string
	request map[string]any
	bearer  string        // API key or token; empty for none
	within  time.Duration // deadline of the call; 0 for none
	want    expectation
}

func helped() []helpedCase {
	customer := map[string]any{"id": "H1", "name": map[string]any{"familyName": "One"}, "billingAddress": map[string]any{"countryCode": "FR"}}
	create := map[string]any{"provider": "opencell", "requestId": "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d301", "customer": customer}
	other := map[string]any{"provider": "opencell", "requestId": "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d302", "customer": customer}
	get := map[string]any{"provider": "opencell", "customerId": "H1"}
	unnumbered := map[string]any{"provider": "caliq", "requestId": "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d303", "customer": map[string]any{
		"name": map[string]any{"givenName": "Jo", "familyName": "Bloggs"}, "email": "jo@example.com", "currencyCode": "GBP",
		"billingAddress": map[string]any{"lines": []any{"1 High Street"}, "countryCode": "GB"},
	}}
	inProgress := expectation{Code: "ABORTED", HTTP: 409, Reason: "REQUEST_IN_PROGRESS", Retry: true}
	overloaded := expectation{Code: "UNAVAILABLE", HTTP: 503, Reason: "OVERLOADED", Retry: true}
	unrecorded := expectation{Code: "UNAVAILABLE", HTTP: 503, Reason: "JOURNAL_UNAVAILABLE", Retry: true}
	defect := expectation{Code: "INTERNAL", HTTP: 500, Reason: "INTERNAL_ERROR"}
	guarded := func(config *configv1.Config, _ map[string]providers.Provider) {
		config.Auth = &configv1.Auth{
			ApiKeys: []*configv1.ApiKey{{Name: "reader", Sha256: hashOf("reader-key"), Rpcs: []string{"GetCustomer"}}},
			Jwt:     &configv1.Jwt{Issuer: "x", Audience: "x", JwksUrl: "http://127.0.0.1:1"},
		}
	}
	return []helpedCase{
		{
			name: "no credentials", change: guarded, rpc: "GetCustomer", request: get,
			want: expectation{Code: "UNAUTHENTICATED", HTTP: 401, Reason: "CREDENTIALS_MISSING"},
		},
		{
			name: "wrong credentials", change: guarded, rpc: "GetCustomer", request: get, bearer: "wrong-key",
			want: expectation{Code: "UNAUTHENTICATED", HTTP: 401, Reason: "CREDENTIALS_INVALID"},
		},
		{
			name: "what the caller may not do", change: guarded, rpc: "CreateCustomer", request: create, bearer: "reader-key",
			want: expectation{Code: "PERMISSION_DENIED", HTTP: 403, Reason: "NOT_PERMITTED"},
		},
		{
			name: "an issuer that cannot be reached", change: guarded, rpc: "GetCustomer", request: get, bearer: someToken,
			want: expectation{Code: "UNAVAILABLE", HTTP: 503, Reason: "AUTHENTICATION_UNAVAILABLE", Retry: true},
		},
		{
			name: "the same create is under way", before: whileCalling("create", "CreateCustomer", create),
			rpc: "CreateCustomer", request: create, within: time.Second, want: inProgress,
		},
		{
			name: "another create for the customer is under way", before: whileCalling("create", "CreateCustomer", create),
			rpc: "CreateCustomer", request: other, within: time.Second, want: inProgress,
		},
		{
			name: "the limits of the connection",
			change: func(config *configv1.Config, connected map[string]providers.Provider) {
				reconnect(config, connected, "opencell", one)
			},
			before: whileCalling("get", "GetCustomer", get), rpc: "GetCustomer", request: get, within: 2 * time.Second,
			want: overloaded,
		},
		{
			name: "the limits of the connection, for a create",
			change: func(config *configv1.Config, connected map[string]providers.Provider) {
				reconnect(config, connected, "opencell", one)
			},
			before: whileCalling("get", "GetCustomer", get), rpc: "CreateCustomer", request: create, within: 2 * time.Second,
			want: overloaded,
		},
		{
			name:   "the limits of the server",
			change: func(config *configv1.Config, _ map[string]providers.Provider) { config.Limits.MaxCalls = 1 },
			before: whileCalling("get", "GetCustomer", get), rpc: "CreateCustomer", request: create, want: overloaded,
		},
		{
			name:   "a vendor that takes longer than the call has",
			before: func(t *testing.T, r *running) func() { return delayed(t, r, "get") }, rpc: "GetCustomer", request: get, within: time.Second,
			want: expectation{Code: "UNAVAILABLE", HTTP: 503, Reason: "VENDOR_UNAVAILABLE", Retry: true},
		},
		{name: "a journal that cannot be written", change: stopsSoon, before: withoutJournal, rpc: "CreateCustomer", request: create, want: unrecorded},
		{
			name: "a journal that cannot be read", change: stopsSoon, before: withoutJournal, rpc: "GetOperation",
			request: map[string]any{"provider": "opencell", "requestId": "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d301"}, want: unrecorded,
		},
		{
			name: "a panic", change: defective, rpc: "GetCustomer", request: map[string]any{"provider": "opencell", "customerId": "panic"}, want: defect,
		},
		{
			name: "an error of another kind", change: defective, rpc: "GetCustomer",
			request: map[string]any{"provider": "opencell", "customerId": "defect"}, want: defect,
		},
		{
			name: "an outcome that only a person can tell: waiting does not help",
			change: func(config *configv1.Config, connected map[string]providers.Provider) {
				reconnect(config, connected, "caliq", autoNumbering)
			},
			before: func(t *testing.T, r *running) func() {
				order(t, r, map[string]any{"vendor": "caliq", "operation": "create", "kind": "drop_after"})
				got := callGRPC(t.Context(), t, r, method(t, "CreateCustomer"), asBody(t, unnumbered))
				compare(t, "before", expectation{Code: "ABORTED", HTTP: 409, Reason: "OUTCOME_UNKNOWN", Retry: true}, got)
				wait := map[string]any{"provider": "caliq", "requestId": unnumbered["requestId"], "timeout": "20s"}
				got = callGRPC(t.Context(), t, r, method(t, "WaitOperation"), asBody(t, wait))
				compare(t, "wait", expectation{Code: "OK", Answer: map[string]any{"operation": map[string]any{"state": "OPERATION_STATE_NEEDS_PERSON"}}}, got)
				return nil
			},
			rpc: "CreateCustomer", request: unnumbered, want: expectation{Code: "ABORTED", HTTP: 409, Reason: "OUTCOME_UNKNOWN"},
		},
		{
			name: "an erased creation",
			before: func(t *testing.T, r *running) func() {
				compare(t, "before", expectation{Code: "OK"}, callGRPC(t.Context(), t, r, method(t, "CreateCustomer"), asBody(t, create)))
				erase(t, r, "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d301")
				return nil
			},
			rpc: "CreateCustomer", request: create, want: expectation{Code: "FAILED_PRECONDITION", HTTP: 400, Reason: "OPERATION_ERASED"},
		},
	}
}

// erase makes the record of a creation at Opencell a tombstone.
func erase(t *testing.T, r *running, requestID string) {
	t.Helper()
	record, err := r.journal.Get(t.Context(), journal.Key{Provider: "opencell", RequestID: uuid.MustParse(requestID)})
	if err != nil || record == nil {
		t.Fatal(record, err)
	}
	record.State, record.Payload = enlistv1.OperationState_OPERATION_STATE_ERASED, &journalv1.Payload{}
	if err := r.journal.Update(t.Context(), record, -1); err != nil {
		t.Fatal(err)
	}
}

func TestReasonsThatNeedHelp(t *testing.T) {
	for transport, call := range transports() {
		for _, c := range helped() {
			t.Run(transport+"/"+c.name, func(t *testing.T) {
				r := start(t, c.change) // one after the other: the gateway keeps a setting in a global variable
				t.Parallel()            // they wait more than they work
				if c.before != nil {
					if after := c.before(t, r); after != nil {
						defer after()
					}
				}
				ctx := t.Context()
				if c.bearer != "" {
					ctx = withBearer(ctx, c.bearer)
				}
				if c.within > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.within)
					defer cancel()
				}
				compare(t, c.rpc, c.want, call(ctx, t, r, method(t, c.rpc), asBody(t, c.request)))
			})
		}
	}
}

func asBody(t *testing.T, request map[string]any) []byte {
	t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// whileCalling starts a call that stays at the vendor for a while.
func whileCalling(operation, rpc string, request map[string]any) func(*testing.T, *running) func() {
	return func(t *testing.T, r *running) func() {
		delayed(t, r, operation)
		var under sync.WaitGroup
		under.Go(func() { callGRPC(context.Background(), t, r, method(t, rpc), asBody(t, request)) })
		sandboxtest.AwaitFaults(t, r.sandboxURL)
		return under.Wait
	}
}

func delayed(t *testing.T, r *running, operation string) func() {
	order(t, r, map[string]any{"vendor": "opencell", "operation": operation, "kind": "latency", "delay_ms": 3000})
	return nil
}

func withoutJournal(t *testing.T, r *running) func() {
	if err := r.journal.Close(); err != nil {
		t.Error(err)
	}
	return func() { // a write that may have happened is undone, with repeated attempts until the end
		r.stop()
		<-r.ended
		r.ended <- nil
	}
}

func stopsSoon(config *configv1.Config, _ map[string]providers.Provider) {
	config.Shutdown.Timeout = durationpb.New(100 * time.Millisecond)
}

// defective makes a provider whose reads panic or return unclassified errors.
func defective(config *configv1.Config, connected map[string]providers.Provider) {
	_, change := gate(nil)
	change(config, connected)
}

func one(provider *configv1.Provider) { provider.MaxInFlight = 1 }

// autoNumbering makes a provider of class NONE. Its time limit is short, since a person decides
// after it.
func autoNumbering(provider *configv1.Provider) {
	provider.GetCaliq().AutoNumbering = true
	provider.Timeout = durationpb.New(2 * time.Second)
}

// afterWait repeats a decision that comes too early.
func afterWait(t *testing.T, decide func() outcome) outcome {
	t.Helper()
	for {
		got := decide()
		if reasonIn(t, got) != "REQUEST_IN_PROGRESS" {
			return got
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// reconnect makes a provider again, with other settings.
func reconnect(config *configv1.Config, connected map[string]providers.Provider, name string, change func(*configv1.Provider)) {
	for _, provider := range config.GetProviders() {
		if provider.GetName() == name {
			change(provider)
			made, err := registry.New([]*configv1.Provider{provider})
			if err != nil {
				panic(err)
			}
			connected[name] = made[name]
		}
	}
}

// promised returns how an error differs from the contract's description of its reason. It returns
// nothing if they agree.
func promised(all []reason, got outcome, name string, retry bool, details []string) string {
	at := slices.IndexFunc(all, func(r reason) bool { return r.name == name })
	if at < 0 {
		return "no reason of the contract: " + name
	}
	r := all[at]
	var differences []string
	differ := func(format string, values ...any) { differences = append(differences, fmt.Sprintf(format, values...)) }
	if code := codeName(got.status.Code()); code != r.code {
		differ("code %s, the contract says %s", code, r.code)
	}
	if got.http != 0 && got.http != r.http && len(r.GetAlsoHttp()) == 0 {
		differ("HTTP status %d, the contract says %d", got.http, r.http)
	}
	if retry != (r.retry == "always") && !strings.Contains(r.retry, "unless") {
		differ("RetryInfo %t, the contract says %s", retry, r.retry)
	}
	for _, detail := range details {
		if detail != "RetryInfo" && !slices.Contains(r.details(), detail) {
			differ("a detail %s, the contract says %s", detail, r.details())
		}
	}
	if !slices.Contains(details, "ErrorInfo") {
		differ("no ErrorInfo")
	}
	return strings.Join(differences, "; ")
}
