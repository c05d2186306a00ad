package once

import (
	"crypto/sha256"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/wire"
)

// fingerprint returns the SHA-256 of a request as the caller sent it. It covers secrets, so it is
// only stored encrypted.
func fingerprint(request *enlistv1.CreateCustomerRequest) []byte {
	canonical, _ := proto.MarshalOptions{Deterministic: true}.Marshal(request) // fails only for invalid UTF-8, which no transport accepts
	sum := sha256.Sum256(canonical)
	return sum[:]
}

// storable returns a request in which `$NAME` replaces each value that must never be stored, and
// whether it replaced any. It is a copy if it is ever changed: for that, and to drop files.
func storable(request *enlistv1.CreateCustomerRequest) (stored *enlistv1.CreateCustomerRequest, incomplete bool) {
	if !hasAny(request.ProtoReflect(), neverStored()) && !hasAny(request.ProtoReflect(), files()) {
		return request, false
	}
	stored = proto.CloneOf(request)
	return stored, withhold(stored.ProtoReflect())
}

// hasAny reports whether a field at the end of one of the chains is set.
func hasAny(request protoreflect.Message, chains []chain) bool {
	return slices.ContainsFunc(chains, func(chain chain) bool { return len(down(request, chain)) > 0 })
}

// withhold replaces each set value that must never be stored by `$NAME`, and reports whether it
// replaced any.
func withhold(request protoreflect.Message) (withheld bool) {
	for _, chain := range neverStored() {
		for _, holder := range down(request, chain) {
			field := chain[len(chain)-1]
			holder.Set(field, protoreflect.ValueOfString(wire.Placeholder(field)))
			withheld = true
		}
	}
	return withheld
}

// dropFiles empties the fields of type bytes in a request, such as pictures, and reports whether
// there were any.
func dropFiles(request protoreflect.Message) (dropped bool) {
	for _, chain := range files() {
		for _, holder := range down(request, chain) {
			holder.Clear(chain[len(chain)-1])
			dropped = true
		}
	}
	return dropped
}

// chain leads from a request to a field in it.
type chain []protoreflect.FieldDescriptor

var (
	//nolint:gochecknoglobals // a constant
	neverStored = sync.OnceValue(func() []chain {
		return chainsTo(requestType(), nil, func(field protoreflect.FieldDescriptor) bool {
			never, _ := proto.GetExtension(field.Options(), enlistv1.E_NeverStored).(bool)
			return never
		})
	})
	//nolint:gochecknoglobals // a constant
	files = sync.OnceValue(func() []chain {
		return chainsTo(requestType(), nil, func(field protoreflect.FieldDescriptor) bool {
			return field.Kind() == protoreflect.BytesKind && !field.IsList()
		})
	})
)

func requestType() protoreflect.MessageDescriptor {
	return (&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor()
}

// chainsTo returns the chains to the wanted fields, except in maps.
func chainsTo(message protoreflect.MessageDescriptor, above chain, wanted func(protoreflect.FieldDescriptor) bool) (found []chain) {
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		here := append(slices.Clone(above), field)
		switch {
		case wanted(field):
			found = append(found, here)
		case field.Message() != nil && !field.IsMap():
			found = append(found, chainsTo(field.Message(), here, wanted)...)
		}
	}
	return found
}

// down returns the messages in which the field at the end of a chain is set. It visits each element
// of a list.
func down(message protoreflect.Message, chain chain) []protoreflect.Message {
	field := chain[0]
	switch {
	case !message.Has(field):
		return nil
	case len(chain) == 1:
		return []protoreflect.Message{message}
	case !field.IsList():
		return down(message.Get(field).Message(), chain[1:])
	}
	var holders []protoreflect.Message
	for i := range message.Get(field).List().Len() {
		holders = append(holders, down(message.Get(field).List().Get(i).Message(), chain[1:])...)
	}
	return holders
}
