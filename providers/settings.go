package providers

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// defaultsPrefix starts the name of a setting that contains the default of an option.
const defaultsPrefix = "defaults."

// settings are the values that the provider's settings can add to a request.
type settings struct {
	values []setting
	set    map[string]bool // the canonical paths that they fill, with [*] for indexes
}

// setting is one such value.
type setting struct {
	leaf
	name   string            // for example defaults.billing_cycle
	option protoreflect.Name // the option that overrides it; empty if a customer field does
}

// WithSettings sets which values the provider's settings add to a request: the options in
// `defaults`, and the settings that annotations name. Reconcile then reports each value that a
// setting added.
func (t *FieldTable) WithSettings(connection proto.Message) *FieldTable {
	message := connection.ProtoReflect()
	t.settings = settings{set: map[string]bool{}}
	if field := message.Descriptor().Fields().ByName("defaults"); field != nil && message.Has(field) {
		t.settings.values = defaultsOf(message.Get(field).Message())
	}
	for i := range t.entries {
		e := &t.entries[i]
		name := e.source.GetSetting()
		field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
		if field == nil || !message.Has(field) {
			continue
		}
		path := e.source.GetPath()
		value := setting{leaf: leaf{path: path, any: anyIndex(path), value: asText(field, message.Get(field))}, name: name}
		if vendor, option, isOption := strings.Cut(path, "."); isOption && vendor != "customer" {
			value.option = protoreflect.Name(option)
		}
		t.settings.values = append(t.settings.values, value)
	}
	for _, value := range t.settings.values {
		t.settings.set[value.any] = true
	}
	return t
}

// defaultsOf returns the values that are set in the default options.
func defaultsOf(options protoreflect.Message) []setting {
	request := &enlistv1.CreateCustomerRequest{}
	fields := request.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if field := fields.Get(i); field.ContainingOneof() != nil && field.Message() == options.Descriptor() {
			request.ProtoReflect().Set(field, protoreflect.ValueOfMessage(options))
		}
	}
	var values []setting
	for _, leaf := range leavesOf(request) {
		_, rest, _ := strings.Cut(leaf.path, ".")
		values = append(values, setting{leaf: leaf, name: defaultsPrefix + rest, option: protoreflect.Name(rest[:endOfName(rest)])})
	}
	return values
}

// endOfName returns the end of the first name in a path.
func endOfName(path string) int {
	if at := strings.IndexAny(path, ".["); at >= 0 {
		return at
	}
	return len(path)
}

// setting returns the setting that can fill the field, or "". Each option has a default in the
// provider's `defaults`.
func (e *entry) setting() string {
	if e.source.GetSetting() != "" {
		return e.source.GetSetting()
	}
	vendor, option, _ := strings.Cut(e.source.GetPath(), ".")
	if vendor == "customer" {
		return ""
	}
	return defaultsPrefix + option[:endOfName(option)]
}

// addDefaulted adds the fate of each value that a setting added: the request does not override it,
// and the wire message contains it.
func (c *reconciliation) addDefaulted(request *enlistv1.CreateCustomerRequest) {
	own, settings := optionsOf(request), &c.table.settings
	first := len(c.fates)
	for i := range settings.values {
		value := &settings.values[i]
		if value.option != "" && own != nil && own.Has(own.Descriptor().Fields().ByName(value.option)) {
			continue
		}
		for _, e := range c.table.byPath[value.any] {
			inList := strings.Contains(e.wireName, "[]") // the list can contain values of both the request and the settings
			fromRequest := !inList && slices.Contains(c.filled, e.wireName)
			fromOther := slices.ContainsFunc(c.fates[first:], func(fate *enlistv1.FieldFate) bool { // one setting overrides another
				return fate.GetWireField() == e.wireName && fate.GetPath() == value.path
			})
			if fromRequest || fromOther || !e.fills(value.any, settings.set) || !c.carries(e, value.value) {
				continue
			}
			c.fates = append(c.fates, &enlistv1.FieldFate{
				Path: value.path, WireField: e.wireName, Fate: enlistv1.Fate_FATE_DEFAULTED, Note: "from the provider's setting " + value.name,
			})
		}
	}
}

// carries reports whether the wire message has a value in the field, or another form of it.
func (c *reconciliation) carries(e *entry, value string) bool {
	carried := c.carriedBy(e)
	if e.source.GetAs() != enlistv1.Transformation_TRANSFORMATION_UNSPECIFIED {
		return len(carried) > 0
	}
	return slices.Contains(carried, value)
}

// optionsOf returns the vendor options of a request, or nil.
func optionsOf(request *enlistv1.CreateCustomerRequest) protoreflect.Message {
	message := request.ProtoReflect()
	oneofs := message.Descriptor().Oneofs()
	for i := range oneofs.Len() {
		if field := message.WhichOneof(oneofs.Get(i)); field != nil {
			return message.Get(field).Message()
		}
	}
	return nil
}
