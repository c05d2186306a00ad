package wire

import (
	"net/url"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Form returns a flat wire message as form or query values, by JSON name. With all, it includes
// unset fields as empty values, for vendors that distinguish empty from missing. It skips fields
// that contain a message or bytes.
func Form(message proto.Message, all bool) url.Values {
	return form(message.ProtoReflect(), all, false)
}

// RedactedForm is Form with `$NAME` for every field that is marked debug_redact.
func RedactedForm(message proto.Message, all bool) url.Values {
	return form(message.ProtoReflect(), all, true)
}

func form(message protoreflect.Message, all, redact bool) url.Values {
	values := url.Values{}
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case field.Message() != nil || field.Kind() == protoreflect.BytesKind:
		case !message.Has(field):
			if all {
				values.Set(field.JSONName(), "")
			}
		case redact && Redacted(field):
			values.Set(field.JSONName(), Placeholder(field))
		case field.IsList():
			for j := range message.Get(field).List().Len() {
				values.Add(field.JSONName(), scalar(field, message.Get(field).List().Get(j)))
			}
		default:
			values.Set(field.JSONName(), scalar(field, message.Get(field)))
		}
	}
	return values
}

func scalar(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	if field.Kind() == protoreflect.DoubleKind {
		return strconv.FormatFloat(value.Float(), 'f', -1, 64)
	}
	return value.String()
}
