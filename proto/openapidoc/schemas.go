package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// direction is the direction of a message. A message from a caller must follow the contract's
// rules. A vendor's data need not.
type direction int

const (
	request direction = iota
	answer
)

// schemas makes the schema of each message and enum once, under its name. If a message is in
// requests and responses, the name of its request schema ends with Input.
type schemas struct {
	made     *object
	requests messages // that requests have
	answers  messages // that responses have
	actors   protoreflect.EnumValueDescriptors
	err      error
}

func newSchemas(services []protoreflect.ServiceDescriptor, actor protoreflect.EnumDescriptor) *schemas {
	s := &schemas{made: with(), requests: messages{}, answers: messages{}, actors: actor.Values()}
	for _, service := range services {
		for i := range service.Methods().Len() {
			s.requests.add(service.Methods().Get(i).Input())
			s.answers.add(service.Methods().Get(i).Output())
		}
	}
	return s
}

type messages map[protoreflect.FullName]bool

// add adds a message and the messages of its fields.
func (m messages) add(message protoreflect.MessageDescriptor) {
	if m[message.FullName()] {
		return
	}
	m[message.FullName()] = true
	for i := range message.Fields().Len() {
		if field := message.Fields().Get(i); field.Message() != nil {
			m.add(field.Message())
		}
	}
}

// refTo returns a reference to the schema of a message. It makes the schema if there is no such
// schema yet. It omits the fields in without.
func (s *schemas) refTo(message protoreflect.MessageDescriptor, going direction, without ...string) *object {
	name := strings.ReplaceAll(strings.TrimPrefix(string(message.FullName()), string(message.ParentFile().Package())+"."), ".", "")
	if going == request && s.answers[message.FullName()] {
		name += "Input"
	}
	if !s.made.has(name) {
		s.made.set(name, nil) // the message may contain itself
		s.made.set(name, s.ofMessage(message, going, without))
	}
	return with("$ref", "#/components/schemas/"+name)
}

func (s *schemas) ofMessage(message protoreflect.MessageDescriptor, going direction, without []string) *object {
	if made := wellKnown(message, going); made != nil {
		return made
	}
	schema, properties := with("type", "object", "description", comment(message)), with()
	var required []string
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		isOutput := behaves(field, annotations.FieldBehavior_OUTPUT_ONLY)
		if isOutput && going == request || slices.Contains(without, string(field.Name())) {
			continue
		}
		property := s.ofField(field, going)
		// In a message that only responses have, every field is output.
		if isOutput && s.requests[message.FullName()] {
			property.set("readOnly", true)
		}
		properties.set(field.JSONName(), property)
		if going == request && isRequired(field) {
			required = append(required, field.JSONName())
		}
	}
	schema.set("properties", properties)
	if len(required) > 0 {
		schema.set("required", required)
	}
	if going == request {
		schema.set("additionalProperties", false)
	}
	if going == request {
		s.addCombinations(schema, message, properties.names)
	}
	return schema
}

func (s *schemas) ofField(field protoreflect.FieldDescriptor, going direction) *object {
	var schema *object
	switch {
	case field.IsMap():
		schema = with("type", "object", "additionalProperties", s.ofElement(field.MapValue(), going))
	case field.IsList():
		schema = with("type", "array", "items", s.ofElement(field, going))
	default:
		schema = s.ofElement(field, going)
	}
	if going == request {
		if err := addRules(schema, field, rulesOf(field)); err != nil && s.err == nil {
			s.err = err
		}
		addTextRule(schema, field)
	}
	text := comment(field)
	if examples := examplesOf(text, field); len(examples) > 0 {
		schema.set("examples", examples)
	}
	return schema.set("description", text)
}

func (s *schemas) ofElement(field protoreflect.FieldDescriptor, going direction) *object {
	switch field.Kind() {
	case protoreflect.StringKind:
		return with("type", "string")
	case protoreflect.BoolKind:
		return with("type", "boolean")
	case protoreflect.DoubleKind:
		return with("type", "number", "format", "double")
	case protoreflect.Int32Kind:
		return with("type", "integer", "format", "int32", "minimum", -1<<31, "maximum", 1<<31-1)
	case protoreflect.Uint32Kind:
		return with("type", "integer", "format", "int64", "minimum", 0, "maximum", 1<<32-1)
	case protoreflect.Int64Kind:
		return with("type", "string", "format", "int64", "pattern", "^(?:0|-?[1-9][0-9]{0,18})$")
	case protoreflect.BytesKind:
		return with("type", "string", "contentEncoding", "base64", "pattern", "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")
	case protoreflect.EnumKind:
		return s.refToEnum(field.Enum())
	case protoreflect.MessageKind:
		if made := inPlace(field.Message()); made != nil {
			return made
		}
		return s.refTo(field.Message(), going)
	}
	if s.err == nil {
		s.err = fmt.Errorf("%s is of a kind that openapidoc does not know: %s", field.FullName(), field.Kind())
	}
	return with()
}

// refToEnum returns a reference to the schema of an enum. The schema lists the values without the
// default, which JSON omits.
func (s *schemas) refToEnum(enum protoreflect.EnumDescriptor) *object {
	name := string(enum.Name())
	if !s.made.has(name) {
		var values []string
		text := comment(enum) + "\n"
		for i := range enum.Values().Len() {
			if value := enum.Values().Get(i); value.Number() != 0 {
				values = append(values, string(value.Name()))
				text += fmt.Sprintf("\n- `%s`: %s", value.Name(), strings.ReplaceAll(comment(value), "\n\n", " "))
				if actor, _ := proto.GetExtension(value.Options(), enlistv1.E_NextActor).(enlistv1.Actor); actor != 0 {
					text += " " + comment(s.actors.ByNumber(actor.Number()))
				}
			}
		}
		s.made.set(name, with("type", "string", "enum", values, "description", text))
	}
	return with("$ref", "#/components/schemas/"+name)
}
