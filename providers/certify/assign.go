package certify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/envoyproxy/protoc-gen-validate/validate"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// field returns the field at a path of a request, or nil.
func fieldAt(path string) protoreflect.FieldDescriptor {
	message := (&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor()
	var field protoreflect.FieldDescriptor
	for _, segment := range strings.Split(path, ".") {
		name, _, _ := strings.Cut(segment, "[")
		if message == nil {
			return nil
		}
		if field = message.Fields().ByName(protoreflect.Name(name)); field == nil {
			return nil
		}
		message = field.Message()
	}
	return field
}

// assign sets the value at a path of a customer. The text must be valid for the field.
func assign(request *enlistv1.CreateCustomerRequest, path, text string) error {
	message := request.ProtoReflect()
	segments := strings.Split(path, ".")
	for i, segment := range segments {
		name, index, indexed := strings.Cut(strings.TrimSuffix(segment, "]"), "[")
		field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
		switch {
		case field == nil:
			return fmt.Errorf("no field %s", path)
		case i < len(segments)-1:
			message = message.Mutable(field).Message()
			continue
		case indexed && field.IsList():
			return assignElement(message.Mutable(field).List(), index, text)
		}
		value, err := valueOf(field, text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		message.Set(field, value)
	}
	return nil
}

// assignElement sets an element of a list of texts, or adds it.
func assignElement(list protoreflect.List, index, text string) error {
	at, err := strconv.Atoi(index)
	switch {
	case err != nil:
		return err
	case at < list.Len():
		list.Set(at, protoreflect.ValueOfString(text))
	default: // an earlier element that is not set would be missing
		list.Append(protoreflect.ValueOfString(text))
	}
	return nil
}

func valueOf(field protoreflect.FieldDescriptor, text string) (protoreflect.Value, error) {
	switch {
	case field.Message() != nil && field.Message().FullName() == "google.type.Date":
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return protoreflect.Value{}, err
		}
		made := &date.Date{Year: int32(day.Year()), Month: int32(day.Month()), Day: int32(day.Day())} //nolint:gosec // parts of a date
		return protoreflect.ValueOfMessage(made.ProtoReflect()), nil
	case field.Kind() == protoreflect.DoubleKind:
		number, err := strconv.ParseFloat(text, 64)
		return protoreflect.ValueOfFloat64(number), err
	case field.Kind() == protoreflect.StringKind:
		return protoreflect.ValueOfString(text), nil
	}
	return protoreflect.Value{}, fmt.Errorf("a value of kind %s cannot be made up", field.Kind())
}

// contractMax returns the greatest length that the contract allows at a path, or 0.
func contractMax(path string) int {
	field := fieldAt(path)
	if field == nil {
		return 0
	}
	limits, _ := proto.GetExtension(field.Options(), validate.E_Rules).(*validate.FieldRules)
	text := limits.GetString_()
	if field.IsList() {
		text = limits.GetRepeated().GetItems().GetString_()
	}
	return int(min(text.GetMaxLen(), 1<<20))
}
