package server_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// What HTTP alone can get wrong: always a status in JSON that says what to change, never a 500.
func TestRESTRefusals(t *testing.T) {
	r := start(t, nil)
	const customers = "/v1/providers/opencell/customers"
	const valid = `{"customer":{"id":"X","name":{"familyName":"One"},"billingAddress":{"countryCode":"FR"}}}`
	image := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 1<<20))
	for name, c := range map[string]struct {
		method, path, contentType, body string
		wantHTTP                        int
		wantField, wantText             string
	}{
		"form":                {"POST", customers, "application/x-www-form-urlencoded", valid, 415, "Content-Type", "application/json"},
		"no content type":     {"POST", customers, "", valid, 415, "Content-Type", "application/json"},
		"another charset":     {"POST", customers, "application/json; charset=latin1", valid, 415, "Content-Type", "UTF-8"},
		"utf-8":               {"POST", customers, "application/json; charset=UTF-8", valid, 200, "", ""},
		"not JSON":            {"POST", customers, "application/json", `{"customer":`, 400, "body", "stops being JSON at line 1 column 12"},
		"two values":          {"POST", customers, "application/json", valid + valid, 400, "body", "one JSON object"},
		"an array":            {"POST", customers, "application/json", `[]`, 400, "body", "one JSON object"},
		"a text":              {"POST", customers, "application/json", `"x"`, 400, "body", "one JSON object"},
		"null":                {"POST", customers, "application/json", `null`, 400, "body", "one JSON object"},
		"nothing":             {"POST", customers, "application/json", ``, 400, "customer", "must be set"},
		"not UTF-8":           {"POST", customers, "application/json", "{\"customer\":{\"id\":\"\xff\"}}", 400, "customer.id", "UTF-8"},
		"a key not UTF-8":     {"POST", customers, "application/json", "{\"customer\":{\"properties\":{\"\xff\":\"x\"}}}", 400, "", "UTF-8"},
		"half, as a key":      {"POST", customers, "application/json", `{"customer":{"properties":{"\ud800":"x"}}}`, 400, "", "UTF-8"},
		"a query not UTF-8":   {"GET", "/v1/providers?page_token=%ff", "", "", 400, "page_token", "UTF-8"},
		"NUL in a query":      {"GET", "/v1/providers?page_token=%00", "", "", 400, "page_token", "must not contain control characters (U+0000)"},
		"half a character":    {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"\ud800"}}}`, 400, "body", "UTF-8"},
		"half, further up":    {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"\ud800","title":"Mr"}}}`, 400, "customer.name.family_name", "UTF-8"},
		"unknown field":       {"POST", customers, "application/json", `{"customer":{"name":{"familyNam":"x"}}}`, 400, "customer.name.familyNam", "there are family_name, given_name, title"},
		"unknown at top":      {"POST", customers, "application/json", "{\n  \"custmer\": {}}", 400, "custmer", "line 2 column 3"},
		"number for text":     {"POST", customers, "application/json", `{"customer":{"displayName":5}}`, 400, "customer.display_name", "must be a text"},
		"text for object":     {"POST", customers, "application/json", `{"customer":{"name":"Smith"}}`, 400, "customer.name", "must be an object with some of family_name"},
		"object for list":     {"POST", customers, "application/json", `{"customer":{"billingAddress":{"lines":{}}}}`, 400, "customer.billing_address.lines", "must be a list"},
		"number in a list":    {"POST", customers, "application/json", `{"customer":{"billingAddress":{"lines":["a",7]}}}`, 400, "customer.billing_address.lines[1]", "must be a text"},
		"number in a map":     {"POST", customers, "application/json", `{"customer":{"properties":{"a":"b","c":1}}}`, 400, `customer.properties["c"]`, "must be a text"},
		"unknown enum":        {"POST", customers, "application/json", `{"onExisting":"UPDATE"}`, 400, "on_existing", "ON_EXISTING_FAIL, ON_EXISTING_UPDATE, ON_EXISTING_ADOPT"},
		"not base64":          {"POST", customers, "application/json", `{"valomnia":{"image":{"content":"*"}}}`, 400, "valomnia.image.content", "base64"},
		"deep":                {"POST", customers, "application/json", strings.Repeat(`{"customer":`, 20000), 400, "body", ""},
		"two options":         {"POST", customers, "application/json", `{"opencell":{},"caliq":{}}`, 400, "caliq", "at most one of avvio, caliq, opencell, sell_and_sign, valomnia"},
		"a field twice":       {"POST", customers, "application/json", `{"requestId":"a","request_id":"b"}`, 400, "request_id", "once"},
		"a property twice":    {"POST", customers, "application/json", `{"customer":{"properties":{"k":"a","x":"b","\u006b":"c"}}}`, 400, `customer.properties["k"]`, "must not stand twice (line 1 column 44)"},
		"other provider":      {"POST", customers, "application/json", `{"provider":"caliq"}`, 400, "provider", "the same in the body as in the path"},
		"query with POST":     {"POST", customers + "?validateOnly=true", "application/json", valid, 400, "query", "JSON body"},
		"large":               {"POST", customers, "application/json", `{"customer":{"comment":"` + strings.Repeat("x", 1<<20) + `"}}`, 413, "body", "1 MiB"},
		"huge":                {"POST", customers, "application/json", `{"customer":{"comment":"` + strings.Repeat("x", 5<<20) + `"}}`, 413, "body", "1 MiB"},
		"large with image":    {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"x"}},"valomnia":{"image":{"filename":"a.png","content":"` + image + `"}}}`, 400, "valomnia", "another vendor"},
		"body with GET":       {"GET", customers + "/X", "application/json", `{}`, 400, "body", "must be left out"},
		"unknown query":       {"GET", "/v1/providers?page_sise=1", "", "", 400, "page_sise", "there are page_size, page_token"},
		"bad query":           {"GET", "/v1/providers?page_size=x", "", "", 400, "page_size", "page_size must be a whole number"},
		"query twice":         {"GET", "/v1/providers?page_size=1&page_size=2", "", "", 400, "page_size", "must be given once"},
		"path in query":       {"GET", customers + "/X?customer_id=Y", "", "", 400, "customer_id", "stands in the path"},
		"unknown path":        {"GET", "/v1/customers", "", "", 404, "", "/openapi.json"},
		"root":                {"GET", "/", "", "", 404, "", "/openapi.json"},
		"unknown method":      {"DELETE", customers + "/X", "", "", 405, "", "method"},
		"override":            {"POST", "/v1/providers", "application/json", "", 405, "", "method"},
		"PUT with a body":     {"PUT", customers, "application/json", valid, 405, "", "method"},
		"no provider":         {"POST", "/v1/providers//customers", "application/json", valid, 400, "provider", "name of a configured provider"},
		"dots":                {"GET", customers + "/..", "", "", 404, "", "no customer with this id"},
		"no parameter":        {"GET", "/v1/providers?=1", "", "", 400, `""`, "there are page_size, page_token"},
		"letters swapped":     {"POST", customers, "application/json", `{"customer":{"naem":{}}}`, 400, "customer.naem", "is not a field, unlike customer.name; there are"},
		"other separators":    {"POST", customers, "application/json", `{"customer":{"display-name":""}}`, 400, "customer.display-name", "unlike customer.display_name, customer.name; "},
		"a beginning":         {"POST", customers, "application/json", `{"customer":{"billingAddress":{"country":"France"}}}`, 400, "customer.billing_address.country", "unlike customer.billing_address.country_code; "},
		"one level up":        {"POST", customers, "application/json", `{"familyName":"Smith"}`, 400, "familyName", "unlike customer.name.family_name; "},
		"another message":     {"POST", customers, "application/json", `{"customer":{"password":"x"}}`, 400, "customer.password", "unlike avvio.password; "},
		"a part of it":        {"POST", customers, "application/json", `{"customer":{"last_name":"x"}}`, 400, "customer.last_name", "unlike customer.name; "},
		"a longer name":       {"POST", customers, "application/json", `{"customer":{"customerId":"x"}}`, 400, "customer.customerId", "unlike customer.id; "},
		"two of them":         {"POST", customers, "application/json", `{"customer":{"address":{}}}`, 400, "customer.address", "unlike customer.billing_address, customer.shipping_address; "},
		"like nothing":        {"POST", customers, "application/json", `{"customer":{"zodiac":"x"}}`, 400, "customer.zodiac", "is not a field; there are billing_address, birth_date, birth_place, category, comment, currency_code,"},
		"country's name":      {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"One"},"billingAddress":{"countryCode":"Frankreich"}}}`, 400, "customer.billing_address.country_code", "ISO 3166-1 alpha-2 country code of two capital letters, for example FR"},
		"date as text":        {"POST", customers, "application/json", `{"customer":{"birthDate":"1990-02-03"}}`, 400, "customer.birth_date", `an object such as {"year": 2018, "month": 1, "day": 10}`},
		"number as time":      {"POST", "/v1/providers/opencell/operations/0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11:wait", "application/json", `{"timeout":10}`, 400, "timeout", `as a text such as "30s"`},
		"text for list":       {"POST", customers, "application/json", `{"customer":{"billingAddress":{"lines":"1 Rue"}}}`, 400, "customer.billing_address.lines", "a list, in square brackets"},
		"empty object":        {"POST", customers, "application/json", `{}`, 400, "customer", `for example {"name": {"family_name": "Smith"}}`},
		"provider's case":     {"POST", "/v1/providers/Opencell/customers", "application/json", valid, 400, "provider", "; there are avvio, caliq, opencell, sellandsign, valomnia"},
		"other provider's":    {"POST", "/v1/providers/opencel/customers", "application/json", valid, 404, "", "There are: avvio, caliq, opencell, sellandsign, valomnia"},
		"output only":         {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"One"},"billingAddress":{"countryCode":"FR"},"createTime":"2020-01-01T00:00:00Z"}}`, 400, "customer.create_time", "Leave it out"},
		"slash in an id":      {"GET", customers + "/A/B", "", "", 404, "", "a / in it as %2F"},
		"no such path":        {"POST", "/v1/customers", "application/json", valid, 404, "", "POST /v1/providers/{provider}/customers,"},
		"GET on a verb":       {"GET", "/v1/providers/opencell/operations/0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11:wait", "", "", 405, "", "Use POST /v1/providers/{provider}/operations/{request_id}:wait."},
		"unknown verb":        {"POST", "/v1/providers/opencell/operations/0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11:retry", "application/json", "", 405, "", "POST /v1/providers/{provider}/operations/{request_id}:resolve"},
		"method before body":  {"GET", customers, "application/json", valid, 405, "", "Use POST"},
		"method before query": {"POST", "/v1/providers?page_size=1", "", "", 405, "", "Use GET /v1/providers."},
		"method before type":  {"DELETE", customers + "/X", "text/plain", "x", 405, "", "Use GET"},
		"path before type":    {"POST", "/v1/customers", "text/plain", "x", 404, "", "There is no such path"},
		"path before query":   {"POST", "/v1/customers?validateOnly=true", "application/json", valid, 404, "", "There is no such path"},
		"path before body":    {"GET", "/v1/customers", "application/json", valid, 404, "", "There is no such path"},
		"path with no id":     {"POST", "/v1/providers/opencell/operations/:wait", "", "", 404, "", "There is no such path"},
		"POST to health":      {"POST", "/healthz", "application/json", valid, 405, "", "Use GET /healthz."},
		"PUT to the page":     {"PUT", "/docs/page.js", "", "", 405, "", "Use GET /docs/."},
		"list customers":      {"GET", customers, "", "", 405, "", "Use POST /v1/providers/{provider}/customers."},
		"verb in an id":       {"GET", customers + "/A:wait", "", "", 404, "", "no customer with this id"},
		"path not UTF-8":      {"GET", customers + "/%ff", "", "", 400, "path", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), c.method, r.restURL+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.contentType != "" {
				request.Header.Set("Content-Type", c.contentType)
			}
			got := do(t, request)
			if got.http != c.wantHTTP {
				t.Fatalf("HTTP status %d, want %d: %v", got.http, c.wantHTTP, got.status)
			}
			if c.wantHTTP == http.StatusOK {
				return
			}
			text, field := got.status.Message(), ""
			for _, detail := range got.status.Details() {
				if bad, ok := detail.(*errdetails.BadRequest); ok {
					field = bad.GetFieldViolations()[0].GetField()
					text += bad.GetFieldViolations()[0].GetDescription()
				}
			}
			if field != c.wantField && c.wantField != "" {
				t.Errorf("field %q, want %q: %s", field, c.wantField, text)
			}
			if !strings.Contains(text, c.wantText) {
				t.Errorf("%q does not say %q", text, c.wantText)
			}
		})
	}
}

// Many a client shows a status without its details: the message alone must say what to change.
func TestMessagesStandAlone(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct {
		provider, body, want string
		fault                map[string]any
	}{
		{
			"avvio", `{"customer":{"name":{"givenName":"A","familyName":"One"},"email":"a@example.com"},"avvio":{"password":"x"}}`, "Call again with the same request_id",
			map[string]any{"vendor": "avvio", "operation": "create", "kind": "drop_after"},
		},
		{"avvio", `{"customer":{"name":{"givenName":"A","familyName":"One"},"email":"a@example.com"}}`, "this: avvio.password must be set", nil},
		{"caliq", `{"customer":{"name":{"familyName":"` + strings.Repeat("x", 31) + `"}}}`, " First: customer.", nil},
		{"valomnia", `{"customer":{"displayName":"x"},"valomnia":{"image":{"filename":"a","content":"AAAA"}}}`, "this: valomnia.image.content must be a jpg", nil},
		{"caliq", `{"onExisting":"ON_EXISTING_UPDATE","customer":{"id":"X","name":{"familyName":"One"},"currencyCode":"EUR"}}`, "which takes ON_EXISTING_FAIL, ON_EXISTING_ADOPT", nil},
	} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.restURL+"/v1/providers/"+c.provider+"/customers", strings.NewReader(c.body))
		request.Header.Set("Content-Type", "application/json")
		if c.fault != nil {
			order(t, r, c.fault)
		}
		if got := do(t, request); !strings.Contains(got.status.Message(), c.want) {
			t.Errorf("%s: %q does not say %q", c.provider, got.status.Message(), c.want)
		}
	}
}

func TestRESTTimeout(t *testing.T) {
	r := start(t, nil)
	for header, want := range map[string]int{"5S": 200, "99999999H": 200, "5": 400, "soon": 400, "-5S": 400, "0S": 400, "": 400} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, r.restURL+"/v1/providers", http.NoBody)
		request.Header.Set("Grpc-Timeout", header)
		got := do(t, request)
		if got.http != want || want != http.StatusOK && !strings.Contains(got.status.Message(), "Grpc-Timeout must be a whole number") {
			t.Errorf("%s: HTTP %d, want %d: %v", header, got.http, want, got.status)
		}
	}
}

// A refusal names the field and what it takes, but never repeats the value.
func TestRESTErrorsRepeatNoValues(t *testing.T) {
	r := start(t, nil)
	for _, body := range []string{
		`{"customer":{"email":"s3cret-value"}}`, `{"customer":{"birthDate":{"year":"s3cret-value"}}}`, `{"customer":{"name":{"title":{"s3cret-value":1}}}}`,
		`{"onExisting":"s3cret-value"}`, `{"customer":{"id":"s3cret-value"`, `{"requestId":"s3cret-value"}`,
	} {
		response, err := http.Post(r.restURL+"/v1/providers/opencell/customers", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusBadRequest || strings.Contains(string(text), "s3cret") {
			t.Errorf("%s: %s %s", body, response.Status, text)
		}
	}
	if log := r.log.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, `"reason":"INVALID_FIELD"`) {
		t.Errorf("log: %s", log)
	}
}

func TestIdempotencyKey(t *testing.T) {
	r := start(t, nil)
	const key, other = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a12"
	for name, c := range map[string]struct {
		header, body, want string
		wantHTTP           int
	}{
		"header":          {key, "", key, 200},
		"quoted":          {`"` + key + `"`, "", key, 200},
		"both the same":   {key, key, key, 200},
		"both, differing": {key, other, "", 400},
		"the same twice":  {key + "," + key, "", key, 200},
		"two, differing":  {key + "," + other, "", "", 400},
		"empty":           {" ", "", "", 400},
		"quoted, empty":   {`""`, "", "", 400},
		"not a UUID":      {"abc", "", "", 400},
		"the nil UUID":    {"00000000-0000-0000-0000-000000000000", "", "", 400},
		"body":            {"", other, other, 200},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"validateOnly":true,"customer":{"id":"X","name":{"familyName":"One"},"billingAddress":{"countryCode":"FR"}}}`
			if c.body != "" {
				body = `{"requestId":"` + c.body + `",` + body[1:]
			}
			request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.restURL+"/v1/providers/opencell/customers", strings.NewReader(body))
			request.Header.Set("Content-Type", "application/json")
			for header := range strings.SplitSeq(c.header, ",") {
				if header != "" {
					request.Header.Add("Idempotency-Key", header)
				}
			}
			got := do(t, request)
			if got.http != c.wantHTTP || (c.want != "" && got.answer["requestId"] != c.want) {
				t.Errorf("HTTP %d, request_id %v: %v", got.http, got.answer["requestId"], got.status)
			}
		})
	}
}

