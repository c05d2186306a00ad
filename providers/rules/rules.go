// Package rules checks a message against the validation rules that stand in its .proto file, and says what is wrong
// by proto field path and in words. It never repeats the offending value: values are personal data.
package rules

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Violation is one broken rule.
type Violation struct {
	// Path is the proto path of the field from the checked message: `customer.billing_address.country_code`.
	Path string
	// Description completes a sentence that begins with the path: "must be an ISO 3166-1 alpha-2 country code …".
	Description string
	// Missing is set when the field is required and empty.
	Missing bool
}

// Check returns every broken rule of the message and of all messages in it, in field order.
func Check(message proto.Message) []Violation {
	checked, ok := message.(interface{ ValidateAll() error })
	if !ok {
		return nil
	}
	err := checked.ValidateAll()
	if err == nil {
		return nil
	}
	return flatten(nil, err, message.ProtoReflect().Descriptor(), "")
}

// What protoc-gen-validate's generated errors offer.
type (
	severalErrors interface{ AllErrors() []error }
	fieldError    interface {
		Field() string
		Reason() string
		Cause() error
	}
)

func flatten(into []Violation, err error, message protoreflect.MessageDescriptor, prefix string) []Violation {
	switch err := err.(type) { //nolint:errorlint // generated errors are not wrapped
	case severalErrors:
		for _, one := range err.AllErrors() {
			into = flatten(into, one, message, prefix)
		}
	case fieldError:
		name, index, _ := strings.Cut(err.Field(), "[")
		if index != "" {
			index = "[" + index
		}
		field, path := find(message, name)
		path = prefix + path + index
		if field != nil && field.Message() != nil && isGenerated(err.Cause()) {
			return flatten(into, err.Cause(), element(field), path+".")
		}
		return appendOnce(into, Violation{Path: path, Description: describe(field, err.Reason()), Missing: isMissing(err.Reason())})
	}
	return into
}

func isGenerated(err error) bool {
	switch err.(type) { //nolint:errorlint // generated errors are not wrapped
	case severalErrors, fieldError:
		return true
	}
	return false
}

func element(field protoreflect.FieldDescriptor) protoreflect.MessageDescriptor {
	if field.IsMap() {
		return field.MapValue().Message()
	}
	return field.Message()
}

// find returns the field (nil for a oneof) with the given Go name, and its proto name.
func find(message protoreflect.MessageDescriptor, goName string) (protoreflect.FieldDescriptor, string) {
	for i := range message.Fields().Len() {
		if field := message.Fields().Get(i); sameName(string(field.Name()), goName) {
			return field, string(field.Name())
		}
	}
	for i := range message.Oneofs().Len() {
		if oneof := message.Oneofs().Get(i); sameName(string(oneof.Name()), goName) {
			return nil, string(oneof.Name())
		}
	}
	return nil, goName
}

func sameName(protoName, goName string) bool {
	return strings.EqualFold(strings.ReplaceAll(protoName, "_", ""), strings.ReplaceAll(goName, "_", ""))
}

// describe turns a rule's reason into the end of a sentence. A field's hint says it better than a regular expression.
func describe(field protoreflect.FieldDescriptor, reason string) string {
	if field == nil {
		return "must have exactly one of its fields set"
	}
	if hint, _ := proto.GetExtension(field.Options(), enlistv1.E_Hint).(string); hint != "" {
		return "must be " + hint
	}
	if isMissing(reason) {
		return "must be set"
	}
	reason = strings.TrimPrefix(reason, "value ")
	reason = strings.ReplaceAll(reason, "runes", "characters")
	reason = strings.ReplaceAll(reason, ", inclusive", "")
	if rest, ok := strings.CutPrefix(reason, "length must be"); ok {
		return "must have a length of" + rest
	}
	return reason
}

func isMissing(reason string) bool {
	return reason == "value is required" || strings.HasPrefix(reason, "value length must be at least 1 ") ||
		strings.HasPrefix(reason, "value length must be between 1 ")
}

// appendOnce keeps one violation where two rules of one field (a pattern and a length, say) have the same thing to say.
func appendOnce(into []Violation, violation Violation) []Violation {
	for _, there := range into {
		if there.Path == violation.Path && there.Description == violation.Description {
			return into
		}
	}
	return append(into, violation)
}
