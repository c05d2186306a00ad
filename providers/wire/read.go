package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// MaxOdd is the greatest number of odd members that Read lists. A list of that length may be
// incomplete.
const MaxOdd = 20

// Odd is a member of a vendor's JSON that does not fit its wire field, or is a duplicate. It
// contains no part of the vendor's response: Path has only names of the wire message.
type Odd struct {
	// Path is the position in the vendor's JSON: customFields.customField[2].code. An index counts
	// all elements of the vendor's list, including those that Read skips.
	Path string
	// Field is the wire field, never nil. For an element of a list, it is the list's field.
	Field protoreflect.FieldDescriptor
	// Converted reports that the field has a converted value. Otherwise the field is unset, or the
	// list lacks this element.
	Converted bool
}

var errNotObject = errors.New("the response is not one complete JSON object, or is nested too deeply")

// Read decodes a vendor's JSON object into a message, as far as it can. It replaces the content of
// the message. It fails if data is not a single complete JSON object, or if the nesting is deeper
// than 10000 levels. The message is then empty.
//
// If Unmarshal accepts data, Read gives the same message and odd is nil. Otherwise Read decides
// about each member separately, and lists in odd those that do not fit the message:
//
//   - Read converts a number or a Boolean to a string, its JSON literal.
//   - For a Boolean, it converts 0, 1, "0", "1", "true" and "false".
//   - Any other value that protojson refuses leaves its field unset. Examples are an object for a
//     string, a number out of range, and a string with invalid UTF-8 or half a surrogate pair.
//   - A list skips each element that Read cannot read, such as null among messages. A value that is
//     not a list leaves the field unset.
//   - A google.protobuf.Value accepts any JSON. It stays unset if protojson refuses a part of it,
//     such as an object with a duplicate member.
//   - A duplicate member leaves its field unset, even if both values are equal.
//
// A value that protojson converts is not odd: "101" for an integer, or null for an unset field.
// Read checks only the JSON syntax of members that the message does not declare. It reads maps as a
// whole, and does not check oneofs: no wire message has either.
func Read(data []byte, message proto.Message) (odd []Odd, err error) {
	if Unmarshal(data, message) == nil {
		return nil, nil
	}
	proto.Reset(message)
	data = withoutBOM(data)
	if !json.Valid(data) || bytes.TrimLeft(data, jsonSpace)[0] != '{' {
		return nil, errNotObject
	}
	r := reader{data: data, tokens: json.NewDecoder(bytes.NewReader(data))}
	if err := r.message(message.ProtoReflect(), ""); err != nil {
		proto.Reset(message)
		return nil, err
	}
	return r.odd, nil
}

const jsonSpace = " \t\r\n"

// withoutBOM returns data without a UTF-8 byte order mark at the start.
func withoutBOM(data []byte) []byte {
	return bytes.TrimPrefix(data, []byte(byteOrderMark))
}

const byteOrderMark = "\ufeff"

// reader decodes valid JSON into messages. Each of its methods reads one value from tokens.
type reader struct {
	data   []byte
	tokens *json.Decoder // reads data
	odd    []Odd
}

// message reads an object. path is the path of the message. It is empty or ends with a dot.
func (r *reader) message(message protoreflect.Message, path string) error {
	if _, err := r.tokens.Token(); err != nil { // {
		return err
	}
	fields, seen := message.Descriptor().Fields(), map[protoreflect.FieldNumber]bool{}
	for r.tokens.More() {
		token, err := r.tokens.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		field := fieldNamed(fields, name)
		switch {
		case field == nil:
			err = r.skip()
		case seen[field.Number()]:
			message.Clear(field)
			r.distrust(path+field.JSONName(), field)
			err = r.skip()
		default:
			seen[field.Number()] = true
			err = r.field(message, field, path+field.JSONName())
		}
		if err != nil {
			return err
		}
	}
	_, err := r.tokens.Token() // }
	return err
}

// fieldNamed returns the field with a JSON name or, as in protojson, a name of the .proto file.
func fieldNamed(fields protoreflect.FieldDescriptors, name string) protoreflect.FieldDescriptor {
	if field := fields.ByJSONName(name); field != nil {
		return field
	}
	return fields.ByTextName(name)
}

