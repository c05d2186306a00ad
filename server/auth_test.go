package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// someToken has the form of a token.
const someToken = "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func hashOf(key string) string {
	hash := sha256.Sum256([]byte(key))
	return hex.EncodeToString(hash[:])
}

func withBearer(ctx context.Context, text string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+text)
}

// guarded accepts callers of every kind, with API keys and with the tokens of an issuer.
func guarded(t *testing.T, issuer *authtest.Issuer) func(*configv1.Config, map[string]providers.Provider) {
	t.Helper()
	published := httptest.NewServer(issuer)
	t.Cleanup(published.Close)
	return func(config *configv1.Config, _ map[string]providers.Provider) {
		config.Auth = &configv1.Auth{
			ApiKeys: []*configv1.ApiKey{
				{Name: "all", Sha256: hashOf("all-key")},
				{Name: "all", Sha256: hashOf("all-key-2")},
				{Name: "other", Sha256: hashOf("other-key")},
				{Name: "one", Sha256: hashOf("one-key"), Providers: []string{"opencell"}},
				{Name: "reader", Sha256: hashOf("reader-key"), Rpcs: []string{"GetCustomer", "ListProviders", "GetProvider", "ListOperations", "GetOperation"}},
				{Name: "privacy", Sha256: hashOf("privacy-key"), Privacy: true},
				{Name: "privacy-alone", Sha256: hashOf("privacy-alone-key"), Privacy: true, Rpcs: []string{"ExportCustomerData", "EraseCustomerData"}},
				{Name: "privacy-of-one", Sha256: hashOf("privacy-of-one-key"), Privacy: true, Providers: []string{"caliq"}},
				{Name: "operator", Sha256: hashOf("operator-key"), Operator: true},
				{Name: "operator-of-one", Sha256: hashOf("operator-of-one-key"), Providers: []string{"caliq"}, Operator: true},
			},
			Jwt: &configv1.Jwt{
				Issuer: "https://issuer.example", Audience: "enlist", JwksUrl: published.URL,
				Permissions: []*configv1.JwtPermission{{Scope: "all"}, {Scope: "one", Providers: []string{"opencell"}}, {Scope: "read", Rpcs: []string{"GetCustomer"}}},
			},
		}
	}
}

