package once

import (
	"crypto/sha256"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/wire"
)

// fingerprint returns the SHA-256 of a request as the caller sent it. It is kept encrypted only: it covers secrets.
func fingerprint(request *enlistv1.CreateCustomerRequest) []byte {
	canonical, _ := proto.MarshalOptions{Deterministic: true}.Marshal(request) // fails for invalid UTF-8 only, which no transport lets in
	sum := sha256.Sum256(canonical)
	return sum[:]
}

// storable returns a copy of a request with `$NAME` in the place of what must never be stored, and whether there was any.
func storable(request *enlistv1.CreateCustomerRequest) (copied *enlistv1.CreateCustomerRequest, incomplete bool) {
	copied, _ = proto.Clone(request).(*enlistv1.CreateCustomerRequest)
	return copied, withhold(copied.ProtoReflect())
}

func withhold(message protoreflect.Message) (withheld bool) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if never, _ := proto.GetExtension(field.Options(), enlistv1.E_NeverStored).(bool); never {
			message.Set(field, protoreflect.ValueOfString(wire.Placeholder(field)))
			withheld = true
			return true
		}
		if field.Message() != nil && !field.IsMap() && !field.IsList() {
			withheld = withhold(value.Message()) || withheld
		}
		return true
	})
	return withheld
}

// dropFiles empties the bytes in a request, such as pictures.
func dropFiles(message protoreflect.Message) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Kind() == protoreflect.BytesKind && !field.IsList():
			message.Clear(field)
		case field.Message() != nil && !field.IsMap() && !field.IsList():
			dropFiles(value.Message())
		}
		return true
	})
}
