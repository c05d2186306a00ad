package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// vendorsByProvider maps the demo's providers to the sandbox's names of their vendors.
func vendorsByProvider() map[string]string {
	return map[string]string{"opencell": "opencell", "sellandsign": "sell_and_sign", "valomnia": "valomnia", "caliq": "caliq", "avvio": "avvio"}
}

// hostile returns a customer whose texts do harm if they are not quoted. Its id fits every
// vendor.
func hostile(t *testing.T, provider string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	request := &enlistv1.CreateCustomerRequest{
		Provider: provider, RequestId: fmt.Sprintf("0b8f6a3e-5f0c-4a57-9f0e-%012x", time.Now().UnixNano()&0xffffffffffff),
		UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP,
		Customer: &enlistv1.Customer{
			Id: "HO-1", Name: &enlistv1.PersonName{Title: "Mr", GivenName: "`touch a`'\"$HOME", FamilyName: "O'X$(touch b)\\"},
			Email: "o'x@example.com", Mobile: "+12345006789", CurrencyCode: "EUR", Comment: "a\n$(touch c)\n'; touch d #\n!! $OPENCELL_TOKEN $VALOMNIA_SESSION $SELLANDSIGN_TOKEN $REQUEST_AVVIO_PASSWORD_",
			BillingAddress: &enlistv1.Address{
				Lines: []string{"1';touch e;'", "\"$(touch f)", "$HOME"}, City: "$HOME 'x' é !! $AVVIO_PASSWORD $CALIQ_API_KEY", PostalCode: "1", CountryCode: "FR",
			},
		},
	}
	switch provider {
	case "sellandsign": // takes names of letters and apostrophes only
		request.Customer.Name.GivenName, request.Customer.Name.FamilyName = "Jo", "O'X"
	case "avvio":
		request.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: "customers-password"}}
	}
	return request
}

