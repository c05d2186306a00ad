package audit

import (
	"encoding/hex"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// maxID bounds the size of an id in bytes: 255 characters. A longer text is no customer's id.
const maxID = 4 * 255

// allProviders stands for every provider in a list (AIP-159).
const allProviders = "-"

// subject is a customer of a provider.
type subject struct{ provider, id string }

// places says where a message has customers' ids.
type places struct {
	provider protoreflect.FieldDescriptor // nil for the provider of the message before or around it
	ids      []protoreflect.FieldDescriptor
	within   []place
	flags    []protoreflect.FieldDescriptor // the switches of the message
}

// place is a field with a message that has places.
type place struct {
	field protoreflect.FieldDescriptor
	*places
}

// known has the places of each message, by its full name.
var known sync.Map //nolint:gochecknoglobals // computed from descriptors, which never change

func placesOf(message protoreflect.MessageDescriptor) *places {
	if found, there := known.Load(message.FullName()); there {
		return found.(*places) //nolint:forcetypeassert // it holds nothing else
	}
	found := findPlaces(message, nil)
	known.Store(message.FullName(), found)
	return found
}

// findPlaces reads the descriptor of a message. outer are the messages around it.
func findPlaces(message protoreflect.MessageDescriptor, outer map[protoreflect.FullName]bool) *places {
	found := &places{}
	around := map[protoreflect.FullName]bool{message.FullName(): true}
	for name := range outer {
		around[name] = true
	}
	isCustomer := message.FullName() == (&enlistv1.Customer{}).ProtoReflect().Descriptor().FullName()
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		switch kind := field.Kind(); {
		case field.IsMap():
		case field.Message() != nil:
			if inner := field.Message(); inner.ParentFile().Package() == message.ParentFile().Package() && !around[inner.FullName()] {
				if places := findPlaces(inner, around); len(places.ids)+len(places.within) > 0 {
					found.within = append(found.within, place{field, places})
				}
			}
		case field.IsList():
		case kind == protoreflect.BoolKind:
			found.flags = append(found.flags, field)
		case kind != protoreflect.StringKind:
		case field.Name() == "provider":
			found.provider = field
		case field.Name() == "customer_id", isCustomer && field.Name() == "id":
			found.ids = append(found.ids, field)
		}
	}
	return found
}

// Customers returns the pseudonyms of the customers that messages name, each once. The customer
// that the first message names comes first. The providers are those of the call. They count for an
// id whose message names no provider, as in a search over all.
func (s *Stream) Customers(providers []string, messages ...proto.Message) []string {
	c := collection{pseudonym: s.options.Pseudonym, providers: providers}
	for _, message := range messages {
		if reflected := message.ProtoReflect(); reflected.IsValid() {
			c.collect(reflected, placesOf(reflected.Descriptor()), "")
		}
	}
	return c.found
}

// collection collects pseudonyms.
type collection struct {
	pseudonym func(provider, id string) []byte
	providers []string
	found     []string
	last      subject
}

func (c *collection) collect(message protoreflect.Message, places *places, provider string) {
	if places.provider != nil {
		if named := message.Get(places.provider).String(); named != allProviders {
			provider = named
		}
	}
	for _, id := range places.ids {
		c.see(provider, message.Get(id).String())
	}
	for _, place := range places.within {
		switch {
		case !message.Has(place.field):
		case place.field.IsList():
			list := message.Get(place.field).List()
			for i := range list.Len() {
				c.collect(list.Get(i).Message(), place.places, provider)
			}
		default:
			c.collect(message.Get(place.field).Message(), place.places, provider)
		}
	}
}

func (c *collection) see(provider, id string) {
	if id == "" || len(id) > maxID {
		return
	}
	if provider != "" {
		c.add(subject{provider, id})
		return
	}
	for _, provider := range c.providers {
		c.add(subject{provider, id})
	}
}

// add adds a customer. Messages often name the same customer in a row.
func (c *collection) add(named subject) {
	if named == c.last {
		return
	}
	c.last = named
	pseudonym := hex.EncodeToString(c.pseudonym(named.provider, named.id))
	if !slices.Contains(c.found, pseudonym) {
		c.found = append(c.found, pseudonym)
	}
}

// Flags returns the names of the switches of a request that are set.
func Flags(request proto.Message) (set []string) {
	reflected := request.ProtoReflect()
	for _, flag := range placesOf(reflected.Descriptor()).flags {
		if reflected.Get(flag).Bool() {
			set = append(set, string(flag.Name()))
		}
	}
	return set
}
