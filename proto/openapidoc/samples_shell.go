package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func curlSample(c call) (string, error) {
	inPath := []string{}
	path := pathVariable.ReplaceAllStringFunc(c.path, func(variable string) string {
		name := strings.Trim(variable, "{}")
		inPath = append(inPath, name)
		if name == "request_id" {
			return "${request_id}" // zsh would read the verb after a bare $request_id as a modifier
		}
		return url.PathEscape(c.request.Get(c.method.Input().Fields().ByName(protoreflect.Name(name))).String())
	})
	if c.verb == "get" {
		query := url.Values{}
		for _, field := range setFields(c.request) {
			if !slices.Contains(inPath, string(field.Name())) {
				query.Set(field.JSONName(), c.request.Get(field).String())
			}
		}
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		return shellRequestID(c) + fmt.Sprintf("curl --fail-with-body %q\n", restAddress+path), nil
	}
	body, err := shellJSON(c.request, append(inPath, "request_id"))
	if err != nil {
		return "", err
	}
	headers := ""
	if c.makesID() {
		headers = "  --header \"Idempotency-Key: $request_id\" \\\n"
	}
	return shellRequestID(c) + fmt.Sprintf("curl --fail-with-body %q \\\n%s  --header \"Content-Type: application/json\" \\\n  --data @- <<EOF\n%s\nEOF\n",
		restAddress+path, headers, body), nil
}

func grpcurlSample(c call) (string, error) {
	request, err := shellJSON(c.request, nil)
	if err != nil {
		return "", err
	}
	return shellRequestID(c) + fmt.Sprintf("grpcurl -plaintext -d @ %s %s/%s <<EOF\n%s\nEOF\n",
		grpcAddress, c.method.Parent().FullName(), c.method.Name(), request), nil
}

func shellRequestID(c call) string {
	switch {
	case c.makesID():
		return makesRequestID("#") + "request_id=$(uuidgen)\necho \"$request_id\" > " + requestIDFile + "\n\n"
	case c.readsID():
		return "request_id=$(cat " + requestIDFile + ")\n\n"
	}
	return ""
}

// shellJSON returns the JSON of a message for a here-document. In it, `$request_id` is a
// variable.
func shellJSON(message protoreflect.Message, without []string) (string, error) {
	text := jsonOf(message, without)
	if strings.ContainsAny(strings.ReplaceAll(text, "$request_id", ""), "$`\\") {
		return "", fmt.Errorf("a shell would change %s", text)
	}
	return text, nil
}

func jsonOf(message protoreflect.Message, without []string) string {
	var members []string
	for _, field := range setFields(message) {
		if slices.Contains(without, string(field.Name())) {
			continue
		}
		values := literals(field, message.Get(field), func(value protoreflect.Value) string { return jsonValue(field, value) })
		text := strings.Join(values, ", ")
		if field.IsList() {
			text = "[" + text + "]"
		}
		members = append(members, fmt.Sprintf("  %q: %s", field.JSONName(), strings.ReplaceAll(text, "\n", "\n  ")))
	}
	return "{\n" + strings.Join(members, ",\n") + "\n}"
}

func jsonValue(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch {
	case isDuration(field):
		return fmt.Sprintf("\"%ds\"", seconds(value.Message()))
	case field.Message() != nil:
		return jsonOf(value.Message(), nil)
	case field.Enum() != nil:
		return fmt.Sprintf("%q", field.Enum().Values().ByNumber(value.Enum()).Name())
	case isRequestID(field):
		return `"$request_id"`
	}
	text, _ := json.Marshal(value.Interface()) // a text, a number or a bool
	return string(text)
}