// Each credential with each kind of call, over both transports.
func TestWhoMayDoWhat(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	r := start(t, guarded(t, issuer))
	const (
		ok      = "" // the call passes: the customer does not exist
		missing = "CREDENTIALS_MISSING"
		invalid = "CREDENTIALS_INVALID"
		denied  = "NOT_PERMITTED"
	)
	customer := map[string]any{"id": "A1", "name": map[string]any{"familyName": "One"}, "billingAddress": map[string]any{"countryCode": "FR"}}
	operation := map[string]any{"provider": "opencell", "requestId": "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d3ff"}
	otherOperation := map[string]any{"provider": "caliq", "requestId": "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d3ff"}
	calls := []struct {
		name, rpc string
		request   map[string]any
	}{
		{"read at opencell", "GetCustomer", map[string]any{"provider": "opencell", "customerId": "NOBODY"}},
		{"read at caliq", "GetCustomer", map[string]any{"provider": "caliq", "customerId": "NOBODY"}},
		{"read nowhere", "GetCustomer", map[string]any{"provider": "nowhere", "customerId": "NOBODY"}},
		{"preview at opencell", "CreateCustomer", map[string]any{"provider": "opencell", "validateOnly": true, "customer": customer}},
		{"wait at opencell", "WaitOperation", operation},
		{"wait at caliq", "WaitOperation", otherOperation},
		{"a request that breaks the rules", "CreateCustomer", map[string]any{"provider": "opencell", "requestId": "x"}},
	}
	for name, c := range map[string]struct {
		authorization []string
		want          [7]string
	}{
		"nothing":                  {nil, [7]string{missing, missing, missing, missing, missing, missing, missing}},
		"a wrong key":              {[]string{"Bearer wrong"}, [7]string{invalid, invalid, invalid, invalid, invalid, invalid, invalid}},
		"two keys":                 {[]string{"Bearer all-key", "Bearer all-key"}, [7]string{invalid, invalid, invalid, invalid, invalid, invalid, invalid}},
		"a key":                    {[]string{"Bearer all-key"}, [7]string{ok, ok, ok, ok, ok, ok, "INVALID_FIELD"}},
		"the key after it":         {[]string{"bearer all-key-2"}, [7]string{ok, ok, ok, ok, ok, ok, "INVALID_FIELD"}},
		"a key for one provider":   {[]string{"Bearer one-key"}, [7]string{ok, denied, denied, ok, ok, denied, "INVALID_FIELD"}},
		"a key for reading":        {[]string{"Bearer reader-key"}, [7]string{ok, ok, ok, denied, denied, denied, denied}},
		"a token for everything":   {[]string{"Bearer " + issuer.Token(t, map[string]any{"scope": "all"})}, [7]string{ok, ok, ok, ok, ok, ok, "INVALID_FIELD"}},
		"a token for one provider": {[]string{"Bearer " + issuer.Token(t, map[string]any{"scope": "one"})}, [7]string{ok, denied, denied, ok, ok, denied, "INVALID_FIELD"}},
		"a token for reading":      {[]string{"Bearer " + issuer.Token(t, map[string]any{"scp": []string{"read"}})}, [7]string{ok, ok, ok, denied, denied, denied, denied}},
		"a token for nothing":      {[]string{"Bearer " + issuer.Token(t, nil)}, [7]string{denied, denied, denied, denied, denied, denied, denied}},
		"a token that is over":     {[]string{"Bearer " + issuer.Token(t, map[string]any{"exp": 1})}, [7]string{invalid, invalid, invalid, invalid, invalid, invalid, invalid}},
	} {
		for transport, call := range transports() {
			for i, made := range calls {
				t.Run(transport+"/"+name+"/"+made.name, func(t *testing.T) {
					ctx := t.Context()
					for _, value := range c.authorization {
						ctx = metadata.AppendToOutgoingContext(ctx, "authorization", value)
					}
					got := call(ctx, t, r, method(t, made.rpc), asBody(t, made.request))
					checkPermission(t, got, c.authorization, c.want[i])
				})
			}
		}
	}
	for _, secret := range []string{"all-key", "one-key", "eyJ"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("%q stands in the log", secret)
		}
	}
	for _, line := range []string{`"principal":"one"`, `"principal":"jwt:jo"`, `"reason":"NOT_PERMITTED"`, `"reason":"CREDENTIALS_MISSING"`} {
		if !strings.Contains(r.log.String(), line) {
			t.Errorf("%s does not stand in the log", line)
		}
	}
}

// checkPermission asserts that a call has passed, or has failed with a reason, and that the error
// tells nothing that the caller must not see.
func checkPermission(t *testing.T, got outcome, authorization []string, want string) {
	t.Helper()
	reason := reasonIn(t, got)
	switch reason {
	case "CUSTOMER_NOT_FOUND", "OPERATION_NOT_FOUND", "PROVIDER_NOT_CONFIGURED", "RPC_NOT_SUPPORTED":
		reason = ""
	}
	if reason != want {
		t.Errorf("%s: %v, want %q", reason, got.status, want)
	}
	for _, secret := range authorization {
		if secret = strings.TrimPrefix(secret, "Bearer "); strings.Contains(got.status.Message(), secret) {
			t.Errorf("the error repeats the credential: %s", got.status.Message())
		}
	}
	if want == "NOT_PERMITTED" && strings.Contains(got.status.Message(), "caliq") {
		t.Errorf("the error tells of providers: %s", got.status.Message())
	}
}