func (r *reader) field(message protoreflect.Message, field protoreflect.FieldDescriptor, path string) error {
	first := r.first()
	switch {
	case first == 'n' && !holdsAny(field):
		return r.skip()
	case field.IsList() && first == '[':
		return r.list(message, field, path)
	case !field.IsList() && first == '{' && isObject(field):
		return r.message(message.Mutable(field).Message(), path+".")
	case field.IsList() || isObject(field):
		r.add(Odd{Path: path, Field: field})
		return r.skip()
	}
	value, err := r.value(message, field, path)
	if value.IsValid() {
		message.Set(field, value)
	}
	return err
}

func (r *reader) list(message protoreflect.Message, field protoreflect.FieldDescriptor, path string) error {
	if _, err := r.tokens.Token(); err != nil { // [
		return err
	}
	list := message.Mutable(field).List()
	for i := 0; r.tokens.More(); i++ {
		path := path + "[" + strconv.Itoa(i) + "]"
		if isObject(field) && r.first() == '{' {
			if err := r.message(list.AppendMutable().Message(), path+"."); err != nil {
				return err
			}
			continue
		}
		value, err := r.value(message, field, path)
		if err != nil {
			return err
		}
		if value.IsValid() {
			list.Append(value)
		}
	}
	_, err := r.tokens.Token() // ]
	return err
}

// isObject reports whether a field or its elements are messages that Read reads member by member.
func isObject(field protoreflect.FieldDescriptor) bool {
	return field.Message() != nil && !field.IsMap() && field.Message().ParentFile().Package() != "google.protobuf"
}

// value reads the value of a field, or of an element of a list. It returns an invalid value if
// there is nothing to set.
func (r *reader) value(message protoreflect.Message, field protoreflect.FieldDescriptor, path string) (protoreflect.Value, error) {
	raw, err := r.raw()
	if err != nil {
		return protoreflect.Value{}, err
	}
	value, ok := decodeValue(message, field, raw)
	if !ok {
		if other := otherForm(field, raw); other != "" {
			value, ok = decodeValue(message, field, other)
		}
		r.add(Odd{Path: path, Field: field, Converted: ok})
	}
	return value, nil
}

// decodeValue decodes a value as protojson does, in an empty message of the type of parent.
func decodeValue(parent protoreflect.Message, field protoreflect.FieldDescriptor, raw string) (value protoreflect.Value, ok bool) {
	if field.IsList() {
		raw = "[" + raw + "]"
	}
	object := append(appendString([]byte("{"), field.JSONName()), ":"+raw+"}"...)
	message := parent.New()
	switch err := viaProtojson(object, message.Interface()); {
	case err != nil:
		return value, false
	case !message.Has(field): // the zero value
		return value, true
	case field.IsList():
		return message.Get(field).List().Get(0), true
	default:
		return message.Get(field), true
	}
}

// otherForm returns the JSON to decode in place of a value that does not fit, or "".
func otherForm(field protoreflect.FieldDescriptor, raw string) string {
	switch field.Kind() {
	case protoreflect.StringKind:
		if !strings.ContainsRune(`"{[n`, rune(raw[0])) { // a number or a boolean
			return `"` + raw + `"`
		}
	case protoreflect.BoolKind:
		switch raw {
		case `1`, `"1"`, `"true"`:
			return "true"
		case `0`, `"0"`, `"false"`:
			return "false"
		}
	}
	return ""
}

// first returns the first byte of the next value.
func (r *reader) first() byte {
	return bytes.TrimLeft(r.data[r.tokens.InputOffset():], jsonSpace+",:")[0]
}

// raw reads any value.
func (r *reader) raw() (string, error) {
	var raw json.RawMessage
	err := r.tokens.Decode(&raw)
	return string(raw), err
}

func (r *reader) skip() error {
	_, err := r.raw()
	return err
}

// MayBeOdd reports whether Read lists the member at a path, or may have left it out of a full list.
func MayBeOdd(odd []Odd, path string) bool {
	return len(odd) >= MaxOdd || slices.ContainsFunc(odd, func(member Odd) bool { return member.Path == path })
}

func (r *reader) add(odd Odd) {
	if len(r.odd) < MaxOdd {
		r.odd = append(r.odd, odd)
	}
}

// distrust lists a duplicate member, in place of all odd members within it.
func (r *reader) distrust(path string, field protoreflect.FieldDescriptor) {
	r.odd = slices.DeleteFunc(r.odd, func(odd Odd) bool {
		within, ok := strings.CutPrefix(odd.Path, path)
		return ok && (within == "" || within[0] == '.' || within[0] == '[')
	})
	r.add(Odd{Path: path, Field: field})
}
