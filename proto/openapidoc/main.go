// Command openapidoc makes one OpenAPI document of the files that protoc-gen-openapiv3 writes (one for each service), and adds
// what that plugin leaves out: the limits and patterns of the validation rules.
//
// Usage: openapidoc FILE... > enlist.openapi.json. `info` is taken from the first file.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/envoyproxy/protoc-gen-validate/validate"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type object = map[string]any

func main() {
	document, err := merge(os.Args[1:])
	if err == nil {
		addRules(document)
		addSecurity(document)
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		err = out.Encode(document)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapidoc:", err)
		os.Exit(1)
	}
}

// merge joins the documents; where two hold the same path, schema or tag, the first one stays.
func merge(files []string) (object, error) {
	var merged object
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var document object
		if err := json.Unmarshal(data, &document); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if merged == nil {
			merged = document
			continue
		}
		keep(merged["paths"].(object), document["paths"].(object))
		keep(schemas(merged), schemas(document))
		merged["tags"] = append(merged["tags"].([]any), document["tags"].([]any)...)
	}
	return merged, nil
}

// addSecurity says how a caller says who it is; a server for this machine alone may ask nobody.
func addSecurity(document object) {
	document["components"].(object)["securitySchemes"] = object{"bearer": object{
		"type": "http", "scheme": "bearer", "description": "An API key, or a JSON Web Token of the configured issuer.",
	}}
	document["security"] = []any{object{}, object{"bearer": []any{}}}
}

func keep(into, from object) {
	for key, value := range from {
		if _, there := into[key]; !there {
			into[key] = value
		}
	}
}

func schemas(document object) object {
	return document["components"].(object)["schemas"].(object)
}

// addRules adds the rules to the schemas of messages, to the bodies of requests and to parameters.
func addRules(document object) {
	for name, schema := range schemas(document) {
		if found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(name)); err == nil {
			addToSchema(schema.(object), found.Descriptor())
		}
	}
	contract := enlistv1.File_enlist_v1_customer_service_proto.Package()
	for _, path := range document["paths"].(object) {
		for _, operation := range path.(object) {
			operation := operation.(object)
			service, method, _ := strings.Cut(operation["operationId"].(string), "_")
			found, err := protoregistry.GlobalFiles.FindDescriptorByName(contract.Append(protoreflect.Name(service)).Append(protoreflect.Name(method)))
			if err != nil {
				continue
			}
			input := found.(protoreflect.MethodDescriptor).Input()
			if body, ok := operation["requestBody"].(object); ok {
				addToSchema(body["content"].(object)["application/json"].(object)["schema"].(object), input)
			}
			parameters, _ := operation["parameters"].([]any)
			for _, parameter := range parameters {
				parameter := parameter.(object)
				if field := byName(input, parameter["name"].(string)); field != nil {
					addToField(parameter["schema"].(object), field)
				}
			}
		}
	}
}

func byName(message protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if field := message.Fields().ByJSONName(name); field != nil {
		return field
	}
	return message.Fields().ByName(protoreflect.Name(name))
}

func addToSchema(schema object, message protoreflect.MessageDescriptor) {
	properties, _ := schema["properties"].(object)
	for name, property := range properties {
		if field := byName(message, name); field != nil {
			addToField(property.(object), field)
		}
	}
}

func addToField(schema object, field protoreflect.FieldDescriptor) {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Rules).(*validate.FieldRules)
	if _, isReference := schema["$ref"]; isReference || rules == nil {
		return
	}
	if list := rules.GetRepeated(); list != nil {
		set(schema, "minItems", list.MinItems)
		set(schema, "maxItems", list.MaxItems)
		if items, ok := schema["items"].(object); ok {
			addText(items, list.GetItems().GetString_())
		}
	}
	if pairs := rules.GetMap(); pairs != nil {
		set(schema, "maxProperties", pairs.MaxPairs)
		if values, ok := schema["additionalProperties"].(object); ok {
			addText(values, pairs.GetValues().GetString_())
		}
	}
	addText(schema, rules.GetString_())
	if number := rules.GetInt32(); number != nil {
		set(schema, "minimum", number.Gte)
		set(schema, "maximum", number.Lte)
		set(schema, "exclusiveMinimum", number.Gt)
	}
	if number := rules.GetDouble(); number != nil {
		set(schema, "minimum", number.Gte)
		set(schema, "maximum", number.Lte)
	}
}

// addText adds the rules of a string. A field that may be empty keeps no pattern that would forbid it.
func addText(schema object, text *validate.StringRules) {
	if text == nil {
		return
	}
	set(schema, "minLength", text.MinLen)
	set(schema, "maxLength", text.MaxLen)
	if text.GetEmail() {
		schema["format"] = "email"
	}
	if text.GetUuid() {
		schema["format"] = "uuid"
	}
	if text.Pattern != nil && !text.GetIgnoreEmpty() {
		schema["pattern"] = text.GetPattern()
	} else if text.Pattern != nil {
		schema["pattern"] = "^$|" + text.GetPattern()
	}
}

func set[T any](schema object, key string, value *T) {
	if value != nil {
		schema[key] = *value
	}
}