// A caller sees only the providers that it may use, in every list of names.
func TestNamesOfProviders(t *testing.T) {
	r := start(t, guarded(t, authtest.NewIssuer(t)))
	for transport, call := range transports() {
		for key, want := range map[string]int{"all-key": len(registry.All()), "one-key": 1} {
			got := call(withBearer(t.Context(), key), t, r, method(t, "ListProviders"), []byte(`{}`))
			listed, _ := got.answer["providers"].([]any)
			if len(listed) != want {
				t.Errorf("%s: %s sees %d providers", transport, key, len(listed))
			}
			got = call(withBearer(t.Context(), key), t, r, method(t, "CreateCustomer"), []byte(`{"provider":"Nowhere"}`))
			if told := strings.Contains(got.status.Message()+fmt.Sprint(got.status.Details()), "caliq"); told != (key == "all-key") {
				t.Errorf("%s: %s is told of caliq: %t: %v", transport, key, told, got.status)
			}
		}
		got := callGRPC(withBearer(t.Context(), "one-key"), t, r, method(t, "CreateCustomer"), []byte(`{}`))
		if text := fmt.Sprint(got.status.Details()); !strings.Contains(text, "opencell") || strings.Contains(text, "caliq") {
			t.Errorf("without a name: %s", text)
		}
	}
}

// listAll lists the operations that a caller sees, page by page, or returns the reason of the
// error.
func listAll(t *testing.T, r *running, call rpcCall, bearer, provider string, principal any) (customers []string, reason string) {
	t.Helper()
	for page := ""; ; {
		request := map[string]any{"provider": provider, "pageSize": 1}
		if principal != nil {
			request["principal"] = principal
		}
		if page != "" {
			request["pageToken"] = page
		}
		got := call(withBearer(t.Context(), bearer), t, r, method(t, "ListOperations"), asBody(t, request))
		if got.status.Code() != codes.OK {
			return nil, reasonIn(t, got)
		}
		listed, _ := got.answer["operations"].([]any)
		for _, one := range listed {
			operation := one.(map[string]any)
			customers = append(customers, fmt.Sprint(operation["principal"], " ", operation["customerId"]))
		}
		if page, _ = got.answer["nextPageToken"].(string); page == "" {
			return customers, ""
		}
	}
}

// The same request_id of two callers is two creations. Neither caller sees the other's creation,
// and operators see both.
func TestCallersAreApart(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	r := start(t, guarded(t, issuer))
	token := issuer.Token(t, map[string]any{"scope": "all"})
	const id = "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d3aa"
	create := func(transport, bearer, provider, customer string) map[string]any {
		t.Helper()
		got := transports()[transport](withBearer(t.Context(), bearer), t, r, method(t, "CreateCustomer"), asBody(t, map[string]any{
			"provider": provider, "requestId": id, "customer": map[string]any{
				"id": customer, "name": map[string]any{"givenName": "Jo", "familyName": "One"}, "currencyCode": "EUR", "languageCode": "fr-CA", "email": "a@example.com",
				"billingAddress": map[string]any{"lines": []string{"1"}, "countryCode": "FR"},
			}, "unsupportedFields": "UNSUPPORTED_FIELDS_DROP",
		}))
		if got.status.Code() != codes.OK {
			t.Fatalf("%s by %.8s: %v", customer, bearer, got.status)
		}
		return got.answer
	}
	create("gRPC", "all-key", "opencell", "ALL")
	create("REST", "other-key", "opencell", "OTHER")
	create("REST", token, "opencell", "TOKEN")
	create("gRPC", token, "caliq", "NUMBER")
	// The same token repeats the same creation.
	if again := create("REST", token, "opencell", "TOKEN"); again["replayed"] != true {
		t.Errorf("not replayed: %v", again)
	}
	for transport, call := range transports() {
		for _, c := range []struct {
			bearer, provider string
			principal        any
			want             string // or a reason
		}{
			{"all-key", "opencell", nil, "[all ALL]"},
			{"other-key", "-", nil, "[other OTHER]"},
			{token, "-", nil, "[jwt:jo NUMBER jwt:jo TOKEN]"},
			{"all-key", "-", "all", "[all ALL]"},
			{"all-key", "-", "*", "NOT_PERMITTED"},
			{"all-key", "opencell", "other", "NOT_PERMITTED"},
			{"one-key", "-", nil, "[]"},
			{"operator-key", "-", nil, "[]"},
			{"operator-key", "-", "*", "[jwt:jo NUMBER jwt:jo TOKEN other OTHER all ALL]"},
			{"operator-key", "opencell", "*", "[jwt:jo TOKEN other OTHER all ALL]"},
			{"operator-key", "-", "jwt:jo", "[jwt:jo NUMBER jwt:jo TOKEN]"},
			{"operator-of-one-key", "-", "*", "[jwt:jo NUMBER]"},
			{"operator-of-one-key", "opencell", "*", "NOT_PERMITTED"},
		} {
			customers, reason := listAll(t, r, call, c.bearer, c.provider, c.principal)
			if got := fmt.Sprint(customers); reason != "" && reason != c.want || reason == "" && got != c.want {
				t.Errorf("%s: %.12s at %s of %v: %s %s, want %s", transport, c.bearer, c.provider, c.principal, got, reason, c.want)
			}
		}
		// The drift names the creation only to its own caller and to operators.
		for bearer, told := range map[string]bool{"other-key": true, "all-key": false, "operator-key": true} {
			got := call(withBearer(t.Context(), bearer), t, r, method(t, "GetCustomer"),
				asBody(t, map[string]any{"provider": "opencell", "customerId": "OTHER", "includeDrift": true}))
			drift, _ := got.answer["drift"].(map[string]any)
			if drift == nil || (drift["requestId"] != nil) != told || strings.Contains(fmt.Sprint(drift), "written") != told {
				t.Errorf("%s: %s is told of the drift: %v", transport, bearer, got)
			}
		}
		checkOperationsApart(t, r, transport, call, id)
		checkCandidatesApart(t, r, transport, call, id)
	}
}

