package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

var (
	pathVariable = regexp.MustCompile(`\{([a-z_]+)\}`)
	capital      = regexp.MustCompile(`[A-Z]`)
)

// operation makes the REST side of an RPC. It returns the result with its path and its method.
func (d *document) operation(method protoreflect.MethodDescriptor) (path, verb string, made *object, err error) {
	rule := httpRule(method)
	path, verb = rule.GetGet(), "get"
	if rule.GetPost() != "" {
		path, verb = rule.GetPost(), "post"
	}
	if path == "" || verb == "post" && rule.GetBody() != "*" {
		return "", "", nil, fmt.Errorf("%s has an HTTP rule that openapidoc does not know: %v", method.FullName(), rule)
	}
	rpc := string(method.Name())
	description, _, _ := strings.Cut(comment(method), "Errors, by reason:")
	made = with("operationId", rpc, "tags", []string{string(method.Parent().Name())}, "summary", title(rpc),
		"description", upperFirst(strings.TrimSpace(strings.TrimPrefix(description, rpc+" "))))

	var parameters []any
	var inPath []string
	for _, variable := range pathVariable.FindAllStringSubmatch(path, -1) {
		field := method.Input().Fields().ByName(protoreflect.Name(variable[1]))
		inPath = append(inPath, variable[1])
		parameters = append(parameters, d.parameter(field, variable[1], "path", rpc))
	}
	if verb == "get" {
		for i := range method.Input().Fields().Len() {
			if field := method.Input().Fields().Get(i); !slices.Contains(inPath, string(field.Name())) {
				parameters = append(parameters, d.parameter(field, field.JSONName(), "query", rpc))
			}
		}
	}
	for _, header := range headersOf(rpc) {
		parameters = append(parameters, with("$ref", "#/components/parameters/"+header))
	}
	made.set("parameters", parameters)
	if verb == "post" {
		made.set("requestBody", with("required", true, "content", with("application/json", d.withExamples(
			with("schema", d.schemas.refTo(method.Input(), request, inPath...)), d.examples[rpc], func(e sample) json.RawMessage { return e.Body }))))
	}
	made.set("responses", d.responses(method))
	samples, err := d.codeSamples(method, path, verb)
	return path, verb, made.set("x-codeSamples", samples), err
}

func httpRule(method protoreflect.MethodDescriptor) *annotations.HttpRule {
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	return rule
}

// title makes the title of an operation from the name of its RPC, for example "Create customer".
func title(rpc string) string {
	words := strings.ToLower(capital.ReplaceAllString(rpc, " $0"))
	words = strings.Replace(strings.TrimSpace(words), "wait ", "wait for ", 1)
	return upperFirst(words)
}

func (d *document) parameter(field protoreflect.FieldDescriptor, name, in, rpc string) *object {
	schema := d.schemas.ofField(field, request)
	made := with("name", name, "in", in, "description", schema.values["description"])
	if in == "path" {
		made.set("required", true)
		if !schema.has("minLength") && !schema.has("format") { // an empty segment makes another path
			schema.set("minLength", 1)
		}
	}
	for _, sample := range d.examples[rpc] {
		if value, has := sample.Parameters[name]; has {
			made.set("example", value)
			break
		}
	}
	plain := with()
	for _, member := range schema.names {
		if member != "description" && member != "examples" {
			plain.set(member, schema.values[member])
		}
	}
	return made.set("schema", plain)
}

func headersOf(rpc string) []string {
	if rpc == "CreateCustomer" {
		return []string{"IdempotencyKey", "GrpcTimeout", "XRequestId"}
	}
	return []string{"GrpcTimeout", "XRequestId"}
}

// responses returns the response of an RPC, and references to the errors with which it can end.
func (d *document) responses(method protoreflect.MethodDescriptor) *object {
	rpc := string(method.Name())
	ok := with("description", comment(method.Output()), "headers", headers("XRequestId"), "content", with("application/json", d.withExamples(
		with("schema", d.schemas.refTo(method.Output(), answer)), d.examples[rpc],
		func(e sample) json.RawMessage { return d.answers.Answers[rpc+" "+e.Name] })))
	made := with("200", ok)
	of := d.failures.of[rpc]
	for _, code := range slices.Sorted(maps.Keys(of)) {
		made.set(strconv.Itoa(code), d.failures.refTo(rpc, code, func() *object { return d.failure(code, of[code]) }))
	}
	return made
}

func (d *document) failure(code int, reasons []reason) *object {
	text := http.StatusText(code) + ": `" + strings.Join(namesOf(reasons), "`, `") + "`.\n"
	names := []string{"XRequestId"}
	examples := with()
	for _, reason := range reasons {
		text += fmt.Sprintf("\n- `%s`: %s %s", reason.name, reason.cause, reason.remedy)
		if reason.retries && !slices.Contains(names, "RetryAfter") {
			names = append(names, "RetryAfter")
		}
		if key := reason.name + statusSuffix(code, reason); len(d.answers.Errors[key]) > 0 {
			examples.set(key, with("$ref", "#/components/examples/"+key))
			d.used[key] = true
		}
	}
	if code == http.StatusUnauthorized {
		names = append(names, "WWWAuthenticate")
	}
	if code == http.StatusUnsupportedMediaType {
		names = append(names, "Accept", "AcceptEncoding")
	}
	content := with("schema", with("$ref", "#/components/schemas/Status"))
	if len(examples.names) > 0 {
		content.set("examples", examples)
	}
	return with("description", text, "headers", headers(names...), "content", with("application/json", content))
}

// statusSuffix marks the example of a reason at a status other than its first.
func statusSuffix(code int, of reason) string {
	if code == of.statuses[0] {
		return ""
	}
	return "_" + strconv.Itoa(code)
}

func headers(names ...string) *object {
	made := with()
	for _, name := range names {
		made.set(headerNames[name], with("$ref", "#/components/headers/"+name))
	}
	return made
}

func (d *document) withExamples(content *object, all []sample, value func(sample) json.RawMessage) *object {
	examples := with()
	for _, one := range all {
		if value := value(one); len(value) > 0 {
			examples.set(one.Name, with("summary", one.Summary, "value", value))
		}
	}
	if len(examples.names) > 0 {
		content.set("examples", examples)
	}
	return content
}