// A header that was meant to be Idempotency-Key, and is none, would leave a repeated request without
// its request_id.
func TestNearlyIdempotencyKey(t *testing.T) {
	r := start(t, nil)
	const body = `{"validateOnly":true,"customer":{"id":"X","name":{"familyName":"One"},"billingAddress":{"countryCode":"FR"}}}`
	for name, want := range map[string]int{
		"X-Idempotency-Key": 400, "Idempotency-Id": 400, "Idempotency_key": 400, "X-Request-Id": 200, "Idempotency-Key": 200,
	} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.restURL+"/v1/providers/opencell/customers", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set(name, "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11")
		got := do(t, request)
		if got.http != want || want == 400 && !strings.Contains(got.status.Message(), "did you mean Idempotency-Key?") {
			t.Errorf("%s: HTTP %d, %v", name, got.http, got.status)
		}
	}
}

func TestOpenAPIAndHealth(t *testing.T) {
	r := start(t, nil)
	for path, want := range map[string]string{"/healthz": "SERVING", "/readyz": "SERVING", "/openapi.json": "/v1/providers/{provider}/customers", "/docs": "standalone.js"} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, r.restURL+path, http.NoBody)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("%s: %s %.200s", path, response.Status, text)
		}
	}
}

func TestMethodsOnceServedByName(t *testing.T) {
	r := start(t, nil)
	if err := r.grpc.Invoke(t.Context(), "/enlist.v1.CustomerService/DeleteCustomer", &errdetails.ErrorInfo{}, &errdetails.ErrorInfo{}); !strings.Contains(err.Error(), codes.Unimplemented.String()) ||
		!strings.Contains(err.Error(), "There are: enlist.v1.CustomerService/CreateCustomer, ") || len(status.Convert(err).Details()) != 1 {
		t.Errorf("got %v", err)
	}
}

// A method that a path does not take is told the one that it does, for every path of the contract.
func TestAllowedMethods(t *testing.T) {
	r := start(t, nil)
	tried := 0
	for _, service := range []string{"CustomerService", "ProviderService", "OperationService"} {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName("enlist.v1." + service))
		if err != nil {
			t.Fatal(err)
		}
		methods := found.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			rule, _ := proto.GetExtension(methods.Get(i).Options(), annotations.E_Http).(*annotations.HttpRule)
			path, want := rule.GetGet(), http.MethodGet
			if rule.GetPost() != "" {
				path, want = rule.GetPost(), http.MethodPost
			}
			request, _ := http.NewRequestWithContext(t.Context(), http.MethodDelete, r.restURL+strings.NewReplacer("{", "", "}", "").Replace(path), http.NoBody)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if got := response.Header.Get("Allow"); response.StatusCode != http.StatusMethodNotAllowed || got != want {
				t.Errorf("%s: %s, Allow %q, want %q", path, response.Status, got, want)
			}
			tried++
		}
	}
	if tried != 9 {
		t.Errorf("%d paths", tried)
	}
}
