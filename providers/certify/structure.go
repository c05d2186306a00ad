package certify

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/wire"
)

// compareRecord compares the vendor's record in a response ("create", "get" or "contractor") with
// the wire message: members that are unknown, missing, or of another type.
func (r *run) compareRecord(c *check, response string, record *structpb.Struct) {
	message := r.facts.record(response)
	switch {
	case message == nil:
		return
	case record == nil:
		c.differ(Difference{Kind: Behaviour, Member: response, Note: "Enlist cannot show the vendor's record. " +
			"It may have a duplicate member, or characters that are not UTF-8."})
		return
	}
	r.compareMembers(c, response, record)
	r.compareObject(c, message, record, "")
}

// compareMembers reports the members that a record always has, but not here.
func (r *run) compareMembers(c *check, response string, record *structpb.Struct) {
	for _, path := range r.facts.Members[response] {
		if !has(structpb.NewStructValue(record), strings.Split(path, ".")) {
			c.differ(Difference{Kind: MissingMember, Member: path, Note: "The vendor's record always has this member, but not here."})
		}
	}
}

// shapeNumber is a number in a shape, whose digits are all 0.
var shapeNumber = regexp.MustCompile(`([:\[,])-?0[0.eE+-]*`)

// compareFailed compares the bodies of successful responses in a failed check with the wire
// messages. The adapter may not have understood them, and their members then say why. A list of all
// customers is there as its shape.
func (r *run) compareFailed(c *check) {
	for _, exchange := range r.recorder.since(c.start) {
		body := exchange.ResponseBody
		if strings.Contains(body, "\uFFFD") { // in place of what is not UTF-8
			c.differ(Difference{Kind: Behaviour, Member: exchange.Operation, Note: "The response has text that is not UTF-8."})
		}
		kind := exchange.Operation
		if !slices.Contains([]string{"create", "get", "list"}, kind) || exchange.Status >= 300 || isRefusal(exchange.ErrorReason) {
			continue
		}
		if _, form, isShape := strings.Cut(body, "\n"); isShape && strings.HasPrefix(body, "(") {
			body = shapeNumber.ReplaceAllString(form, "${1}0")
		}
		message, record := r.facts.record(kind), wire.Record([]byte(body))
		if message == nil {
			continue
		}
		if record != nil { // it is an object, and not cut short
			r.compareMembers(c, kind, record)
			r.compareObject(c, message, record, "")
		}
		if held := idIn(message, record); held != "" && kind != "list" {
			r.compareID(c, c.id, held, "in a response that Enlist does not understand")
		}
	}
}

// isRefusal reports whether a response with an error is the vendor's own refusal, and no record.
func isRefusal(reason enlistv1.ErrorReason) bool {
	switch reason {
	case enlistv1.ErrorReason_VENDOR_REJECTED, enlistv1.ErrorReason_CUSTOMER_EXISTS, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED:
		return true
	}
	return false
}

// idIn returns the customer's id in a vendor's record, or "".
func idIn(message protoreflect.MessageDescriptor, record *structpb.Struct) string {
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		member := record.GetFields()[field.JSONName()]
		if providers.SourceOf([]protoreflect.FieldDescriptor{field}).GetPath() == "customer.id" {
			return member.GetStringValue()
		}
		if inner := member.GetStructValue(); inner != nil && field.Message() != nil && field.Message().ParentFile().Package() != "google.protobuf" {
			if held := idIn(field.Message(), inner); held != "" {
				return held
			}
		}
	}
	return ""
}

// has reports whether a value has a member at a path. A list must have an element, and each element
// must have the member.
func has(value *structpb.Value, path []string) bool {
	if len(path) == 0 {
		return true
	}
	name, isList := strings.CutSuffix(path[0], "[]")
	member, there := value.GetStructValue().GetFields()[name]
	if !there || !isList {
		return there && has(member, path[1:])
	}
	elements := member.GetListValue().GetValues()
	return len(elements) > 0 && !slices.ContainsFunc(elements, func(element *structpb.Value) bool { return !has(element, path[1:]) })
}

func (r *run) compareObject(c *check, message protoreflect.MessageDescriptor, object *structpb.Struct, above string) {
	for _, name := range slices.Sorted(maps.Keys(object.GetFields())) {
		value, path := object.GetFields()[name], above+name
		field := fieldNamed(message, name)
		switch {
		case field == nil && !r.facts.known[member{message.FullName(), name}]:
			c.differ(Difference{Kind: UnknownMember, Member: path, Note: "The vendor documents no such member. Enlist ignores it."})
		case field == nil:
		case field.IsList() && isList(value):
			for i, element := range value.GetListValue().GetValues() {
				r.compareValue(c, field, element, path+"["+strconv.Itoa(i)+"]")
			}
		case field.IsList() && !isNull(value):
			c.otherType(path, field, value)
		default:
			r.compareValue(c, field, value, path)
		}
	}
}

func (r *run) compareValue(c *check, field protoreflect.FieldDescriptor, value *structpb.Value, path string) {
	inner := field.Message()
	switch object := value.GetStructValue(); {
	case isNull(value), inner != nil && inner.ParentFile().Package() == "google.protobuf":
	case inner != nil && object != nil:
		r.compareObject(c, inner, object, path+".")
	case kindOf(value) != wantedKind(field):
		c.otherType(path, field, value)
	}
}

func (c *check) otherType(path string, field protoreflect.FieldDescriptor, value *structpb.Value) {
	wanted := wantedKind(field)
	if field.IsList() && !isList(value) && !strings.HasSuffix(path, "]") {
		wanted = "a list"
	}
	c.differ(Difference{Kind: OtherType, Member: path, Note: "It is " + kindOf(value) + ". The vendor documents " + wanted + "."})
}

func isNull(value *structpb.Value) bool {
	_, is := value.GetKind().(*structpb.Value_NullValue)
	return is
}

func isList(value *structpb.Value) bool {
	_, is := value.GetKind().(*structpb.Value_ListValue)
	return is
}

func kindOf(value *structpb.Value) string {
	switch value.GetKind().(type) {
	case *structpb.Value_StringValue:
		return "a text"
	case *structpb.Value_NumberValue:
		return "a number"
	case *structpb.Value_BoolValue:
		return "true or false"
	case *structpb.Value_ListValue:
		return "a list"
	case *structpb.Value_StructValue:
		return "an object"
	}
	return "null"
}

func wantedKind(field protoreflect.FieldDescriptor) string {
	switch field.Kind() {
	case protoreflect.StringKind, protoreflect.BytesKind:
		return "a text"
	case protoreflect.BoolKind:
		return "true or false"
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return "an object"
	}
	return "a number"
}
