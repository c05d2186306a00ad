package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	samplesFile  = "../proto/openapidoc/examples.json"
	recordedFile = "../proto/openapidoc/answers.json"
)

// sample is a request in the OpenAPI document.
type sample struct {
	Name       string
	Parameters map[string]any
	Body       map[string]any
}

// recorded holds the responses in the OpenAPI document, by RPC and name of the sample. It holds
// the errors by reason.
type recorded struct {
	Answers map[string]any `json:"answers"`
	Errors  map[string]any `json:"errors"`
}

// Every request in the OpenAPI document succeeds, with the response in the document. The server
// returns every error in the document. Every REST call of the tests also asserts the schemas.
func TestOpenAPIExamples(t *testing.T) {
	got := recorded{Answers: map[string]any{}, Errors: map[string]any{}}
	answerSamples(t, got.Answers)
	for name, failure := range failures(t) {
		got.Errors[name] = failure
	}
	if *update {
		text := new(bytes.Buffer)
		encoder := json.NewEncoder(text)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(recordedFile, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var want recorded
	readJSON(t, recordedFile, &want)
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("%s is not what the server answers (make docs generate):\n%s", recordedFile, difference)
	}
}

// The OpenAPI document has an example of every request, response and error.
func TestOpenAPIHasExamples(t *testing.T) {
	document, err := readOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range document.at("paths") {
		for method := range item.(map[string]any) {
			at := []string{"paths", path, method}
			if document.at(append(at, "requestBody")...) != nil && len(document.at(append(at, "requestBody", "content", "application/json", "examples")...)) == 0 {
				t.Errorf("%s %s has no example of a request", method, path)
			}
			for code := range document.at(append(at, "responses")...) {
				if len(document.at(append(document.follow(append(at, "responses", code)...), "content", "application/json", "examples")...)) == 0 {
					t.Errorf("%s %s %s has no example", method, path, code)
				}
			}
		}
	}
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// startForSamples starts a server with the data of the samples. These are the demo's customers,
// and two creations that wait for a person's decision.
func startForSamples(t *testing.T) *running {
	t.Helper()
	r := start(t, func(config *configv1.Config, connected map[string]providers.Provider) {
		reconnect(config, connected, "caliq", autoNumbering)
	})
	for _, provider := range []string{"opencell", "sellandsign"} {
		demo := map[string]any{"provider": provider, "unsupportedFields": "UNSUPPORTED_FIELDS_DROP", "customer": map[string]any{
			"id": "DEMO-1", "name": map[string]any{"title": "Mr", "givenName": "John", "familyName": "Smith"}, "email": "john.smith@example.com",
			"mobile": "+33123546789", "billingAddress": map[string]any{"lines": []any{"673 Eugene Points"}, "city": "Nice", "postalCode": "06000", "countryCode": "FR"},
		}}
		compare(t, provider, expectation{Code: "OK"}, callGRPC(t.Context(), t, r, method(t, "CreateCustomer"), asBody(t, demo)))
	}
	waitsForPerson := slices.IndexFunc(helped(), func(c helpedCase) bool { return strings.Contains(c.name, "only a person can tell") })
	helped()[waitsForPerson].before(t, r)
	r.operations(t).lookalikes()
	return r
}

// answerSamples sends the samples, creations first and erasures last.
func answerSamples(t *testing.T, answers map[string]any) {
	t.Helper()
	var samples map[string][]sample
	readJSON(t, samplesFile, &samples)
	r := startForSamples(t)
	const first, last = "CreateCustomer", "EraseCustomerData"
	others := slices.DeleteFunc(slices.Sorted(maps.Keys(samples)), func(rpc string) bool { return rpc == first || rpc == last })
	for _, rpc := range append(append([]string{first}, others...), last) {
		for _, one := range samples[rpc] {
			request := maps.Clone(one.Parameters)
			maps.Copy(request, one.Body)
			for from, to := range map[string]string{"customer_id": "customerId", "request_id": "requestId"} {
				if value, has := request[from]; has {
					request[to] = value
					delete(request, from)
				}
			}
			body := asBody(t, request)
			got := afterWait(t, func() outcome { return callREST(t.Context(), t, r, method(t, rpc), body) })
			compare(t, rpc+" "+one.Name, expectation{Code: "OK", HTTP: http.StatusOK}, got)
			answers[rpc+" "+one.Name] = timeless(t, asBody(t, got.answer), body)
		}
	}
}

// failures provokes every reason over REST, and returns the responses. It provokes INVALID_FIELD
// at its other statuses too.
func failures(t *testing.T) map[string]any {
	t.Helper()
	found := map[string]any{}
	note := func(name string, got outcome, request []byte) {
		text, err := protojson.Marshal(got.status.Proto())
		if err != nil {
			t.Fatal(err)
		}
		found[name] = timeless(t, text, request)
	}
	for _, c := range readCases(t) {
		if !slices.ContainsFunc(c.Steps, func(s step) bool { return s.Want.Reason != "" && found[s.Want.Reason] == nil }) {
			continue
		}
		r := start(t, nil)
		for _, step := range c.Steps {
			if step.Fault != nil {
				order(t, r, step.Fault)
			}
			body := asBody(t, step.Request)
			got := callREST(t.Context(), t, r, method(t, step.RPC), body)
			if step.Want.Reason != "" && found[step.Want.Reason] == nil {
				note(step.Want.Reason, got, body)
			}
		}
	}
	for _, c := range helped() {
		if found[c.want.Reason] != nil {
			continue
		}
		func() {
			r, ctx := start(t, c.change), t.Context()
			if c.before != nil {
				if after := c.before(t, r); after != nil {
					defer after()
				}
			}
			if c.bearer != "" {
				ctx = withBearer(ctx, c.bearer)
			}
			if c.within > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, c.within)
				defer cancel()
			}
			body := asBody(t, c.request)
			note(c.want.Reason, callREST(ctx, t, r, method(t, c.rpc), body), body)
		}()
	}
	r := start(t, nil)
	for name, c := range map[string]struct {
		contentType string
		size        int
	}{"INVALID_FIELD_413": {"application/json", 1 << 20}, "INVALID_FIELD_415": {"text/plain", 1}} {
		body := `{"customer":{"comment":"` + strings.Repeat("x", c.size) + `"}}`
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.restURL+"/v1/providers/opencell/customers", io.NopCloser(strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", c.contentType)
		note(name, do(t, request), nil)
	}
	return found
}

var (
	instant  = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	fraction = regexp.MustCompile(`"\d+\.\d+s"`)
	address  = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	anyUUID  = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	token    = regexp.MustCompile(`"nextPageToken":\s*"[^"]+"`)
	earlier  = regexp.MustCompile(`(afterDate\\*":\\*")\d{4}-\d\d-\d\d`)
	moments  = regexp.MustCompile(` and create time\b`) // of two accounts, in the same second or not
)

// timeless parses a response and replaces what changes between runs. These are times, addresses,
// tokens, and ids that the request does not have.
func timeless(t *testing.T, answer, request []byte) any {
	t.Helper()
	answer = instant.ReplaceAll(answer, []byte("2026-01-15T09:30:00Z"))
	answer = earlier.ReplaceAll(answer, []byte("${1}2026-01-12"))
	answer = moments.ReplaceAll(answer, nil)
	answer = fraction.ReplaceAll(answer, []byte(`"1s"`))
	answer = address.ReplaceAll(answer, []byte("127.0.0.1:8090")) // the sandbox of the demo
	answer = token.ReplaceAll(answer, []byte(`"nextPageToken":"next"`))
	answer = anyUUID.ReplaceAllFunc(answer, func(id []byte) []byte {
		// Messages use this id as an example.
		if bytes.Contains(request, id) || string(id) == "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11" {
			return id
		}
		return []byte("c2b8a7de-4f5e-4a3b-9d6c-1e0f2a3b4c5d")
	})
	var parsed any
	if err := json.Unmarshal(answer, &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed
}
