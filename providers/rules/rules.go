// Package rules checks a message against the validation rules in its .proto file. It reports each
// violation by proto field path and in words. It never repeats the value, which is personal data.
//
// Packages server, once and providers, and the adapters, may import it. It imports only the contract.
package rules

import (
	"strconv"
	"strings"

	"github.com/envoyproxy/protoc-gen-validate/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Violation is one broken rule.
type Violation struct {
	// Path is the proto path of the field in the checked message:
	// `customer.billing_address.country_code`.
	Path string
	// Description completes a sentence that starts with the path: "must be an ISO 3166-1 alpha-2
	// country code …".
	Description string
	// Missing reports that the field is required and empty.
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
	return flatten(nil, err, message.ProtoReflect(), "")
}

// Methods of the errors that protoc-gen-validate generates.
type (
	severalErrors interface{ AllErrors() []error }
	fieldError    interface {
		Field() string
		Reason() string
		Cause() error
	}
)

func flatten(into []Violation, err error, message protoreflect.Message, prefix string) []Violation {
	switch err := err.(type) { //nolint:errorlint // generated errors are not wrapped
	case severalErrors:
		for _, one := range err.AllErrors() {
			into = flatten(into, one, message, prefix)
		}
	case fieldError:
		name, index, _ := strings.Cut(strings.TrimSuffix(err.Field(), "]"), "[")
		field, protoName := find(message.Descriptor(), name)
		path := prefix + protoName
		isElement := name != err.Field()
		switch {
		case isElement && field.IsMap():
			path += "[" + strconv.Quote(index) + "]" // a key may contain anything
		case isElement:
			path += "[" + index + "]"
		}
		if isGenerated(err.Cause()) {
			return flatten(into, err.Cause(), within(message, field, index), path+".")
		}
		if field == nil {
			oneof := message.Descriptor().Oneofs().ByName(protoreflect.Name(protoName))
			return appendOnce(into, Violation{Path: path, Description: "must have exactly one of " + Names(oneof.Fields()), Missing: true})
		}
		missing := isMissing(message, field, index, isElement)
		description := describe(field, err.Reason(), missing)
		if foreign := describeForeign(message, field, index); foreign != "" {
			description = foreign + ", but " + description
		}
		return appendOnce(into, Violation{Path: path, Description: description, Missing: missing})
	}
	return into
}

// within returns the message in a field, or at an index or key of it.
func within(message protoreflect.Message, field protoreflect.FieldDescriptor, index string) protoreflect.Message {
	value := message.Get(field)
	switch {
	case field.IsMap():
		return value.Map().Get(protoreflect.ValueOfString(index).MapKey()).Message()
	case field.IsList():
		at, _ := strconv.Atoi(index) // the generated code wrote it
		return value.List().Get(at).Message()
	}
	return value.Message()
}

// isMissing reports whether the field, or its element at the index, is empty.
func isMissing(message protoreflect.Message, field protoreflect.FieldDescriptor, index string, isElement bool) bool {
	switch {
	case field.IsMap():
		return isElement && index == ""
	case field.IsList() && index != "" && field.Kind() == protoreflect.StringKind:
		at, _ := strconv.Atoi(index) // the generated code wrote it
		return message.Get(field).List().Get(at).String() == ""
	case !field.IsList() && field.Kind() == protoreflect.StringKind:
		return message.Get(field).String() == "" // an optional one can be set and empty
	}
	return !message.Has(field)
}

func isGenerated(err error) bool {
	switch err.(type) { //nolint:errorlint // generated errors are not wrapped
	case severalErrors, fieldError:
		return true
	}
	return false
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

// describe converts a rule's reason to the end of a sentence. A field's hint explains it better
// than a regular expression.
func describe(field protoreflect.FieldDescriptor, reason string, missing bool) string {
	if hint, _ := proto.GetExtension(field.Options(), enlistv1.E_Hint).(string); hint != "" {
		return "must be " + hint
	}
	if missing {
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

// describeForeign names the first character of a text that the pattern of a vendor's field
// excludes. A hint may say which characters a field accepts, but the wrong one may be invisible. If
// Enlist transforms a value, the characters and their places are not the caller's, so
// describeForeign says nothing.
func describeForeign(message protoreflect.Message, field protoreflect.FieldDescriptor, index string) string {
	source, _ := proto.GetExtension(field.Options(), enlistv1.E_Source).(*enlistv1.FieldSource)
	asItCame := source.GetPath() != "" && source.GetAs() == enlistv1.Transformation_TRANSFORMATION_UNSPECIFIED
	if field.Kind() != protoreflect.StringKind || field.IsMap() || !asItCame {
		return ""
	}
	limits, _ := proto.GetExtension(field.Options(), validate.E_Rules).(*validate.FieldRules)
	value, text := message.Get(field), limits.GetString_()
	switch {
	case !field.IsList():
	case index == "":
		return ""
	default:
		at, _ := strconv.Atoi(index) // the generated code wrote it
		value, text = value.List().Get(at), limits.GetRepeated().GetItems().GetString_()
	}
	found, place := foreign(text.GetPattern(), value.String())
	if text.GetPattern() == "" || found < 0 {
		return ""
	}
	return "contains " + character(found) + " at character " + strconv.Itoa(place)
}

// appendOnce adds a violation unless it equals the last one: two rules of one field (a pattern and
// a length, for example) can have the same description. The violations of one field are
// consecutive. A longer search would take minutes for a list of a million wrong elements.
func appendOnce(into []Violation, violation Violation) []Violation {
	if len(into) > 0 && into[len(into)-1] == violation {
		return into
	}
	return append(into, violation)
}
