package rules

import (
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Expected says what a field accepts: "a string", "one of …", "a list".
func Expected(field protoreflect.FieldDescriptor) string {
	switch {
	case field.IsMap():
		return "an object that maps names to values"
	case field.IsList():
		return "a list, in square brackets"
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
		return `a duration in seconds, as a string such as "30s"`
	case field.Message() != nil && field.Message().FullName() == "google.protobuf.Timestamp":
		return "a time such as 2018-01-10T12:00:00Z"
	case field.Message() != nil && field.Message().FullName() == "google.type.Date":
		return `an object such as {"year": 2018, "month": 1, "day": 10}`
	case field.Message() != nil:
		return "an object with some of " + Names(field.Message().Fields())
	}
	switch field.Kind() {
	case protoreflect.StringKind:
		return "a string, in double quotes"
	case protoreflect.BytesKind:
		return "a string in base64"
	case protoreflect.BoolKind:
		return "true or false"
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return "a number"
	default:
		return "a whole number"
	}
}

// Names returns the names of the fields that a caller can set, in alphabetical order.
func Names(fields interface {
	Len() int
	Get(i int) protoreflect.FieldDescriptor
},
) string {
	var all []string
	for i := range fields.Len() {
		if field := fields.Get(i); !IsOutput(field) {
			all = append(all, string(field.Name()))
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// IsOutput reports whether only responses have the field.
func IsOutput(field protoreflect.FieldDescriptor) bool {
	behaviors, _ := proto.GetExtension(field.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return slices.Contains(behaviors, annotations.FieldBehavior_OUTPUT_ONLY)
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
