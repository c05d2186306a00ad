// Package wire encodes and decodes vendors' wire messages. A wire message is a proto whose JSON
// names are the vendor's.
//
// The JSON differs from protobuf's own mapping as vendors' servers need it: 64-bit integers are
// numbers, fields have the order of the .proto file, and a message always gives the same bytes.
//
// Packages once and providers and the adapters may import it. It imports nothing of Enlist.
package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/structpb"
)

// usualSize is the size in bytes that fits most messages.
const usualSize = 1 << 10

// JSON encodes a wire message. It omits unset fields.
func JSON(message proto.Message) []byte {
	body, _ := Body(message)
	return body
}

// Body is JSON with a second function, which encodes the message with a placeholder for every field
// that is marked debug_redact. The function is nil if no such field is set.
func Body(message proto.Message) (body []byte, redacted func(placeholder Placeholders) []byte) {
	plain := encoder{out: make([]byte, 0, usualSize)}
	plain.message(message.ProtoReflect())
	if !plain.hasSecrets {
		return plain.out, nil
	}
	return plain.out, func(placeholder Placeholders) []byte {
		shown := encoder{out: make([]byte, 0, usualSize), redact: placeholder}
		shown.message(message.ProtoReflect())
		return shown.out
	}
}

// HasList reports whether data is a JSON object with a list of that name, even an empty one. A
// decoded message cannot tell an empty list from a missing one. A duplicate list does not count.
// Like Unmarshal, HasList ignores a byte order mark.
func HasList(data []byte, name string) bool {
	s, found := NewStream(bytes.NewReader(data), nil), false
	_, err := s.Object(map[string]func() error{name: func() (err error) {
		found, err = s.Elements(func() error {
			_, err := s.Value()
			return err
		})
		return err
	}})
	return err == nil && found && s.End() == nil
}

// Redacted reports whether a field is marked debug_redact.
func Redacted(field protoreflect.FieldDescriptor) bool {
	options, _ := field.Options().(*descriptorpb.FieldOptions)
	return options.GetDebugRedact()
}

// Placeholders returns the placeholder for the value of a redacted field.
type Placeholders func(field protoreflect.FieldDescriptor) string

// Placeholder returns the usual placeholder for the value of a redacted field: `$PASSWORD`.
func Placeholder(field protoreflect.FieldDescriptor) string {
	return "$" + string(bytes.ToUpper([]byte(field.Name())))
}

// encoder appends to out. With redact, it writes placeholders for fields marked debug_redact.
// hasSecrets reports whether it has encoded such a field.
type encoder struct {
	out        []byte
	redact     Placeholders
	hasSecrets bool
}

func (e *encoder) message(message protoreflect.Message) {
	e.out = append(e.out, '{')
	fields := message.Descriptor().Fields()
	first := true
	for i := range fields.Len() {
		field := fields.Get(i)
		if !message.Has(field) {
			continue
		}
		if !first {
			e.out = append(e.out, ',')
		}
		first = false
		e.out = append(appendString(e.out, field.JSONName()), ':')
		secret := Redacted(field)
		e.hasSecrets = e.hasSecrets || secret
		if secret && e.redact != nil {
			e.out = appendString(e.out, e.redact(field))
			continue
		}
		e.field(field, message.Get(field))
	}
	e.out = append(e.out, '}')
}

func (e *encoder) field(field protoreflect.FieldDescriptor, value protoreflect.Value) {
	if field.IsMap() {
		e.entries(field.MapValue(), value.Map())
		return
	}
	if !field.IsList() {
		e.value(field, value)
		return
	}
	list := value.List()
	e.out = append(e.out, '[')
	for i := range list.Len() {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.value(field, list.Get(i))
	}
	e.out = append(e.out, ']')
}

// entries writes a map as an object, sorted by name.
func (e *encoder) entries(kind protoreflect.FieldDescriptor, entries protoreflect.Map) {
	values := map[string]protoreflect.Value{}
	entries.Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		values[key.String()] = value
		return true
	})
	e.out = append(e.out, '{')
	for i, name := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.out = append(appendString(e.out, name), ':')
		e.value(kind, values[name])
	}
	e.out = append(e.out, '}')
}

// scalar writes a google.protobuf.Value that contains a string, a number or a Boolean. It writes
// any other value as null.
func (e *encoder) scalar(value *structpb.Value) {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		e.out = appendString(e.out, kind.StringValue)
	case *structpb.Value_NumberValue:
		e.out = appendNumber(e.out, kind.NumberValue)
	case *structpb.Value_BoolValue:
		e.out = strconv.AppendBool(e.out, kind.BoolValue)
	default:
		e.out = append(e.out, "null"...)
	}
}

func (e *encoder) value(field protoreflect.FieldDescriptor, value protoreflect.Value) {
	switch field.Kind() {
	case protoreflect.MessageKind:
		if scalar, ok := value.Message().Interface().(*structpb.Value); ok {
			e.scalar(scalar)
			return
		}
		e.message(value.Message())
	case protoreflect.StringKind:
		e.out = appendString(e.out, value.String())
	case protoreflect.BoolKind:
		e.out = strconv.AppendBool(e.out, value.Bool())
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		e.out = strconv.AppendInt(e.out, value.Int(), 10)
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind:
		e.out = strconv.AppendUint(e.out, value.Uint(), 10)
	case protoreflect.DoubleKind:
		e.out = appendNumber(e.out, value.Float())
	case protoreflect.BytesKind:
		e.out = appendString(e.out, base64.StdEncoding.EncodeToString(value.Bytes()))
	default:
		panic(fmt.Sprintf("wire: %s has a kind that no vendor message uses: %s", field.FullName(), field.Kind()))
	}
}

// appendNumber writes a double in JSON's form. The contract's rules exclude NaN and infinities
// before.
func appendNumber(out []byte, number float64) []byte {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return append(out, "null"...)
	}
	encoded, _ := json.Marshal(number) //nolint:errchkjson // a finite float64 always encodes
	return append(out, encoded...)
}

func appendString(out []byte, text string) []byte {
	if isPlain(text) {
		return append(append(append(out, '"'), text...), '"')
	}
	buffer := bytes.NewBuffer(out)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // encoding a string never fails
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}

// isPlain reports whether a text needs no escaping in JSON.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
