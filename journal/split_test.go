package journal

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
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

// merged returns what the parts of a payload make after they were stored.
func merged(t *testing.T, parts ...*journalv1.Payload) *journalv1.Payload {
	t.Helper()
	payload := &journalv1.Payload{}
	for _, part := range parts {
		encoded, err := proto.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		if err := (proto.UnmarshalOptions{Merge: true}).Unmarshal(encoded, payload); err != nil {
			t.Fatal(err)
		}
	}
	if err := join(payload); err != nil {
		t.Fatal(err)
	}
	return payload
}

// The parts of a payload make the payload again, whatever fields it has, and whatever the response
// has in common with the request.
func TestPartsMakeThePayload(t *testing.T) {
	t.Parallel()
	full := &journalv1.Payload{}
	fill(full.ProtoReflect(), 4)
	full.Padding, full.Packed, full.CustomerAsRequested = nil, nil, nil
	for _, change := range []struct {
		name string
		make func()
	}{
		{"equal customers", func() {}},
		{"another name", func() { full.Response.Customer.Name.GivenName = "Another" }},
		{"fewer lines", func() { full.Response.Customer.BillingAddress.Lines = nil }},
		{"a vendor's id", func() { full.Response.Customer.VendorIds = map[string]string{"key": "value"} }},
		{"an unknown field", func() { full.Response.Customer.ProtoReflect().SetUnknown([]byte{0xf8, 0x7f, 1}) }},
		{"an empty name", func() { full.Response.Customer.Name = &enlistv1.PersonName{} }},
		{"no name", func() { full.Response.Customer.Name = nil }},
		{"no name in the request", func() { full.Request.Customer.Name = nil }},
		{"an empty customer", func() { full.Response.Customer = &enlistv1.Customer{} }},
		{"no customer", func() { full.Response.Customer = nil }},
		{"no request", func() { full.Request = nil }},
	} {
		change.make()
		before := proto.CloneOf(full)
		outcome, request, exchanges := split(full)
		if diff := cmp.Diff(before, merged(t, outcome, request, exchanges), protocmp.Transform()); diff != "" {
			t.Errorf("%s: lost or doubled (-want +got):\n%s", change.name, diff)
		}
		if diff := cmp.Diff(before, full, protocmp.Transform()); diff != "" {
			t.Errorf("%s: split changed the payload (-want +got):\n%s", change.name, diff)
		}
		if outcome.GetRequest() != nil || len(outcome.GetTries()) > 0 || outcome.GetResponse().GetCustomer() != nil {
			t.Errorf("%s: the outcome has a part of the payload: %v", change.name, outcome)
		}
	}
}

// The response is stored without what the request has, too.
func TestNothingIsStoredTwice(t *testing.T) {
	t.Parallel()
	customer := &enlistv1.Customer{Id: "C-1", Email: "qa@example.com", Name: &enlistv1.PersonName{Title: "Mr", FamilyName: "Smith"}}
	written := proto.CloneOf(customer)
	written.Name.Title, written.Source = "MR", enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	_, _, exchanges := split(&journalv1.Payload{
		Request:  &enlistv1.CreateCustomerRequest{Customer: customer},
		Response: &enlistv1.CreateCustomerResponse{Customer: written},
	})
	want := &enlistv1.Customer{Name: written.GetName(), Source: written.GetSource()}
	if diff := cmp.Diff(want, exchanges.GetResponse().GetCustomer(), protocmp.Transform()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What refers to a part that is not there is an error.
func TestJoinDamage(t *testing.T) {
	t.Parallel()
	request := &enlistv1.CreateCustomerRequest{Customer: &enlistv1.Customer{Id: "C-1"}}
	response := &enlistv1.CreateCustomerResponse{Customer: &enlistv1.Customer{}}
	for name, payload := range map[string]*journalv1.Payload{
		"no request":    {Response: response, CustomerAsRequested: []int32{1}},
		"no response":   {Request: request, CustomerAsRequested: []int32{1}},
		"unknown field": {Request: request, Response: response, CustomerAsRequested: []int32{4711}},
		"unset text":    {Request: request, Response: response, CustomerAsRequested: []int32{1, 3}},
		"unset message": {Request: request, Response: response, CustomerAsRequested: []int32{2}},
		"unset map":     {Request: request, Response: response, CustomerAsRequested: []int32{mapField(t)}},
	} {
		if join(payload) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// mapField returns the number of a map of Customer.
func mapField(t *testing.T) int32 {
	t.Helper()
	fields := (&enlistv1.Customer{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if fields.Get(i).IsMap() {
			return int32(fields.Get(i).Number())
		}
	}
	t.Fatal("no map")
	return 0
}
