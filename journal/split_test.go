package journal

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
)

// fill sets every field of a message, to a depth.
func fill(message protoreflect.Message, depth int) {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.ContainingOneof() != nil && !field.HasOptionalKeyword() && message.WhichOneof(field.ContainingOneof()) != nil {
			continue
		}
		switch {
		case field.IsMap():
		case field.IsList():
			list := message.Mutable(field).List()
			list.Append(value(field, list.NewElement(), depth))
		default:
			message.Set(field, value(field, message.NewField(field), depth))
		}
	}
}

func value(field protoreflect.FieldDescriptor, fresh protoreflect.Value, depth int) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.MessageKind:
		if depth > 0 {
			fill(fresh.Message(), depth-1)
		}
		return fresh
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(string(field.Name()))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(field.Name()))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(field.Number()))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(int64(field.Number()))
	default:
		return fresh
	}
}

// The parts of a payload make the payload again, whatever fields it has.
func TestPartsMakeThePayload(t *testing.T) {
	t.Parallel()
	full := &journalv1.Payload{}
	fill(full.ProtoReflect(), 4)
	full.Padding, full.Packed = nil, nil
	merged := &journalv1.Payload{}
	outcome, request, exchanges := split(full)
	for _, part := range []*journalv1.Payload{outcome, request, exchanges} {
		encoded, err := proto.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		if err := (proto.UnmarshalOptions{Merge: true}).Unmarshal(encoded, merged); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(full, merged, protocmp.Transform()); diff != "" {
		t.Errorf("lost or doubled (-want +got):\n%s", diff)
	}
	if outcome.GetRequest() != nil || len(outcome.GetTries()) > 0 || outcome.GetResponse().GetCustomer() != nil {
		t.Errorf("the outcome has a part of the payload: %v", outcome)
	}
}
