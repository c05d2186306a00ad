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
	values := url.Values{}
	reflected := message.ProtoReflect()
	fields := reflected.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case field.Message() != nil || field.Kind() == protoreflect.BytesKind:
		case !reflected.Has(field):
			if all {
				values.Set(field.JSONName(), "")
			}
		case field.IsList():
			for j := range reflected.Get(field).List().Len() {
				values.Add(field.JSONName(), scalar(field, reflected.Get(field).List().Get(j)))
			}
		default:
			values.Set(field.JSONName(), scalar(field, reflected.Get(field)))
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