// checkCandidatesApart asserts that only operators see the candidates of an operation, and who
// finds a creation by its customer.
func checkCandidatesApart(t *testing.T, r *running, transport string, call rpcCall, id string) {
	t.Helper()
	for bearer, want := range map[string]string{"all-key": "NOT_PERMITTED", "operator-of-one-key": "NOT_PERMITTED", "operator-key": ""} {
		request := map[string]any{"provider": "opencell", "requestId": id, "includeCandidates": true}
		if bearer != "all-key" {
			request["principal"] = "all"
		}
		got := call(withBearer(t.Context(), bearer), t, r, method(t, "GetOperation"), asBody(t, request))
		found, _ := got.answer["candidates"].([]any)
		if reason := reasonIn(t, got); reason != want || (want == "") != (len(found) == 1) {
			t.Errorf("%s: %s gets %s %v", transport, bearer, reason, found)
		}
		if want == "" && !strings.Contains(fmt.Sprint(found), "MATCH_OURS") {
			t.Errorf("%s: %v", transport, found)
		}
	}
	for _, c := range []struct {
		bearer, principal, customer string
		want                        int
	}{{"all-key", "all", "ALL", 1}, {"all-key", "all", "OTHER", 0}, {"operator-key", "*", "OTHER", 1}, {"operator-key", "*", "other ", 1}, {"operator-key", "*", "OTHERS", 0}} {
		got := call(withBearer(t.Context(), c.bearer), t, r, method(t, "ListOperations"),
			asBody(t, map[string]any{"provider": "-", "principal": c.principal, "customerId": c.customer}))
		if listed, _ := got.answer["operations"].([]any); got.status.Code() != codes.OK || len(listed) != c.want {
			t.Errorf("%s: %s finds %v of %q", transport, c.bearer, got, c.customer)
		}
	}
}