// The responses of OperationService for creations with every outcome, over both transports.
func TestOperations(t *testing.T) {
	for name, transport := range transports() {
		t.Run(name, func(t *testing.T) {
			r := start(t, func(configuration *configv1.Config, connected map[string]providers.Provider) {
				for _, provider := range configuration.GetProviders() {
					if provider.GetCaliq() != nil { // assigns the numbers itself, so Enlist cannot look them up
						autoNumbering(provider)
						provider.LookupLag = durationpb.New(8 * time.Second) // an early decision below must be too early
					}
				}
				again, err := registry.New(configuration.GetProviders())
				if err != nil {
					t.Fatal(err)
				}
				maps.Copy(connected, again)
			})
			call := func(rpc string, request map[string]any) outcome {
				text, _ := json.Marshal(request)
				return transport(t.Context(), t, r, method(t, rpc), text)
			}
			check := func(rpc string, request map[string]any, want expectation) map[string]any {
				t.Helper()
				got := call(rpc, request)
				compare(t, fmt.Sprint(rpc, request), want, got)
				return got.answer
			}
			ok := func(answer map[string]any) expectation { return expectation{Code: "OK", HTTP: 200, Answer: answer} }
			refused := func(fields ...string) expectation {
				return expectation{Code: "INVALID_ARGUMENT", HTTP: 400, Reason: "INVALID_FIELD", Fields: fields}
			}
			absent := func(reason string) expectation { return expectation{Code: "NOT_FOUND", HTTP: 404, Reason: reason} }
			unknown := expectation{Code: "ABORTED", HTTP: 409, Reason: "OUTCOME_UNKNOWN", Retry: true}
			id := func(n int) string { return fmt.Sprintf("0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a%02d", n) }
			create := func(n int, provider, customer string, want expectation) {
				t.Helper()
				check("CreateCustomer", map[string]any{
					"provider": provider, "requestId": id(n), "unsupportedFields": "UNSUPPORTED_FIELDS_DROP", "customer": map[string]any{
						"id": customer, "name": map[string]any{"title": "Mr", "givenName": "Jo", "familyName": "Ox"}, "email": "jo@example.com", "mobile": "+33612345678", "currencyCode": "EUR",
						"billingAddress": map[string]any{"lines": []string{"1"}, "city": "X", "postalCode": "1", "countryCode": "FR"},
					},
				}, want)
			}
			about := func(n int, provider string) map[string]any {
				return map[string]any{"provider": provider, "requestId": id(n)}
			}
			began := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)

			create(1, "opencell", "c1", ok(nil))
			create(2, "opencell", "c1", expectation{Code: "ALREADY_EXISTS", HTTP: 409, Reason: "CUSTOMER_EXISTS"})
			create(3, "sellandsign", "c1", ok(nil))
			order(t, r, map[string]any{"vendor": "caliq", "operation": "create", "kind": "drop_after"})
			create(4, "caliq", "", unknown)
			order(t, r, map[string]any{"vendor": "opencell", "operation": "get", "kind": "status_500", "times": 1000})
			order(t, r, map[string]any{"vendor": "opencell", "operation": "create", "kind": "drop_after"})
			create(5, "opencell", "c5", unknown)

			shown := check("GetOperation", about(1, "opencell"), ok(map[string]any{"operation": map[string]any{
				"provider": "opencell", "requestId": id(1), "customerId": "c1", "state": "OPERATION_STATE_SUCCEEDED",
				"response": map[string]any{"outcome": "OUTCOME_CREATED"},
			}}))["operation"].(map[string]any)
			for _, name := range []string{"createTime", "updateTime", "expireTime", "tries"} {
				if shown[name] == nil {
					t.Errorf("an operation without %s", name)
				}
			}
			check("GetOperation", about(2, "opencell"), ok(map[string]any{"operation": map[string]any{
				"state": "OPERATION_STATE_FAILED", "error": map[string]any{"code": 6},
			}}))
			check("GetOperation", about(1, "valomnia"), absent("OPERATION_NOT_FOUND"))
			check("GetOperation", about(1, "nobody"), absent("PROVIDER_NOT_CONFIGURED"))
			check("GetOperation", map[string]any{"provider": "opencell", "requestId": "x"}, refused("request_id"))

			listed := func(filter map[string]any, want ...int) map[string]any {
				t.Helper()
				operations := make([]any, len(want))
				for i, n := range want {
					operations[i] = map[string]any{"requestId": id(n)}
				}
				if len(want) == 0 {
					return check("ListOperations", filter, ok(nil))
				}
				return check("ListOperations", filter, ok(map[string]any{"operations": operations}))
			}
			listed(map[string]any{"provider": "opencell"}, 5, 2, 1)
			listed(map[string]any{"provider": "-"}, 5, 4, 3, 2, 1)
			listed(map[string]any{"provider": "-", "state": "OPERATION_STATE_SUCCEEDED"}, 3, 1)
			listed(map[string]any{"provider": "opencell", "startTime": began, "state": "OPERATION_STATE_FAILED"}, 2)
			if answer := listed(map[string]any{"provider": "-", "endTime": began}); answer["operations"] != nil && len(answer["operations"].([]any)) > 0 {
				t.Errorf("before there were any: %v", answer)
			}
			check("ListOperations", map[string]any{"provider": "nobody"}, absent("PROVIDER_NOT_CONFIGURED"))
			first := listed(map[string]any{"provider": "-", "pageSize": 2}, 5, 4)
			token := first["nextPageToken"].(string)
			second := listed(map[string]any{"provider": "-", "pageSize": 2, "pageToken": token}, 3, 2)
			last := listed(map[string]any{"provider": "-", "pageSize": 2, "pageToken": second["nextPageToken"]}, 1)
			if next := last["nextPageToken"]; next != nil && next != "" {
				t.Errorf("the last page has the token %v", next)
			}
			check("ListOperations", map[string]any{"provider": "opencell", "pageSize": 2, "pageToken": token}, refused("page_token"))
			check("ListOperations", map[string]any{"provider": "-", "pageToken": "x"}, refused("page_token"))

			wait := func(n int, provider, timeout string) map[string]any {
				request := about(n, provider)
				request["timeout"] = timeout
				return request
			}
			check("WaitOperation", wait(1, "opencell", "5s"), ok(map[string]any{"operation": map[string]any{"state": "OPERATION_STATE_SUCCEEDED"}}))
			check("WaitOperation", wait(5, "opencell", "0.500s"), ok(map[string]any{"operation": map[string]any{"state": "OPERATION_STATE_UNKNOWN"}}))
			check("WaitOperation", wait(4, "caliq", "20s"), ok(map[string]any{"operation": map[string]any{"state": "OPERATION_STATE_NEEDS_PERSON"}}))
			check("WaitOperation", wait(9, "caliq", "1s"), absent("OPERATION_NOT_FOUND"))
			check("WaitOperation", wait(1, "opencell", "301s"), refused("timeout"))

			decide := func(n int, provider, decision, customer string) map[string]any {
				return map[string]any{
					"provider": provider, "requestId": id(n), "decision": decision, "customerId": customer, "decidedBy": "Ada", "reason": "seen",
				}
			}
			check("ResolveOperation", decide(1, "opencell", "DECISION_FAILED", ""), refused("request_id"))
			check("ResolveOperation", decide(5, "opencell", "DECISION_FAILED", ""), refused("request_id"))
			check("ResolveOperation", decide(9, "opencell", "DECISION_FAILED", ""), absent("OPERATION_NOT_FOUND"))
			check("ResolveOperation", about(4, "caliq"), refused("decision", "decided_by", "reason"))
			check("ResolveOperation", decide(4, "caliq", "DECISION_FAILED", ""), expectation{Code: "ABORTED", HTTP: 409, Reason: "REQUEST_IN_PROGRESS", Retry: true})
			check("ResolveOperation", decide(4, "caliq", "DECISION_SUCCEEDED", ""), refused("customer_id"))
			check("ResolveOperation", decide(4, "caliq", "DECISION_SUCCEEDED", "999999"), refused("customer_id"))
			blank := decide(4, "caliq", "DECISION_FAILED", "")
			blank["unverified"], blank["reason"] = true, " \n"
			check("ResolveOperation", blank, refused("reason"))
			order(t, r, map[string]any{"vendor": "caliq", "operation": "get", "kind": "status_500"})
			check("ResolveOperation", decide(4, "caliq", "DECISION_SUCCEEDED", "999999"), expectation{Code: "UNAVAILABLE", HTTP: 503, Reason: "VENDOR_UNAVAILABLE", Retry: true})
			time.Sleep(time.Second)
			afterWait(t, func() outcome { return call("ResolveOperation", decide(4, "caliq", "DECISION_FAILED", "")) })
			check("ResolveOperation", decide(4, "caliq", "DECISION_FAILED", ""), ok(map[string]any{"operation": map[string]any{
				"state": "OPERATION_STATE_FAILED", "decision": map[string]any{"decision": "DECISION_FAILED", "decidedBy": "Ada", "reason": "seen"},
			}}))
			create(4, "caliq", "", expectation{Code: "FAILED_PRECONDITION", HTTP: 400, Reason: "VENDOR_REJECTED"})
			unverified := decide(4, "caliq", "DECISION_SUCCEEDED", "999999")
			check("ResolveOperation", unverified, refused("customer_id"))
			unverified["unverified"] = true
			check("ResolveOperation", unverified, ok(map[string]any{"operation": map[string]any{
				"state": "OPERATION_STATE_SUCCEEDED", "customerId": "999999", "decision": map[string]any{"unverified": true},
				"earlierDecisions": []any{map[string]any{"decision": "DECISION_FAILED", "decidedBy": "Ada"}},
			}}))
			create(4, "caliq", "", ok(map[string]any{"replayed": true, "customer": map[string]any{"id": "999999"}}))
		})
	}
}

