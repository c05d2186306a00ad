package server_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const openAPIFile = "../gen/openapi/enlist.openapi.json"

// openAPI is the OpenAPI document and its schemas.
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
	document, _ := parsed.(map[string]any)
	for _, schema := range document["components"].(map[string]any)["schemas"].(map[string]any) {
		shut(schema.(map[string]any))
	}
	compiler := jsonschema.NewCompiler() // OpenAPI 3.1 has the schemas of JSON Schema 2020-12
	compiler.AssertFormat()
	return &openAPI{document: document, compiler: compiler}, compiler.AddResource("enlist.openapi.json", parsed)
})

// shut forbids members that a schema does not name. Clients must ignore unknown members, but the
// document of this version names all members.
func shut(schema map[string]any) {
	if _, open := schema["additionalProperties"]; !open && schema["type"] == "object" && schema["properties"] != nil {
		schema["additionalProperties"] = false
	}
}

// check returns how a JSON text differs from the schema at a path in the document. It returns nil
// if it matches.
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

// at returns the value at a path in the document, or nil if there is no value.
func (d *openAPI) at(path ...string) map[string]any {
	found := d.document
	for _, step := range path {
		found, _ = found[step].(map[string]any)
	}
	return found
}

// follow returns the path of the target of a reference in the document. Without a reference, it
// returns the same path.
func (d *openAPI) follow(path ...string) []string {
	if ref, has := d.at(path...)["$ref"].(string); has {
		return strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	}
	return path
}

// pathOf returns the document's path for a request, or nothing if no path matches. It prefers the
// path with the request's verb. Otherwise it returns the path of the addressed resource.
func (d *openAPI) pathOf(request *http.Request) string {
	found := ""
	for path := range d.at("paths") {
		template, verb, has := strings.Cut(path, ":")
		given, fits := strings.CutSuffix(request.URL.EscapedPath(), ":"+verb)
		if !has {
			given, fits = request.URL.EscapedPath(), true
		}
		steps := strings.Split(given, "/")
		fits = fits && slices.EqualFunc(strings.Split(template, "/"), steps, func(step, given string) bool {
			return step == given || strings.HasPrefix(step, "{") && given != ""
		})
		if fits && (has || found == "") {
			found = path
		}
	}
	return found
}

// isDocumented asserts that the OpenAPI document permits a response. If the call succeeded, it
// also asserts that the document permits the request.
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
	at := document.follow("paths", path, method, "responses", strconv.Itoa(response.StatusCode))
	if document.at(at...) == nil {
		t.Errorf("the OpenAPI document does not know that %s %s answers %d: %s", request.Method, path, response.StatusCode, text)
		return
	}
	if err := document.check(text, append(at, "content", "application/json", "schema")...); err != nil {
		t.Errorf("not what the OpenAPI document says of %s %s %d: %v in %s", request.Method, path, response.StatusCode, err, text)
	}
	headers := document.at(append(at, "headers")...)
	for _, name := range []string{"X-Request-Id", "Retry-After", "WWW-Authenticate", "Accept", "Accept-Encoding"} {
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

// Generators of clients use a schema with properties only if no oneOf, anyOf or allOf is beside
// them.
func TestSchemasAreForGenerators(t *testing.T) {
	document, err := readOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range document.at("components", "schemas") {
		schema := schema.(map[string]any)
		for _, keyword := range []string{"oneOf", "anyOf", "allOf"} {
			if schema["properties"] != nil && schema[keyword] != nil {
				t.Errorf("%s has properties, and %s", name, keyword)
			}
		}
	}
}

// Operations refer to the error responses. Each response appears once in components/responses.
func TestErrorResponsesAreShared(t *testing.T) {
	document, err := readOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range document.at("paths") {
		for method := range item.(map[string]any) {
			for code, response := range document.at("paths", path, method, "responses") {
				if _, shared := response.(map[string]any)["$ref"]; !shared && code != "200" {
					t.Errorf("%s %s %s is no reference", method, path, code)
				}
			}
		}
	}
}

// Every schema resolves to a type. No schema is, or contains, a schema that readers and
// generators show as "not" or "never".
func TestEverySchemaResolves(t *testing.T) {
	document, err := readOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch value := value.(type) {
		case map[string]any:
			if strings.HasSuffix(at, "/example") || strings.HasSuffix(at, "/examples") {
				return
			}
			if _, has := value["not"]; has && !strings.HasSuffix(at, "/properties") {
				t.Errorf("%s has a `not`", at)
			}
			if isSchema(at) {
				count++
				if !document.isTyped(value) {
					t.Errorf("%s has no type: %v", at, value)
				}
			}
			for name, member := range value {
				if member == false && (strings.HasSuffix(at, "/properties") || name == "items" || name == "propertyNames" || name == "schema") {
					t.Errorf("%s/%s permits nothing", at, name)
				}
				walk(at+"/"+strings.ReplaceAll(name, "/", "~1"), member)
			}
		case []any:
			for i, member := range value {
				walk(at+"/"+strconv.Itoa(i), member)
			}
		}
	}
	walk("#", document.document)
	if count < 500 {
		t.Errorf("only %d schemas found", count)
	}
}

// isSchema reports whether a path in the document is the path of a whole schema. The schemas of
// conditions only restrict another schema.
func isSchema(at string) bool {
	if strings.Contains(at, "/if/") || strings.Contains(at, "/then/") || strings.Contains(at, "/dependentSchemas/") {
		return false
	}
	steps := strings.Split(at, "/")
	last, parent := steps[len(steps)-1], steps[max(0, len(steps)-2)]
	return last == "schema" || last == "items" && parent != "properties" || parent == "properties" || parent == "schemas"
}

// isTyped reports whether a schema, or the schema that it refers to, has a type or lists its
// alternatives.
func (d *openAPI) isTyped(schema map[string]any) bool {
	if ref, has := schema["$ref"].(string); has {
		schema = d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return schema["type"] != nil || schema["oneOf"] != nil
}
