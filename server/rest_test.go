package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
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

// Errors that only HTTP can have get a JSON status that says what to change, and never a 500.
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
		"not JSON":            {"POST", customers, "application/json", `{"customer":`, 400, "body", "the JSON is invalid at line 1 column 12"},
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
		"half, further up":    {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"\ud800","title":"Mr"}}}`, 400, "customer.name.familyName", "UTF-8"},
		"unknown field":       {"POST", customers, "application/json", `{"customer":{"name":{"familyNam":"x"}}}`, 400, "customer.name.familyNam", "Known fields: familyName, givenName, title"},
		"unknown at top":      {"POST", customers, "application/json", "{\n  \"custmer\": {}}", 400, "custmer", "line 2 column 3"},
		"number for text":     {"POST", customers, "application/json", `{"customer":{"displayName":5}}`, 400, "customer.displayName", "must be a string"},
		"text for object":     {"POST", customers, "application/json", `{"customer":{"name":"Smith"}}`, 400, "customer.name", "must be an object with some of familyName"},
		"object for list":     {"POST", customers, "application/json", `{"customer":{"billingAddress":{"lines":{}}}}`, 400, "customer.billingAddress.lines", "must be a list"},
		"number in a list":    {"POST", customers, "application/json", `{"customer":{"billingAddress":{"lines":["a",7]}}}`, 400, "customer.billingAddress.lines[1]", "must be a string"},
		"number in a map":     {"POST", customers, "application/json", `{"customer":{"properties":{"a":"b","c":1}}}`, 400, `customer.properties["c"]`, "must be a string"},
		"unknown enum":        {"POST", customers, "application/json", `{"onExisting":"UPDATE"}`, 400, "onExisting", "ON_EXISTING_FAIL, ON_EXISTING_UPDATE, ON_EXISTING_ADOPT"},
		"not base64":          {"POST", customers, "application/json", `{"valomnia":{"image":{"content":"*"}}}`, 400, "valomnia.image.content", "base64"},
		"deep":                {"POST", customers, "application/json", strings.Repeat(`{"customer":`, 20000), 400, "body", ""},
		"two options":         {"POST", customers, "application/json", `{"opencell":{},"caliq":{}}`, 400, "caliq", "at most one of " + strings.Join(vendorOptions(), ", ")},
		"a field twice":       {"POST", customers, "application/json", `{"requestId":"a","request_id":"b"}`, 400, "request_id", "once"},
		"a property twice":    {"POST", customers, "application/json", `{"customer":{"properties":{"k":"a","x":"b","\u006b":"c"}}}`, 400, `customer.properties["k"]`, "must be set once (line 1 column 44)"},
		"other provider":      {"POST", customers, "application/json", `{"provider":"caliq"}`, 400, "provider", "must equal the provider in the path"},
		"query with POST":     {"POST", customers + "?validateOnly=true", "application/json", valid, 400, "query", "JSON body"},
		"large":               {"POST", customers, "application/json", `{"customer":{"comment":"` + strings.Repeat("x", 1<<20) + `"}}`, 413, "body", "1 MiB"},
		"huge":                {"POST", customers, "application/json", `{"customer":{"comment":"` + strings.Repeat("x", 5<<20) + `"}}`, 413, "body", "1 MiB"},
		"large with image":    {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"x"}},"valomnia":{"image":{"filename":"a.png","content":"` + image + `"}}}`, 400, "valomnia", "another vendor"},
		"body with GET":       {"GET", customers + "/X", "application/json", `{}`, 400, "body", "must be empty"},
		"unknown query":       {"GET", "/v1/providers?page_sise=1", "", "", 400, "page_sise", "Use one of: page_size, page_token"},
		"bad query":           {"GET", "/v1/providers?page_size=x", "", "", 400, "page_size", "must be a whole number"},
		"query twice":         {"GET", "/v1/providers?page_size=1&page_size=2", "", "", 400, "page_size", "must be set once"},
		"path in query":       {"GET", customers + "/X?customer_id=Y", "", "", 400, "customer_id", "because the path contains it"},
		"unknown path":        {"GET", "/v1/customers", "", "", 404, "", "/openapi.json"},
		"root":                {"GET", "/", "", "", 404, "", "/openapi.json"},
		"unknown method":      {"DELETE", customers + "/X", "", "", 405, "", "method"},
		"override":            {"POST", "/v1/providers", "application/json", "", 405, "", "method"},
		"PUT with a body":     {"PUT", customers, "application/json", valid, 405, "", "method"},
		"no provider":         {"POST", "/v1/providers//customers", "application/json", valid, 400, "provider", "name of a configured provider"},
		"dots":                {"GET", customers + "/..", "", "", 404, "", "no customer with this id"},
		"no parameter":        {"GET", "/v1/providers?=1", "", "", 400, `""`, "Use one of: pageSize, pageToken"},
		"letters swapped":     {"POST", customers, "application/json", `{"customer":{"naem":{}}}`, 400, "customer.naem", "is not a field: did you mean customer.name? Known fields: "},
		"other separators":    {"POST", customers, "application/json", `{"customer":{"display-name":""}}`, 400, "customer.display-name", "did you mean customer.displayName or customer.name? "},
		"a beginning":         {"POST", customers, "application/json", `{"customer":{"billingAddress":{"country":"France"}}}`, 400, "customer.billingAddress.country", "did you mean customer.billingAddress.countryCode? "},
		"one level up":        {"POST", customers, "application/json", `{"familyName":"Smith"}`, 400, "familyName", "did you mean customer.name.familyName? "},
		"another message":     {"POST", customers, "application/json", `{"customer":{"password":"x"}}`, 400, "customer.password", "did you mean avvio.password? "},
		"a part of it":        {"POST", customers, "application/json", `{"customer":{"last_name":"x"}}`, 400, "customer.last_name", "did you mean customer.name? "},
		"a longer name":       {"POST", customers, "application/json", `{"customer":{"customerId":"x"}}`, 400, "customer.customerId", "did you mean customer.id? "},
		"two of them":         {"POST", customers, "application/json", `{"customer":{"address":{}}}`, 400, "customer.address", "did you mean customer.billingAddress or customer.shippingAddress? "},
		"like nothing":        {"POST", customers, "application/json", `{"customer":{"zodiac":"x"}}`, 400, "customer.zodiac", "is not a field. Known fields: billingAddress, birthDate, birthPlace, category, comment, currencyCode,"},
		"country's name":      {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"One"},"billingAddress":{"countryCode":"Frankreich"}}}`, 400, "customer.billingAddress.countryCode", "ISO 3166-1 alpha-2 country code of two capital letters, for example FR"},
		"date as text":        {"POST", customers, "application/json", `{"customer":{"birthDate":"1990-02-03"}}`, 400, "customer.birthDate", `an object such as {"year": 2018, "month": 1, "day": 10}`},
		"number as time":      {"POST", "/v1/providers/opencell/operations/0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11:wait", "application/json", `{"timeout":10}`, 400, "timeout", `as a string such as "30s"`},
		"text for list":       {"POST", customers, "application/json", `{"customer":{"billingAddress":{"lines":"1 Rue"}}}`, 400, "customer.billingAddress.lines", "a list, in square brackets"},
		"empty object":        {"POST", customers, "application/json", `{}`, 400, "customer", `for example {"name": {"familyName": "Smith"}}`},
		"provider's case":     {"POST", "/v1/providers/Opencell/customers", "application/json", valid, 400, "provider", useOneOf()},
		"other provider's":    {"POST", "/v1/providers/opencel/customers", "application/json", valid, 404, "", useOneOf()},
		"output only":         {"POST", customers, "application/json", `{"customer":{"name":{"familyName":"One"},"billingAddress":{"countryCode":"FR"},"createTime":"2020-01-01T00:00:00Z"}}`, 400, "customer.createTime", "Remove it"},
		"slash in an id":      {"GET", customers + "/A/B", "", "", 404, "", "write / as %2F"},
		"no such path":        {"POST", "/v1/customers", "application/json", valid, 404, "", "POST /v1/providers/{provider}/customers,"},
		"GET on a verb":       {"GET", "/v1/providers/opencell/operations/0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11:wait", "", "", 405, "", "Use POST /v1/providers/{provider}/operations/{request_id}:wait."},
		"unknown verb":        {"POST", "/v1/providers/opencell/operations/0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11:retry", "application/json", "", 405, "", "POST /v1/providers/{provider}/operations/{request_id}:resolve"},
		"method before body":  {"GET", customers, "application/json", valid, 405, "", "Use POST"},
		"method before query": {"POST", "/v1/providers?page_size=1", "", "", 405, "", "Use GET /v1/providers."},
		"method before type":  {"DELETE", customers + "/X", "text/plain", "x", 405, "", "Use GET"},
		"path before type":    {"POST", "/v1/customers", "text/plain", "x", 404, "", "This path does not exist"},
		"path before query":   {"POST", "/v1/customers?validateOnly=true", "application/json", valid, 404, "", "This path does not exist"},
		"path before body":    {"GET", "/v1/customers", "application/json", valid, 404, "", "This path does not exist"},
		"path with no id":     {"POST", "/v1/providers/opencell/operations/:wait", "", "", 404, "", "This path does not exist"},
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

// The message of an error names the wrong fields. Only the violation says what each field must
// be.
func TestViolationsStandOnce(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct{ provider, body, message, violation string }{
		{
			"avvio", `{"customer":{"name":{"givenName":"A","familyName":"One"},"email":"a@example.com"}}`,
			"Provider avvio does not accept avvio.password. The field violation says what to change.", "must be set",
		},
		{
			"caliq", `{"customer":{"name":{"title":"Mr","familyName":"` + strings.Repeat("x", 31) + `"}}}`,
			"Provider caliq does not accept customer.billingAddress.lines[0], customer.billingAddress.countryCode, ", "must",
		},
		{
			"opencell", `{"requestId":"x","customer":{"birthDate":{"year":1},"name":{"familyName":"One"}}}`,
			"2 fields are not valid: requestId, customer.birthDate. The field violations say what to change.", "must be a UUID",
		},
		{"opencell", `{"customer":{"displayname":"x"}}`, "customer.displayname is not valid.", "is not a field"},
		{
			"caliq", `{"onExisting":"ON_EXISTING_UPDATE","customer":{"id":"X","name":{"familyName":"One"},"currencyCode":"EUR"}}`,
			"onExisting. It supports ON_EXISTING_FAIL, ON_EXISTING_ADOPT.", "cannot be ON_EXISTING_UPDATE at caliq: ",
		},
		{
			"opencell", `{"customer":{"id":"X","website":"x","name":{"familyName":"One"},"billingAddress":{"countryCode":"FR"}}}`,
			"Provider opencell does not support customer.website.", "has no field at opencell",
		},
	} {
		got := do(t, create(t, r, c.provider, c.body))
		message := got.status.Message()
		if !strings.Contains(message, c.message) {
			t.Errorf("%s: %q does not say %q", c.provider, message, c.message)
		}
		violations := violationsOf(got)
		if len(violations) == 0 || !strings.HasPrefix(violations[0].GetDescription(), c.violation) {
			t.Errorf("%s: %v, want %q first", c.provider, violations, c.violation)
		}
		for _, violation := range violations {
			if strings.Contains(message, violation.GetDescription()) || strings.HasPrefix(violation.GetDescription(), violation.GetField()) {
				t.Errorf("%s: %v stands twice: %s", c.provider, violation, message)
			}
		}
	}
}

func create(t *testing.T, r *running, provider, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.restURL+"/v1/providers/"+provider+"/customers", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	return request
}

func violationsOf(got outcome) []*errdetails.BadRequest_FieldViolation {
	for _, detail := range got.status.Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			return bad.GetFieldViolations()
		}
	}
	return nil
}

// An error uses the names of the request, from JSON or from the .proto files.
func TestErrorsNameFieldsAsTheRequestDoes(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct{ body, field, text string }{
		{`{"customer":{"displayName":5}}`, "customer.displayName", ""},
		{`{"customer":{"display_name":5}}`, "customer.display_name", ""},
		{`{"customer":{"name":{"familyName":""}}}`, "customer.name.familyName", "customer.name.familyName is not valid"},
		{`{"customer":{"name":{"family_name":""}}}`, "customer.name.family_name", "customer.name.family_name is not valid"},
		{`{"customer":{"id":"X","name":{"familyName":"A"},"properties":{"family_name":"\u0000"}}}`, `customer.properties["family_name"]`, ""},
		{`{"customer":{"id":"X","name":{"familyName":"A"},"birthDate":{"year":1}},"opencell":{"customFields":[{"long_value":1}]}}`, "customer.birth_date", ""},
		{`{"customer":{"id":"X","name":{"familyName":"A"},"billingAddress":{"countryCode":"FR"},"birthPlace":"Lyon"}}`, "customer.birthPlace", "set unsupportedFields to"},
		{`{"customer":{"id":"X","name":{"family_name":"A"},"billing_address":{"country_code":"FR"},"birth_place":"Lyon"}}`, "customer.birth_place", "set unsupported_fields to"},
		{`{`, "body", ""},
		{`{}`, "customer", `{"name": {"familyName": "Smith"}}`},
	} {
		got := do(t, create(t, r, "opencell", c.body))
		text := got.status.Message()
		var fields []string
		for _, violation := range violationsOf(got) {
			fields, text = append(fields, violation.GetField()), text+" "+violation.GetDescription()
		}
		if !slices.Contains(fields, c.field) || !strings.Contains(text, c.text) {
			t.Errorf("%s: violations of %q, want %q; %q, want %q", c.body, fields, c.field, text, c.text)
		}
	}
	for query, want := range map[string]string{"page_size=-1": "page_size", "pageSize=-1": "pageSize", "pageToken=x": "pageToken", "page_token=x": "page_token"} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, r.restURL+"/v1/providers?"+query, http.NoBody)
		if got := violationsOf(do(t, request)); len(got) != 1 || got[0].GetField() != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}

// The server reports an unknown provider before any problem with the body.
func TestProviderIsCheckedFirst(t *testing.T) {
	r := start(t, nil)
	for name, change := range map[string]func(*http.Request){
		"nothing":    func(*http.Request) {},
		"the type":   func(request *http.Request) { request.Header.Set("Content-Type", "text/plain") },
		"the coding": func(request *http.Request) { request.Header.Set("Content-Encoding", "br") },
		"the query":  func(request *http.Request) { request.URL.RawQuery = "x=y" },
	} {
		for _, body := range []string{`{`, `{"custmer":{}}`, `{"customer":{"email":"x"}}`, `{"requestId":"x"}`, `{"customer":{"comment":"` + strings.Repeat("x", 1<<20) + `"}}`} {
			request := create(t, r, "opencel", body)
			change(request)
			if got := do(t, request); got.http != http.StatusNotFound || !strings.Contains(got.status.Message(), useOneOf()) {
				t.Errorf("%s, %.20s: HTTP %d, %v", name, body, got.http, got.status)
			}
			request = create(t, r, "Opencell", body)
			change(request)
			if got := violationsOf(do(t, request)); len(got) != 1 || got[0].GetField() != "provider" || !strings.Contains(got[0].GetDescription(), useOneOf()) {
				t.Errorf("%s, %.20s: %v", name, body, got)
			}
		}
	}
}

// HEAD works for every path with GET. It returns the headers of GET and no body.
func TestHead(t *testing.T) {
	r := start(t, nil)
	for _, path := range []string{
		"/v1/providers", "/v1/providers/opencell", "/v1/providers/nobody", "/v1/providers/opencell/customers/X", "/v1/providers?x=y",
		"/v1/providers/-/operations", "/healthz", "/readyz", "/metrics", "/openapi.json", "/service-config.json", "/docs", "/docs/", "/v1/nothing",
	} {
		var got [2]*http.Response
		for i, method := range []string{http.MethodGet, http.MethodHead} {
			request, _ := http.NewRequestWithContext(t.Context(), method, r.restURL+path, http.NoBody)
			request.Header.Set("Accept-Encoding", "gzip") // or the transport adds it to GET alone
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil || method == http.MethodHead && len(text) > 0 {
				t.Errorf("%s %s: %v, body %q", method, path, err, text)
			}
			got[i] = response
		}
		if got[0].StatusCode != got[1].StatusCode {
			t.Errorf("%s: %s with GET, %s with HEAD", path, got[0].Status, got[1].Status)
		}
		for _, header := range []string{"Content-Type", "Content-Encoding", "Etag", "Vary", "Location"} {
			if got[0].Header.Get(header) != got[1].Header.Get(header) {
				t.Errorf("%s: %s %q with GET, %q with HEAD", path, header, got[0].Header.Get(header), got[1].Header.Get(header))
			}
		}
	}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodHead, r.restURL+"/v1/providers/opencell/customers", http.NoBody)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "POST" {
		t.Errorf("HEAD of a path that takes POST: %s, Allow %q", response.Status, response.Header.Get("Allow"))
	}
}

// A 415 response lists the formats that the server reads.
func TestRefusedFormsOfBodies(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct{ name, value, accept, encoding string }{
		{"Content-Type", "text/plain", "application/json", ""},
		{"Content-Encoding", "gzip", "application/json", "identity"},
	} {
		request := create(t, r, "opencell", `{}`)
		request.Header.Set(c.name, c.value)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusUnsupportedMediaType || response.Header.Get("Accept") != c.accept || response.Header.Get("Accept-Encoding") != c.encoding {
			t.Errorf("%s %s: %s, %v", c.name, c.value, response.Status, response.Header)
		}
	}
}

// The server compresses the OpenAPI document for clients that accept gzip. Each form has its own
// ETag.
func TestOpenAPIIsCompressed(t *testing.T) {
	r := start(t, nil)
	get := func(method, accepts, known string) (*http.Response, []byte) {
		request, _ := http.NewRequestWithContext(t.Context(), method, r.restURL+"/openapi.json", http.NoBody)
		request.Header.Set("Accept-Encoding", accepts)
		if known != "" {
			request.Header.Set("If-None-Match", known)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, text
	}
	etags := map[string]bool{}
	for accepts, want := range map[string]string{"gzip": "gzip", "br;q=1.0, gzip;q=0.8": "gzip", "gzip;q=0": "", "identity": "", "br": ""} {
		response, text := get(http.MethodGet, accepts, "")
		if got := response.Header.Get("Content-Encoding"); got != want || !strings.Contains(response.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%q: encoding %q, want %q; Vary %q", accepts, got, want, response.Header.Get("Vary"))
		}
		if want == "gzip" {
			small, size := gzipReader(t, text), len(text)
			if text = small; size > len(text)/4 {
				t.Errorf("%q: %d bytes of %d", accepts, size, len(text))
			}
		}
		if !json.Valid(text) {
			t.Errorf("%q: not JSON: %.40q", accepts, text)
		}
		etag := response.Header.Get("Etag")
		etags[etag] = true
		if again, _ := get(http.MethodGet, accepts, etag); again.StatusCode != http.StatusNotModified {
			t.Errorf("%q with ETag %s: %s", accepts, etag, again.Status)
		}
		if head, _ := get(http.MethodHead, accepts, ""); head.Header.Get("Etag") != etag || head.Header.Get("Content-Encoding") != want {
			t.Errorf("%q: HEAD has %v", accepts, head.Header)
		}
	}
	if len(etags) != 2 {
		t.Errorf("ETags %v", etags)
	}
}

func gzipReader(t *testing.T, data []byte) []byte {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRESTTimeout(t *testing.T) {
	r := start(t, nil)
	for header, want := range map[string]int{"5S": 200, "99999999H": 200, "5": 400, "soon": 400, "-5S": 400, "0S": 400, "": 400} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, r.restURL+"/v1/providers", http.NoBody)
		request.Header.Set("Grpc-Timeout", header)
		got := do(t, request)
		if got.http != want || want != http.StatusOK && !strings.Contains(got.status.Message(), "Grpc-Timeout is not valid") {
			t.Errorf("%s: HTTP %d, want %d: %v", header, got.http, want, got.status)
		}
	}
}

// A refusal names the field and the values that it takes. It never repeats the given value.
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

// Without the check for similar headers, a misspelt Idempotency-Key would leave a repeated
// request without its request_id.
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
		if got.http != want || want == 400 && !strings.Contains(violationsOf(got)[0].GetDescription(), "did you mean Idempotency-Key?") {
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
		!strings.Contains(err.Error(), "Use one of: enlist.v1.CustomerService/CreateCustomer, ") || len(status.Convert(err).Details()) != 1 {
		t.Errorf("got %v", err)
	}
}

// For every path of the contract, the response to a wrong method names the right one.
func TestAllowedMethods(t *testing.T) {
	r := start(t, nil)
	tried := 0
	for _, service := range []string{"CustomerService", "ProviderService", "OperationService", "PrivacyService"} {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName("enlist.v1." + service))
		if err != nil {
			t.Fatal(err)
		}
		methods := found.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			rule, _ := proto.GetExtension(methods.Get(i).Options(), annotations.E_Http).(*annotations.HttpRule)
			path, want := rule.GetGet(), "GET, HEAD"
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
	if tried != 11 {
		t.Errorf("%d paths", tried)
	}
}