// Enlist can show each attempt. The attempt holds no secret. At every vendor and for every
// customer name, its curl line repeats the same request.
func TestTriesCanBeRepeated(t *testing.T) {
	r := start(t, nil)
	client, operations := enlistv1.NewCustomerServiceClient(r.grpc), enlistv1.NewOperationServiceClient(r.grpc)
	for provider, vendor := range vendorsByProvider() {
		t.Run(provider, func(t *testing.T) {
			request := hostile(t, provider)
			order(t, r, map[string]any{"vendor": vendor, "operation": "create", "kind": "drop_after"})
			if _, err := client.CreateCustomer(t.Context(), request); status.Code(err) != codes.Aborted {
				t.Fatalf("the fault has ended in %v", err)
			}
			waited, err := operations.WaitOperation(t.Context(), &enlistv1.WaitOperationRequest{
				Provider: provider, RequestId: request.GetRequestId(), Timeout: durationpb.New(20 * time.Second),
			})
			if err != nil || waited.GetOperation().GetState() != enlistv1.OperationState_OPERATION_STATE_SUCCEEDED {
				t.Fatalf("%v, %v", waited, err)
			}
			shown, _ := protojson.Marshal(waited)
			for _, secret := range append(r.secrets(t), "customers-password") {
				if bytes.Contains(shown, []byte(secret)) {
					t.Errorf("the operation shows %q", secret)
				}
			}
			r.repeat(t, provider, vendor, waited.GetOperation().GetTries())
		})
	}
}

// repeat runs the curl line of each attempt. A look-up has the same response again, and a send
// makes the same records.
func (r *running) repeat(t *testing.T, provider, vendor string, tries []*enlistv1.OperationTry) {
	t.Helper()
	sent, looked := 0, 0
	records := r.records(t, vendor)
	if !strings.Contains(records, "$(touch f)") {
		t.Errorf("the sandbox holds %s", records)
	}
	for _, try := range tries {
		switch {
		case try.GetKind() == enlistv1.TryKind_TRY_KIND_LOOKUP && try.GetResponseBody() != "" && sent > 0:
			looked++
			got := r.run(t, provider, try.GetCurl())
			if strings.Contains(try.GetResponseBody(), "not kept: a list") { // also with other customers
				if !strings.Contains(got, "HO-1") && !strings.Contains(got, "accountID") {
					t.Errorf("%s\nanswers\n%s", try.GetCurl(), got)
				}
			} else if !sameAnswer(got, try.GetResponseBody()) {
				t.Errorf("%s\nanswers\n%s\nwas\n%s", try.GetCurl(), got, try.GetResponseBody())
			}
		case try.GetKind() == enlistv1.TryKind_TRY_KIND_SEND:
			sent++
			r.forget(t)
			r.run(t, provider, try.GetCurl())
			if again := r.records(t, vendor); again != records {
				t.Errorf("%s\nmakes\n%s\nwas\n%s", try.GetCurl(), again, records)
			}
		}
	}
	if sent != 1 || looked == 0 {
		t.Errorf("%d sends and %d look-ups", sent, looked)
	}
}