// checkOperationsApart asserts who sees the operation with an id of the caller "all".
func checkOperationsApart(t *testing.T, r *running, transport string, call rpcCall, id string) {
	t.Helper()
	for _, rpc := range []string{"GetOperation", "WaitOperation", "ResolveOperation"} {
		for _, c := range []struct {
			bearer    string
			principal any
			want      string
		}{
			{"all-key", nil, "ALL"},
			{"one-key", nil, "OPERATION_NOT_FOUND"},
			{"other-key", "all", "NOT_PERMITTED"},
			{"operator-key", nil, "OPERATION_NOT_FOUND"},
			{"operator-key", "all", "ALL"},
			{"operator-of-one-key", "all", "NOT_PERMITTED"},
		} {
			text := operationSeen(t, r, call, rpc, c.bearer, id, c.principal)
			if text != c.want {
				t.Errorf("%s %s by %s of %v: %s, want %s", transport, rpc, c.bearer, c.principal, text, c.want)
			}
		}
	}
}

// operationSeen returns the customer's id in an operation that a caller sees, or the reason of the
// error.
func operationSeen(t *testing.T, r *running, call rpcCall, rpc, bearer, id string, principal any) string {
	t.Helper()
	request := map[string]any{"provider": "opencell", "requestId": id}
	if principal != nil {
		request["principal"] = principal
	}
	if rpc == "ResolveOperation" {
		request["decision"], request["decidedBy"], request["reason"] = "DECISION_FAILED", "Jo", "looked"
	}
	got := call(withBearer(t.Context(), bearer), t, r, method(t, rpc), asBody(t, request))
	operation, _ := got.answer["operation"].(map[string]any)
	text := fmt.Sprint(operation["customerId"])
	// The caller found the operation, which waits for no decision.
	if reason := reasonIn(t, got); reason == "INVALID_FIELD" && rpc == "ResolveOperation" {
		text = "ALL"
	} else if reason != "" {
		text = reason
	}
	return text
}

// What needs no credentials, and what else needs them besides the contract.
func TestWhatIsOpen(t *testing.T) {
	r := start(t, guarded(t, authtest.NewIssuer(t)))
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/openapi.json": 200, "/service-config.json": 200, "/docs/": 200, "/v1/providers": 401, "/v1/nothing": 404,
	} {
		response, err := http.Get(r.restURL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %s", path, response.Status)
		}
	}
	if answer, err := healthv1.NewHealthClient(r.grpc).Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil || answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("health: %v, %v", answer, err)
	}
	if printed := grpcurl(t, r.grpcTarget, "list"); !strings.Contains(printed, "has no credentials") {
		t.Errorf("reflection without credentials: %s", printed)
	}
	if printed := grpcurl(t, "-H", "authorization: Bearer reader-key", r.grpcTarget, "list"); !strings.Contains(printed, "enlist.v1.CustomerService") {
		t.Errorf("reflection: %s", printed)
	}
	_ = r.grpc.Invoke(t.Context(), "/stranger.Service/Words", &healthv1.HealthCheckRequest{}, &healthv1.HealthCheckResponse{})
	if strings.Contains(r.log.String(), "stranger") || !strings.Contains(r.log.String(), `"method":"OTHER"`) {
		t.Error("the log repeats what a stranger sends as a method")
	}
	if !strings.Contains(r.log.String(), `ServerReflectionInfo","transport":"grpc","code":"Unauthenticated"`) {
		t.Error("the refusal of reflection is not in the log")
	}
}

