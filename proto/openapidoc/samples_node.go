package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func nodeSample(c call) (string, error) {
	imports := []string{c.service()}
	request := nodeMessage(c.request, &imports)
	slices.Sort(imports)
	standard, id := "", ""
	switch {
	case c.makesID():
		standard = "import { randomUUID } from \"node:crypto\";\nimport { writeFileSync } from \"node:fs\";\n"
		id = makesRequestID("//") + fmt.Sprintf("const requestId = randomUUID();\nwriteFileSync(%q, requestId);\n\n", requestIDFile)
	case c.readsID():
		standard = "import { readFileSync } from \"node:fs\";\n"
		id = fmt.Sprintf("const requestId = readFileSync(%q, \"utf8\").trim();\n\n", requestIDFile)
	}
	client := c.client()
	rpc := client + "." + lowerFirst(c.rpc()) + "("
	if c.makesID() { // the package repeats it until its outcome is known
		imports = append(imports, "createCustomer")
		rpc, request = "createCustomer("+client+", ", request+", { timeoutMs: 300_000 }"
	}
	return standard + fmt.Sprintf("import { %s } from \"@enlist/client\";\n", strings.Join(slices.Compact(imports), ", ")) +
		"import { createGrpcClient } from \"@enlist/client/grpc\";\nimport { credentials } from \"@grpc/grpc-js\";\n\n" + id +
		fmt.Sprintf("const %s = createGrpcClient(%s, %q, credentials.createInsecure());\n", client, c.service(), grpcAddress) +
		fmt.Sprintf("const response = await %s%s);\nconsole.log(response);\n%s.close();\n", rpc, request, client), nil
}

// nodeMessage renders a message as an object, and adds the enums that it needs to the imports.
func nodeMessage(message protoreflect.Message, imports *[]string) string {
	var members []string
	for _, field := range setFields(message) {
		values := literals(field, message.Get(field), func(value protoreflect.Value) string { return nodeValue(field, value, imports) })
		text := strings.Join(values, ", ")
		name := field.JSONName()
		switch oneof := field.ContainingOneof(); {
		case oneof != nil && !oneof.IsSynthetic():
			text = fmt.Sprintf("{ case: %q, value: %s }", name, text)
			name = lowerCamel(string(oneof.Name()))
		case field.IsList():
			text = "[" + text + "]"
		}
		members = append(members, name+": "+text)
		if name == text {
			members[len(members)-1] = name
		}
	}
	if flat := strings.Join(members, ", "); len(flat) < 60 && !strings.Contains(flat, "\n") {
		return "{ " + flat + " }"
	}
	return "{\n  " + strings.ReplaceAll(strings.Join(members, ",\n"), "\n", "\n  ") + ",\n}"
}

func nodeValue(field protoreflect.FieldDescriptor, value protoreflect.Value, imports *[]string) string {
	switch {
	case isDuration(field):
		return fmt.Sprintf("{ seconds: %dn }", seconds(value.Message()))
	case field.Message() != nil:
		return nodeMessage(value.Message(), imports)
	case field.Enum() != nil:
		*imports = append(*imports, string(field.Enum().Name()))
		return string(field.Enum().Name()) + "." + shortValue(field.Enum(), value.Enum())
	case isRequestID(field):
		return "requestId"
	}
	return jsonValue(field, value)
}

// shortValue returns the name of an enum's value without the name of the enum. For example, it
// returns FAILED for DECISION_FAILED.
func shortValue(enum protoreflect.EnumDescriptor, number protoreflect.EnumNumber) string {
	prefix := strings.TrimSuffix(string(enum.Values().ByNumber(0).Name()), "UNSPECIFIED")
	return strings.TrimPrefix(string(enum.Values().ByNumber(number).Name()), prefix)
}

func lowerCamel(name string) string { return lowerFirst(upperCamel(name)) }

// upperCamel returns the name of a field as Go and Java write it.
func upperCamel(name string) string {
	made := ""
	for word := range strings.SplitSeq(name, "_") {
		made += upperFirst(word)
	}
	return made
}
