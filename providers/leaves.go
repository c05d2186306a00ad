package providers

import (
	"fmt"
	"strconv"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/rules"
	"github.com/enlist-dev/enlist/providers/wire"
)

// leaf is one value that a caller has set.
type leaf struct {
	path   string // customer.billing_address.lines[0]
	any    string // the same as anyIndex writes it
	value  string
	shown  string // value, or a placeholder where it must not be shown
	output bool   // whether the field stands in answers only
}

// leavesOf lists what is set in the customer and in the vendor's options, in field order.
func leavesOf(request *enlistv1.CreateCustomerRequest) []leaf {
	leaves := make([]leaf, 0, 16) // a customer with a name, an address and some more
	message := request.ProtoReflect()
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if (field.Name() == "customer" || field.ContainingOneof() != nil) && message.Has(field) {
			leaves = appendLeaves(leaves, message.Get(field).Message(), string(field.Name()))
		}
	}
	return leaves
}

func appendLeaves(leaves []leaf, message protoreflect.Message, prefix string) []leaf {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if !message.Has(field) {
			continue
		}
		path, value := prefix+"."+string(field.Name()), message.Get(field)
		switch {
		case field.IsMap():
			for key, value := range mapEntries(value.Map()) {
				leaves = appendLeaf(leaves, field, path+"["+strconv.Quote(key)+"]", field.MapValue(), value)
			}
		case field.IsList():
			for j := range value.List().Len() {
				leaves = appendLeaf(leaves, field, fmt.Sprintf("%s[%d]", path, j), field, value.List().Get(j))
			}
		default:
			leaves = appendLeaf(leaves, field, path, field, value)
		}
	}
	return leaves
}

func appendLeaf(leaves []leaf, field protoreflect.FieldDescriptor, path string, kind protoreflect.FieldDescriptor, value protoreflect.Value) []leaf {
	output := rules.IsOutput(field)
	if kind.Message() != nil && !isDate(kind) && !output {
		return appendLeaves(leaves, value.Message(), path)
	}
	text := asText(kind, value)
	shown := text
	if wire.Redacted(field) {
		shown = wire.Placeholder(field)
	}
	return append(leaves, leaf{path: path, any: anyIndex(path), value: text, shown: shown, output: output})
}

func isDate(field protoreflect.FieldDescriptor) bool {
	return field.Message() != nil && field.Message().FullName() == "google.type.Date"
}

func asText(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch {
	case isDate(field):
		d, _ := value.Message().Interface().(*date.Date)
		return codes.Date(d)
	case field.Message() != nil:
		return "" // a message without leaves of its own; appendLeaves has gone into it
	case field.Enum() != nil:
		if known := field.Enum().Values().ByNumber(value.Enum()); known != nil {
			return string(known.Name())
		}
		return strconv.Itoa(int(value.Enum()))
	case field.Kind() == protoreflect.BytesKind:
		return string(value.Bytes())
	default:
		return value.String()
	}
}

// WithDefaults returns the options with the connection's defaults in the fields that they leave unset. Neither is changed.
func WithDefaults[M proto.Message](options, defaults M) M {
	merged, _ := proto.Clone(options).(M)
	target := merged.ProtoReflect()
	if !target.IsValid() {
		target = target.New()
		merged, _ = target.Interface().(M)
	}
	clone := proto.Clone(defaults).ProtoReflect()
	clone.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if !target.Has(field) {
			target.Set(field, value)
		}
		return true
	})
	return merged
}