// The server reads no body of a caller without permission.
func TestNoBodyOfStrangers(t *testing.T) {
	r := start(t, guarded(t, authtest.NewIssuer(t)))
	for authorization, want := range map[string]string{"": "CREDENTIALS_MISSING", "Bearer wrong": "CREDENTIALS_INVALID", "Bearer all-key": "INVALID_FIELD"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.restURL+"/v1/providers/opencell/customers", strings.NewReader("no JSON"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		if authorization != "" {
			request.Header.Set("Authorization", authorization)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if !strings.Contains(string(text), want) {
			t.Errorf("%q: %s %s", authorization, response.Status, text)
		}
	}
}

// A server may require no credentials on this machine. A page in a local browser gets no access
// by giving this machine another name.
func TestRebinding(t *testing.T) {
	open, closed := start(t, nil), start(t, guarded(t, authtest.NewIssuer(t)))
	for _, c := range []struct {
		url, path, host string
		want            int
	}{
		{open.restURL, "/v1/providers", "rebound.example", 403},
		{open.restURL, "/metrics", "rebound.example:80", 403},
		{open.restURL, "/v1/providers", "localhost", 200},
		{open.restURL, "/v1/providers", "[::1]:1", 200},
		{open.restURL, "/readyz", "rebound.example", 200},
		{closed.restURL, "/v1/providers", "enlist.example", 200},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+c.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = c.host
		request.Header.Set("Authorization", "Bearer all-key")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s at %s: %s, want %d", c.path, c.host, response.Status, c.want)
		}
	}
}

// reasonIn returns the reason of an error. It is empty for success.
func reasonIn(t *testing.T, got outcome) string {
	t.Helper()
	for _, detail := range got.status.Details() {
		if info, is := detail.(*errdetails.ErrorInfo); is {
			return info.GetReason()
		}
	}
	if got.status.Code() != codes.OK {
		t.Errorf("an error without a reason: %v", got.status)
	}
	return ""
}

// A person's decision names the caller that recorded it.
func TestOperatorDecides(t *testing.T) {
	guard := guarded(t, authtest.NewIssuer(t))
	r := start(t, func(config *configv1.Config, connected map[string]providers.Provider) {
		guard(config, connected)
		reconnect(config, connected, "caliq", autoNumbering)
	})
	order(t, r, map[string]any{"vendor": "caliq", "operation": "create", "kind": "drop_after"})
	const id = "7d1c2f6e-55f0-4f5a-8b39-5f60a4c1d3bb"
	ctx, operator := withBearer(t.Context(), "all-key"), withBearer(t.Context(), "operator-key")
	callGRPC(ctx, t, r, method(t, "CreateCustomer"), asBody(t, map[string]any{"provider": "caliq", "requestId": id, "customer": map[string]any{
		"name": map[string]any{"givenName": "Jo", "familyName": "Bloggs"}, "email": "jo@example.com", "currencyCode": "GBP",
		"billingAddress": map[string]any{"lines": []any{"1 High Street"}, "countryCode": "GB"},
	}}))
	wait := map[string]any{"provider": "caliq", "requestId": id, "principal": "all", "timeout": "20s"}
	callREST(operator, t, r, method(t, "WaitOperation"), asBody(t, wait))
	got := afterWait(t, func() outcome {
		return callREST(operator, t, r, method(t, "ResolveOperation"), asBody(t, map[string]any{
			"provider": "caliq", "requestId": id, "principal": "all", "decision": "DECISION_FAILED", "decidedBy": "Jo Doe", "reason": "looked",
		}))
	})
	compare(t, "resolve", expectation{Code: "OK", HTTP: 200, Answer: map[string]any{"operation": map[string]any{
		"principal": "all", "state": "OPERATION_STATE_FAILED", "decision": map[string]any{"principal": "operator", "decidedBy": "Jo Doe"},
	}}}, got)

	correction := map[string]any{
		"provider": "caliq", "requestId": id, "principal": "all", "decision": "DECISION_SUCCEEDED", "customerId": "1000", "decidedBy": "Al",
		"reason": "it was in another branch", "unverified": true,
	}
	got = callGRPC(ctx, t, r, method(t, "ResolveOperation"), asBody(t, correction))
	compare(t, "a caller corrects", expectation{Code: "PERMISSION_DENIED", HTTP: 403, Reason: "NOT_PERMITTED"}, got)
	got = callREST(operator, t, r, method(t, "ResolveOperation"), asBody(t, correction))
	compare(t, "the operator corrects", expectation{Code: "OK", HTTP: 200, Answer: map[string]any{"operation": map[string]any{
		"state": "OPERATION_STATE_SUCCEEDED", "customerId": "1000", "decision": map[string]any{"decidedBy": "Al", "unverified": true},
		"earlierDecisions": []any{map[string]any{"decidedBy": "Jo Doe", "decision": "DECISION_FAILED"}},
	}}}, got)
}
