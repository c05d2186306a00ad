package journal

import (
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// mendTexts replaces invalid UTF-8 in the texts of a message, at any depth. Vendors send such
// texts, and protobuf refuses to write them.
func mendTexts(message protoreflect.Message) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsMap():
			mendMap(field, value.Map())
		case field.IsList():
			list := value.List()
			for i := range list.Len() {
				list.Set(i, mended(field, list.Get(i)))
			}
		case field.Kind() == protoreflect.StringKind || field.Message() != nil:
			message.Set(field, mended(field, value))
		}
		return true
	})
}

func mendMap(field protoreflect.FieldDescriptor, entries protoreflect.Map) {
	var broken []protoreflect.MapKey
	entries.Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		entries.Set(key, mended(field.MapValue(), value))
		if field.MapKey().Kind() == protoreflect.StringKind && !utf8.ValidString(key.String()) {
			broken = append(broken, key)
		}
		return true
	})
	for _, key := range broken {
		value := entries.Get(key)
		entries.Clear(key)
		entries.Set(protoreflect.ValueOfString(valid(key.String())).MapKey(), value)
	}
}

// mended returns a field's value with valid texts.
func mended(field protoreflect.FieldDescriptor, value protoreflect.Value) protoreflect.Value {
	switch {
	case field.Kind() == protoreflect.StringKind:
		return protoreflect.ValueOfString(valid(value.String()))
	case field.Message() != nil:
		mendTexts(value.Message())
	}
	return value
}

func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
