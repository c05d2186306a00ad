package providers

import (
	"slices"
	"strconv"
	"sync"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/rules"
	"github.com/enlist-dev/enlist/providers/wire"
)

// leaf is one value that a caller has set.
type leaf struct {
	path   string // for example customer.billing_address.lines[0]
	any    string // path in the form of anyIndex
	value  string
	shown  string // value, or a placeholder for a secret
	output bool   // whether only responses have the field
}

// place is a field of a message. For a field of messages, below has their fields.
type place struct {
	field          protoreflect.FieldDescriptor
	kind           protoreflect.FieldDescriptor // the field, or the value field of a map
	path           string                       // from the root message
	output, secret bool
	below          []place // if the value is a message that is not a leaf
}

// placesOf returns the tree of a message type. No message of the contract contains itself.
func placesOf(message protoreflect.MessageDescriptor, prefix string) []place {
	fields := message.Fields()
	places := make([]place, fields.Len())
	for i := range places {
		field := fields.Get(i)
		at := place{field: field, kind: field, path: prefix + string(field.Name()), output: rules.IsOutput(field), secret: wire.Redacted(field)}
		if field.IsMap() {
			at.kind = field.MapValue()
		}
		if at.kind.Message() != nil && !isDate(at.kind) && !at.output {
			within := at.path + "."
			if field.IsList() || field.IsMap() {
				within = "." // the path of the element ends with an index
			}
			at.below = placesOf(at.kind.Message(), within)
		}
		places[i] = at
	}
	return places
}

var ( // made once, because they never change
	//nolint:gochecknoglobals // a constant
	ofCustomer = sync.OnceValue(func() []place { return placesOf((&enlistv1.Customer{}).ProtoReflect().Descriptor(), "customer.") })
	//nolint:gochecknoglobals // a constant
	ofRequest = sync.OnceValue(func() []place {
		return slices.DeleteFunc(placesOf((&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor(), ""), func(at place) bool {
			return at.field.Name() != "customer" && at.field.ContainingOneof() == nil
		})
	})
)

// usualLeaves is the capacity for most requests: a name, an address and some more.
const usualLeaves = 24

// leavesOf returns the values that are set in the customer and in the vendor's options, in field
// order.
func leavesOf(request *enlistv1.CreateCustomerRequest) []leaf {
	return appendLeaves(make([]leaf, 0, usualLeaves), request.ProtoReflect(), ofRequest(), "")
}

// leavesOfCustomer returns the values that are set in a customer, in field order.
func leavesOfCustomer(customer *enlistv1.Customer) []leaf {
	return appendLeaves(make([]leaf, 0, usualLeaves), customer.ProtoReflect(), ofCustomer(), "")
}

func appendLeaves(leaves []leaf, message protoreflect.Message, places []place, prefix string) []leaf {
	for i := range places {
		at := &places[i]
		if !message.Has(at.field) {
			continue
		}
		value := message.Get(at.field)
		switch {
		case at.field.IsMap():
			leaves = append(leaves, at.leavesIn(value.Map(), prefix)...)
		case at.field.IsList():
			for j := range value.List().Len() {
				leaves = at.appendLeaf(leaves, prefix+at.path+"["+strconv.Itoa(j)+"]", value.List().Get(j))
			}
		case at.below != nil:
			leaves = appendLeaves(leaves, value.Message(), at.below, prefix)
		default:
			leaves = at.appendLeaf(leaves, prefix+at.path, value)
		}
	}
	return leaves
}

// leavesIn returns the values in a map.
func (p *place) leavesIn(entries protoreflect.Map, prefix string) (leaves []leaf) {
	for key, value := range mapEntries(entries) {
		leaves = p.appendLeaf(leaves, prefix+p.path+"["+strconv.Quote(key)+"]", value)
	}
	return leaves
}

// appendLeaf appends the value at its path, or the leaves in it.
func (p *place) appendLeaf(leaves []leaf, path string, value protoreflect.Value) []leaf {
	if p.below != nil {
		return appendLeaves(leaves, value.Message(), p.below, path)
	}
	text := asText(p.kind, value)
	shown := text
	if p.secret {
		shown = wire.Placeholder(p.field)
	}
	return append(leaves, leaf{path: path, any: anyIndex(path), value: text, shown: shown, output: p.output})
}

func isDate(field protoreflect.FieldDescriptor) bool {
	return field.Message() != nil && field.Message().FullName() == "google.type.Date"
}

func asText(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch {
	case isDate(field):
		d, _ := value.Message().Interface().(*date.Date)
		return codes.Date(d)
	case field.Message() != nil && field.Message().FullName() == "google.protobuf.Value":
		held, _ := value.Message().Interface().(*structpb.Value)
		return anyAsText(held)
	case field.Kind() == protoreflect.DoubleKind:
		return strconv.FormatFloat(value.Float(), 'f', -1, 64)
	case field.Message() != nil:
		return "" // appendLeaves has visited the fields of the message
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

// anyAsText converts a google.protobuf.Value as asText converts a plain scalar.
func anyAsText(value *structpb.Value) string {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		return kind.StringValue
	case *structpb.Value_NumberValue:
		return strconv.FormatFloat(kind.NumberValue, 'f', -1, 64)
	case *structpb.Value_BoolValue:
		return strconv.FormatBool(kind.BoolValue)
	}
	return ""
}

// WithDefaults returns the options with defaults for the unset fields. It changes neither. Do not
// change the result, which may be one of them.
func WithDefaults[M proto.Message](options, defaults M) M {
	switch set, otherwise := options.ProtoReflect(), defaults.ProtoReflect(); {
	case !set.IsValid() && !otherwise.IsValid():
		empty, _ := set.New().Interface().(M)
		return empty
	case !set.IsValid():
		return defaults
	case !otherwise.IsValid():
		return options
	}
	merged := proto.CloneOf(options)
	target := merged.ProtoReflect()
	defaults.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if !target.Has(field) {
			target.Set(field, value)
		}
		return true
	})
	return merged
}
