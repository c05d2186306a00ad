package rules

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Expected says what a field takes: "a text", "one of …", "a list".
func Expected(field protoreflect.FieldDescriptor) string {
	switch {
	case field.IsMap():
		return "an object"
	case field.IsList():
		return "a list"
	default:
		return ExpectedElement(field)
	}
}

// ExpectedElement is Expected for one element of a list.
func ExpectedElement(field protoreflect.FieldDescriptor) string {
	switch {
	case field.Enum() != nil:
		return "one of " + enumNames(field.Enum())
	case field.Message() != nil && field.Message().FullName() == "google.protobuf.Duration":
		return "a duration in seconds such as 30s"
	case field.Message() != nil && field.Message().FullName() == "google.protobuf.Timestamp":
		return "an instant such as 2018-01-10T12:00:00Z"
	case field.Message() != nil:
		return "an object with some of " + Names(field.Message().Fields())
	}
	switch field.Kind() {
	case protoreflect.StringKind:
		return "a text"
	case protoreflect.BytesKind:
		return "a text in base64"
	case protoreflect.BoolKind:
		return "true or false"
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return "a number"
	default:
		return "a whole number"
	}
}

// Names lists the names of fields, by the alphabet.
func Names(fields protoreflect.FieldDescriptors) string {
	all := make([]string, fields.Len())
	for i := range all {
		all[i] = string(fields.Get(i).Name())
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func enumNames(enum protoreflect.EnumDescriptor) string {
	var all []string
	for i := range enum.Values().Len() {
		if value := enum.Values().Get(i); value.Number() != 0 {
			all = append(all, string(value.Name()))
		}
	}
	return strings.Join(all, ", ")
}
