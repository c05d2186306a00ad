package main

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// reference matches a value that the server replaces: `${NAME}` anywhere in it, or `file:PATH`.
const reference = `\$\{|^file:`

// duration matches what time.ParseDuration reads.
const duration = `^[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+$|` + reference

// Truth values and numbers may also be texts.
const (
	truthValue = `^(?:[01tTfF]|true|True|TRUE|false|False|FALSE)$|` + reference
	number     = `^-?[0-9.]+(?:[eE][+-]?[0-9]+)?$|` + reference
)

// newConfigurationSchema returns the JSON Schema of the configuration, for editors. It accepts
// everything that `enlist check` accepts, so it has fewer rules. Editors support draft 7 best.
func newConfigurationSchema(files *protoregistry.Files) (*object, error) {
	found, err := files.FindDescriptorByName("enlist.config.v1.Config")
	if err != nil {
		return nil, err
	}
	c := &configuration{definitions: with(), defined: map[string]protoreflect.FullName{}}
	root := found.(protoreflect.MessageDescriptor)
	schema := c.ofMessage(root)
	made := with("$schema", "http://json-schema.org/draft-07/schema#", "title", "Enlist's configuration")
	for _, name := range schema.names {
		made.set(name, schema.values[name])
	}
	return made.set("definitions", c.definitions), c.err
}

// configuration collects the definition of each message once.
type configuration struct {
	definitions *object
	defined     map[string]protoreflect.FullName
	err         error
}

func (c *configuration) refTo(message protoreflect.MessageDescriptor) *object {
	name := string(message.Name())
	switch of, there := c.defined[name]; {
	case !there:
		c.defined[name] = message.FullName()
		c.definitions.set(name, nil) // the message may contain itself
		c.definitions.set(name, c.ofMessage(message))
	case of != message.FullName() && c.err == nil:
		c.err = fmt.Errorf("%s and %s have the same name", of, message.FullName())
	}
	return with("$ref", "#/definitions/"+name)
}

func (c *configuration) ofMessage(message protoreflect.MessageDescriptor) *object {
	schema, properties := with("type", "object", "description", comment(message), "additionalProperties", false), with()
	var required []string
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		properties.set(string(field.Name()), c.ofField(field))
		if isRequired(field) {
			required = append(required, string(field.Name()))
		}
	}
	schema.set("properties", properties)
	if len(required) > 0 {
		schema.set("required", required)
	}
	for i := range message.Oneofs().Len() {
		if oneof := message.Oneofs().Get(i); !oneof.IsSynthetic() {
			schema.set("oneOf", alternatives(oneof))
		}
	}
	return schema
}

// alternatives returns the cases of a oneof. Each field is a case. If the oneof is optional, the
// absence of all fields is a case too.
func alternatives(oneof protoreflect.OneofDescriptor) []any {
	var each []any
	for i := range oneof.Fields().Len() {
		each = append(each, with("required", []string{string(oneof.Fields().Get(i).Name())}))
	}
	if requiresOne(oneof) {
		return each
	}
	return append(each, with("not", with("anyOf", each)))
}

func (c *configuration) ofField(field protoreflect.FieldDescriptor) *object {
	var schema *object
	switch {
	case field.IsMap():
		schema = with("type", "object", "additionalProperties", c.ofElement(field.MapValue()))
	case field.IsList():
		schema = with("type", "array", "items", c.ofElement(field))
		if least := rulesOf(field).GetRepeated().GetMinItems(); least > 0 {
			schema.set("minItems", least)
		}
	default:
		schema = c.ofElement(field)
	}
	if ref := schema.values["$ref"]; ref != nil { // draft 7 ignores the siblings of a $ref
		schema = with("allOf", []any{with("$ref", ref)})
	}
	return schema.set("description", comment(field))
}

func (c *configuration) ofElement(field protoreflect.FieldDescriptor) *object {
	text := rulesOf(field).GetString_()
	if field.IsList() {
		text = rulesOf(field).GetRepeated().GetItems().GetString_()
	}
	switch field.Kind() {
	case protoreflect.StringKind:
		if text.GetPattern() == "" { // the server also takes what YAML reads as a number or a truth value
			return with("type", []string{"string", "number", "boolean"})
		}
		pattern := text.GetPattern() + "|" + reference
		if text.GetIgnoreEmpty() {
			pattern += "|^$"
		}
		return with("type", "string", "pattern", pattern)
	case protoreflect.BytesKind:
		return with("type", "string")
	case protoreflect.BoolKind:
		return with("type", []string{"boolean", "string"}, "pattern", truthValue)
	case protoreflect.DoubleKind:
		return with("type", []string{"number", "string"}, "pattern", number)
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		schema := with("type", []string{"integer", "string"}, "pattern", number)
		if limits := rulesOf(field).GetInt32(); limits != nil {
			addLimits(schema, limits.Gte, limits.Lte)
		}
		return schema
	case protoreflect.EnumKind:
		var names []string
		for i := range field.Enum().Values().Len() {
			names = append(names, string(field.Enum().Values().Get(i).Name()))
		}
		prefix := strings.TrimSuffix(names[0], "UNSPECIFIED") // which a value may lack
		for _, name := range names[1:] {
			names = append(names, strings.TrimPrefix(name, prefix))
		}
		return with("anyOf", []any{with("enum", names), with("type", "string", "pattern", reference)})
	case protoreflect.MessageKind:
		if field.Message().FullName() == "google.protobuf.Duration" {
			return with("type", []string{"string", "integer"}, "pattern", duration, "minimum", 0, "maximum", 0)
		}
		if field.Message().ParentFile().Package() != "google.protobuf" {
			return c.refTo(field.Message())
		}
	}
	if c.err == nil {
		c.err = fmt.Errorf("%s is of a kind that the configuration's schema does not know: %s", field.FullName(), field.Kind())
	}
	return with()
}
