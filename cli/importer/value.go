package importer

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// set sets the value at a path, from the text of a cell. Its error says what the text must be, and
// does not repeat it.
func (p path) set(request protoreflect.Message, text string) error {
	message := request
	for _, s := range p[:len(p)-1] {
		if err := alone(message, s.field); err != nil {
			return err
		}
		message = s.in(message)
	}
	last := p[len(p)-1]
	if err := alone(message, last.field); err != nil {
		return err
	}
	return last.set(message, text)
}

// alone returns an error if another field of the same oneof is set, which the field would replace.
func alone(message protoreflect.Message, field protoreflect.FieldDescriptor) error {
	oneof := field.ContainingOneof()
	if oneof == nil || oneof.IsSynthetic() {
		return nil
	}
	if other := message.WhichOneof(oneof); other != nil && other != field {
		return fmt.Errorf("excludes %s, which this row also sets: leave one of both empty", other.Name())
	}
	return nil
}

// in returns the message of the step, which it makes.
func (s step) in(message protoreflect.Message) protoreflect.Message {
	switch {
	case s.field.IsMap():
		return message.Mutable(s.field).Map().Mutable(protoreflect.ValueOfString(s.key).MapKey()).Message()
	case s.field.IsList():
		list := message.Mutable(s.field).List()
		for list.Len() <= s.index {
			list.AppendMutable()
		}
		return list.Get(s.index).Message()
	default:
		return message.Mutable(s.field).Message()
	}
}

func (s step) set(message protoreflect.Message, text string) error {
	switch {
	case s.field.IsMap():
		value, err := valueOf(s.field.MapValue(), text)
		if err == nil {
			message.Mutable(s.field).Map().Set(protoreflect.ValueOfString(s.key).MapKey(), value)
		}
		return err
	case s.field.IsList() && s.index == whole:
		for line := range strings.SplitSeq(text, "\n") {
			value, err := valueOf(s.field, strings.TrimSuffix(line, "\r"))
			if err != nil {
				return err
			}
			message.Mutable(s.field).List().Append(value)
		}
		return nil
	case s.field.IsList():
		value, err := valueOf(s.field, text)
		if err != nil {
			return err
		}
		list := message.Mutable(s.field).List()
		for list.Len() <= s.index {
			list.Append(list.NewElement())
		}
		list.Set(s.index, value)
		return nil
	default:
		value, err := valueOf(s.field, text)
		if err == nil {
			message.Set(s.field, value)
		}
		return err
	}
}

// valueOf reads one value of a field.
func valueOf(field protoreflect.FieldDescriptor, text string) (protoreflect.Value, error) {
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(text), nil
	case protoreflect.BoolKind:
		switch strings.ToLower(text) {
		case "true", "yes", "1":
			return protoreflect.ValueOfBool(true), nil
		case "false", "no", "0":
			return protoreflect.ValueOfBool(false), nil
		}
		return protoreflect.Value{}, errors.New("must be true or false")
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return integer(field.Kind(), text)
	case protoreflect.DoubleKind:
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || strings.Trim(text, "0123456789+-.eE") != "" {
			return protoreflect.Value{}, errors.New("must be a number with a decimal point and without separators, such as 1250.5")
		}
		return protoreflect.ValueOfFloat64(number), nil
	case protoreflect.EnumKind:
		return enumValue(field.Enum(), text)
	case protoreflect.BytesKind:
		content, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return protoreflect.Value{}, errors.New("must be base64")
		}
		return protoreflect.ValueOfBytes(content), nil
	case protoreflect.MessageKind:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return protoreflect.Value{}, errors.New("must be a date as YYYY-MM-DD, such as 1984-02-29")
		}
		made := &date.Date{Year: int32(day.Year()), Month: int32(day.Month()), Day: int32(day.Day())} //nolint:gosec // of four digits
		return protoreflect.ValueOfMessage(made.ProtoReflect()), nil
	default:
		return protoreflect.Value{}, fmt.Errorf("cannot come from a file (%v)", field.Kind())
	}
}

func integer(kind protoreflect.Kind, text string) (protoreflect.Value, error) {
	bits := 64
	if kind == protoreflect.Int32Kind {
		bits = 32
	}
	number, err := strconv.ParseInt(text, 10, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return protoreflect.Value{}, fmt.Errorf("must be a whole number of at most %d bits", bits)
	case err != nil:
		return protoreflect.Value{}, errors.New("must be a whole number without separators, such as 1250")
	case bits == 32:
		return protoreflect.ValueOfInt32(int32(number)), nil //nolint:gosec // ParseInt ensures it
	default:
		return protoreflect.ValueOfInt64(number), nil
	}
}

// enumValue reads a value of an enum by its name, in any case, with or without the prefix of the
// enum.
func enumValue(enum protoreflect.EnumDescriptor, text string) (protoreflect.Value, error) {
	values := enum.Values()
	prefix := strings.TrimSuffix(string(values.Get(0).Name()), "UNSPECIFIED")
	var names []string
	for i := range values.Len() {
		value := values.Get(i)
		short := strings.TrimPrefix(string(value.Name()), prefix)
		if value.Number() == 0 {
			continue
		}
		if loose(text) == loose(string(value.Name())) || loose(text) == loose(short) {
			return protoreflect.ValueOfEnum(value.Number()), nil
		}
		names = append(names, short)
	}
	return protoreflect.Value{}, fmt.Errorf("must be one of %s", strings.Join(names, ", "))
}