// run runs a curl line in a separate folder, in which no file may appear. The environment has
// only the demo's credentials.
func (r *running) run(t *testing.T, provider, line string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-c", line)
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "HOME=/a/home")
	for name, secret := range r.credentials(t, provider) {
		command.Env = append(command.Env, name+"="+secret, name+"_="+secret) // as if a customer imitates it
	}
	answer, err := command.Output()
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
	if left, _ := os.ReadDir(command.Dir); len(left) > 0 {
		t.Errorf("%s\nhas run what a customer wrote: %v", line, left)
	}
	return string(answer)
}

// credentials sets the placeholders of a provider's requests.
func (r *running) credentials(t *testing.T, provider string) map[string]string {
	t.Helper()
	demo := sandboxtest.DemoCredentials()
	switch provider {
	case "opencell":
		answer := r.post(t, "/auth/realms/"+demo.Opencell.Realm+"/protocol/openid-connect/token", url.Values{
			"grant_type": {"password"}, "client_id": {demo.Opencell.ClientID}, "client_secret": {demo.Opencell.ClientSecret},
			"username": {demo.Opencell.Username}, "password": {demo.Opencell.Password},
		}, nil)
		var token struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(answer), &token); err != nil {
			t.Fatalf("%v: %s", err, answer)
		}
		return map[string]string{"OPENCELL_TOKEN": token.AccessToken}
	case "valomnia":
		jar, _ := cookiejar.New(nil)
		r.post(t, "/j_spring_security_check", url.Values{"j_username": {demo.Valomnia.Username}, "j_password": {demo.Valomnia.Password}}, jar)
		at, _ := url.Parse(r.sandboxURL + "/api/v1.0/")
		for _, cookie := range jar.Cookies(at) {
			return map[string]string{"VALOMNIA_SESSION": cookie.Value}
		}
		t.Fatal("no session")
	case "sellandsign":
		return map[string]string{"SELLANDSIGN_TOKEN": demo.SellAndSign.Token}
	case "caliq":
		return map[string]string{"CALIQ_API_KEY": demo.Caliq.APIKey}
	}
	return map[string]string{"AVVIO_PASSWORD": demo.Avvio.Password, "REQUEST_AVVIO_PASSWORD": "customers-password"}
}

func (r *running) secrets(*testing.T) []string {
	demo := sandboxtest.DemoCredentials()
	return []string{
		demo.Opencell.ClientSecret, demo.Opencell.Password, demo.SellAndSign.Token, url.QueryEscape(demo.SellAndSign.Token),
		demo.Valomnia.Password, demo.Caliq.APIKey, demo.Avvio.Password,
	}
}

func (r *running) post(t *testing.T, path string, form url.Values, jar http.CookieJar) string {
	t.Helper()
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(r.sandboxURL+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	return string(text)
}

// records returns the sandbox's records of a vendor, without the parts that differ between
// records.
func (r *running) records(t *testing.T, vendor string) string {
	t.Helper()
	response, err := http.Get(r.sandboxURL + "/sandbox/records?vendor=" + vendor)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	return canonical(string(text))
}

func (r *running) forget(t *testing.T) {
	t.Helper()
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodDelete, r.sandboxURL+"/sandbox/records", http.NoBody)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

// sameAnswer compares two responses. The second may be truncated.
func sameAnswer(got, want string) bool {
	return canonical(got) == canonical(want) || strings.HasPrefix(got, strings.TrimSuffix(want, "…"))
}

// canonical removes what differs between responses: times, and numbers that the vendor assigns.
func canonical(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	out, _ := json.MarshalIndent(withoutMoving(value), "", " ")
	return string(out)
}

func withoutMoving(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if lower := strings.ToLower(name); strings.Contains(lower, "id") || strings.Contains(lower, "date") || strings.Contains(lower, "time") ||
				strings.Contains(lower, "created") || strings.Contains(lower, "updated") || strings.Contains(lower, "modified") || lower == "number" || lower == "key" {
				delete(value, name)
				continue
			}
			value[name] = withoutMoving(member)
		}
	case []any:
		for i := range value {
			value[i] = withoutMoving(value[i])
		}
	}
	return value
}
