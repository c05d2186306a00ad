package server_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const openAPIFile = "../gen/openapi/enlist.openapi.json"

// openAPI is the OpenAPI document with the schemas in it.
type openAPI struct {
	document map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex // of the compiler
}

var readOpenAPI = sync.OnceValues(func() (*openAPI, error) {
	text, err := os.ReadFile(openAPIFile)
	if err != nil {
		return nil, err
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler() // OpenAPI 3.1 has the schemas of JSON Schema 2020-12
	compiler.AssertFormat()
	document, _ := parsed.(map[string]any)
	return &openAPI{document: document, compiler: compiler}, compiler.AddResource("enlist.openapi.json", parsed)
})

// check returns how a JSON text differs from the schema at a path in the document; nil for not at all.
func (d *openAPI) check(text []byte, path ...string) error {
	pointer := "enlist.openapi.json#"
	for _, step := range path {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(step)
	}
	d.mu.Lock()
	schema, err := d.compiler.Compile(pointer)
	d.mu.Unlock()
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// at returns what is at a path in the document; nil for nothing.
func (d *openAPI) at(path ...string) map[string]any {
	found := d.document
	for _, step := range path {
		found, _ = found[step].(map[string]any)
	}
	return found
}

// pathOf returns the path of the document that a request is to; empty for none.
func (d *openAPI) pathOf(request *http.Request) string {
	given := strings.Split(request.URL.EscapedPath(), "/")
	for path := range d.at("paths") {
		template, verb, _ := strings.Cut(path, ":")
		steps, fits := strings.Split(template, "/"), true
		last, lastVerb, hasVerb := strings.Cut(given[len(given)-1], ":")
		if verb != "" && (!hasVerb || lastVerb != verb || last == "") || len(steps) != len(given) {
			continue
		}
		for i, step := range steps {
			fits = fits && (step == given[i] || strings.HasPrefix(step, "{") && given[i] != "")
		}
		if fits && (verb != "" || !hasVerb || request.Method == http.MethodGet) {
			return path
		}
	}
	return ""
}

// isDocumented asserts that an answer is one that the OpenAPI document promises; and, where the call succeeded, that the request was one
// that it permits.
func isDocumented(t *testing.T, request *http.Request, response *http.Response, text []byte) {
	t.Helper()
	document, err := readOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	path, method := document.pathOf(request), strings.ToLower(request.Method)
	if document.at("paths", path, method) == nil {
		if err := document.check(text, "components", "schemas", "Status"); err != nil {
			t.Errorf("no error of the OpenAPI document: %v in %s", err, text)
		}
		return
	}
	at := []string{"paths", path, method, "responses", strconv.Itoa(response.StatusCode)}
	if document.at(at...) == nil {
		t.Errorf("the OpenAPI document does not know that %s %s answers %d: %s", request.Method, path, response.StatusCode, text)
		return
	}
	if err := document.check(text, append(at, "content", "application/json", "schema")...); err != nil {
		t.Errorf("not what the OpenAPI document says of %s %s %d: %v in %s", request.Method, path, response.StatusCode, err, text)
	}
	headers := document.at(append(at, "headers")...)
	for _, name := range []string{"X-Request-Id", "Retry-After", "WWW-Authenticate"} {
		if _, known := headers[name]; !known && response.Header.Get(name) != "" {
			t.Errorf("the OpenAPI document does not know that %s %s %d has %s", request.Method, path, response.StatusCode, name)
		}
	}
	if response.StatusCode != http.StatusOK || request.GetBody == nil {
		return
	}
	body, err := request.GetBody()
	if err != nil {
		t.Fatal(err)
	}
	sent, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if err := document.check(sent, "paths", path, method, "requestBody", "content", "application/json", "schema"); err != nil && len(sent) > 0 {
		t.Errorf("the OpenAPI document does not permit what succeeded at %s %s: %v in %s", request.Method, path, err, sent)
	}
}
