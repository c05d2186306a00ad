package providers

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
)

// Reconcile compares the fields that the caller set with the wire message.
//
// It returns the fate of every set field, in field order, and then each value that a setting added.
// It returns an error with every violation of the vendor's limits, at its canonical path. Unless
// the request says UNSUPPORTED_FIELDS_DROP, it also returns an error with every field that the wire
// message does not contain. optional has the proto paths of required wire fields that may be empty
// for this request.
func (t *FieldTable) Reconcile(
	name string, request *enlistv1.CreateCustomerRequest, message proto.Message, optional ...string,
) ([]*enlistv1.FieldFate, error) {
	leaves := leavesOf(request)
	set := make(map[string]bool, len(leaves)+1)
	for _, leaf := range leaves {
		set[leaf.any] = true
	}
	set["request_id"] = request.GetRequestId() != ""

	broken := slices.DeleteFunc(rules.Check(message), func(violation rules.Violation) bool {
		return violation.Missing && slices.Contains(optional, violation.Path)
	})
	if len(broken) > 0 {
		return nil, t.invalid(name, broken, set)
	}

	carrier := message.ProtoReflect()
	fates := make([]*enlistv1.FieldFate, 0, len(leaves)+1)
	var dropped []rules.Violation
	if requestID := (leaf{path: "request_id", any: "request_id", value: request.GetRequestId(), shown: request.GetRequestId()}); requestID.value != "" {
		fates = append(fates, t.sent(requestID, set, carrier)...)
	}
	for _, leaf := range leaves {
		sent := t.sent(leaf, set, carrier)
		if len(sent) == 0 {
			note := t.whyNot(name, leaf, set)
			dropped = append(dropped, rules.Violation{Path: leaf.path, Description: note})
			sent = []*enlistv1.FieldFate{{Path: leaf.path, Fate: enlistv1.Fate_FATE_DROPPED, Note: note}}
		}
		fates = append(fates, sent...)
	}
	if len(dropped) > 0 && request.GetUnsupportedFields() != enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP {
		return nil, &Error{
			Reason: enlistv1.ErrorReason_FIELD_NOT_SUPPORTED,
			Message: "Provider " + name + " does not support " + paths(dropped) + ". Remove " + itOrThem(dropped) +
				", or set unsupported_fields to UNSUPPORTED_FIELDS_DROP. GetProvider lists the supported fields.",
			Violations: dropped,
		}
	}
	return append(fates, t.defaulted(request, fates, carrier)...), nil
}

// ReportedFates returns the fates that a response must name: all except those of fields that Enlist
// sent unchanged.
func ReportedFates(fates []*enlistv1.FieldFate) []*enlistv1.FieldFate {
	return slices.DeleteFunc(slices.Clone(fates), func(fate *enlistv1.FieldFate) bool { return fate.GetFate() == enlistv1.Fate_FATE_SENT })
}

// WithoutDropped returns a copy of the request's customer as sent, without the dropped fields.
func WithoutDropped(request *enlistv1.CreateCustomerRequest, fates []*enlistv1.FieldFate) *enlistv1.Customer {
	kept, _ := proto.Clone(AsSent(request.GetCustomer())).(*enlistv1.Customer)
	for _, fate := range slices.Backward(fates) { // the last element of a list first, so that the other indexes stay valid
		if path, ofCustomer := strings.CutPrefix(fate.GetPath(), "customer."); ofCustomer && fate.GetFate() == enlistv1.Fate_FATE_DROPPED {
			drop(kept.ProtoReflect(), path)
		}
	}
	return kept
}

// drop clears the field at a path, or removes the list element or map entry. A customer's lists and
// maps contain texts.
func drop(message protoreflect.Message, path string) {
	name, rest := path, ""
	if at := strings.IndexAny(path, ".["); at >= 0 {
		name, rest = path[:at], path[at:]
	}
	field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
	switch {
	case field == nil || !message.Has(field):
	case rest == "":
		message.Clear(field)
	case field.IsMap():
		key, _ := strconv.Unquote(rest[1 : len(rest)-1]) // appendLeaves wrote it
		message.Mutable(field).Map().Clear(protoreflect.ValueOfString(key).MapKey())
	case field.IsList():
		at, _ := strconv.Atoi(rest[1 : len(rest)-1]) // appendLeaves wrote it
		list := message.Mutable(field).List()
		for ; at+1 < list.Len(); at++ {
			list.Set(at, list.Get(at+1))
		}
		list.Truncate(at)
	case field.Message() != nil:
		drop(message.Get(field).Message(), rest[1:])
	}
}

// sent returns the fate of one field in each vendor field that contains it. It returns none if no
// vendor field does.
func (t *FieldTable) sent(leaf leaf, set map[string]bool, message protoreflect.Message) []*enlistv1.FieldFate {
	var fates []*enlistv1.FieldFate
	var room [4]string // most fields have one value
	for _, e := range t.byPath[leaf.any] {
		if !e.fills(leaf.any, set) {
			continue // another path fills this field
		}
		carried := appendCarried(room[:0], message, e.chain)
		switch {
		case slices.Contains(carried, leaf.value):
			fates = append(fates, &enlistv1.FieldFate{Path: leaf.path, WireField: e.wireName, Fate: enlistv1.Fate_FATE_SENT})
		case leaf.path == "customer.email" && slices.Contains(carried, asSentEmail(leaf.value)):
			fates = append(fates, &enlistv1.FieldFate{
				Path: leaf.path, WireField: e.wireName, Fate: enlistv1.Fate_FATE_TRANSFORMED,
				Note: leaf.shown + " sent as " + asSentEmail(leaf.value),
			})
		case len(carried) > 0 && e.source.GetAs() != enlistv1.Transformation_TRANSFORMATION_UNSPECIFIED:
			note := leaf.shown + " sent as " + strings.Join(carried, ", ")
			if leaf.shown != leaf.value {
				note = "sent in another form"
			}
			fates = append(fates, &enlistv1.FieldFate{
				Path: leaf.path, WireField: e.wireName, Fate: enlistv1.Fate_FATE_TRANSFORMED, Note: note,
			})
		}
	}
	return fates
}

// fills reports whether a path fills the field, alone or joined with other values of the same list
// or message.
func (e *entry) fills(path string, set map[string]bool) bool {
	active := e.active(set)
	joined := e.source.GetAs() == enlistv1.Transformation_TRANSFORMATION_JOINED && active != "" && above(active) == above(path)
	return active == path || joined || strings.Contains(e.source.GetPath(), "[*]")
}

// above returns the path of the list or message that contains a value. customer.name.given_name
// gives customer.name.
func above(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// active returns the path that fills the field: the first path that is set.
func (e *entry) active(set map[string]bool) string {
	for _, path := range e.anyPaths {
		if set[path] {
			return path
		}
	}
	return ""
}

// home returns the path at which to report a missing value: the customer's field, even if an option
// can fill it, too.
func (e *entry) home() string {
	for _, path := range e.paths {
		if strings.HasPrefix(path, "customer.") {
			return path
		}
	}
	return e.source.GetPath()
}

// appendCarried appends the values of the field at the end of the chain.
func appendCarried(values []string, message protoreflect.Message, chain []protoreflect.FieldDescriptor) []string {
	field := chain[0]
	if !message.Has(field) {
		return values
	}
	add := func(value protoreflect.Value) {
		if len(chain) > 1 {
			values = appendCarried(values, value.Message(), chain[1:])
		} else {
			values = append(values, asText(field, value))
		}
	}
	value := message.Get(field)
	if field.IsMap() { // of messages with one value each
		for _, element := range mapEntries(value.Map()) {
			element.Message().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
				values = append(values, asText(field, value))
				return true
			})
		}
		return values
	}
	if !field.IsList() {
		add(value)
		return values
	}
	for i := range value.List().Len() {
		add(value.List().Get(i))
	}
	return values
}

// whyNot returns the reason why a field is not sent.
func (t *FieldTable) whyNot(name string, leaf leaf, set map[string]bool) string {
	for _, e := range t.byPath[leaf.any] {
		if active := e.active(set); active != "" && active != leaf.any {
			return "is not sent to " + name + ", because " + active + " fills " + e.wireName
		}
		if note := e.source.GetNote(); note != "" {
			return "is not sent to " + name + ": " + note
		}
	}
	if leaf.output {
		return "is an output field: only responses have it"
	}
	if note := t.without[leaf.any]; note != "" {
		return "is not sent to " + name + ": " + note
	}
	return "has no field at " + name
}

// invalid converts violations of the wire message to violations of the request.
func (t *FieldTable) invalid(name string, broken []rules.Violation, set map[string]bool) *Error {
	violations := make([]rules.Violation, 0, len(broken))
	for _, violation := range broken {
		wirePath := violation.Path
		e := t.byWire[anyIndex(wirePath)]
		if e == nil {
			violations = append(violations, violation)
			continue
		}
		path := cmp.Or(e.active(set), e.home())
		others := slices.DeleteFunc(slices.Clone(e.paths), func(other string) bool {
			return other == path || strings.Contains(violation.Description, other)
		})
		path = withIndexes(path, wirePath)
		at := " at " + name + " (" + e.wireName + ")"
		if setting := e.setting(); setting != "" {
			others = append(others, "the connection's setting "+setting)
		}
		if violation.Missing && len(others) > 0 {
			at += "; or set " + strings.Join(others, " or ")
		}
		violations = appendNew(violations, rules.Violation{Path: path, Description: violation.Description + at, Missing: violation.Missing})
	}
	return invalidFields(name, violations)
}

// appendNew adds a violation unless its path has one: one canonical field can fill two vendor
// fields.
func appendNew(violations []rules.Violation, violation rules.Violation) []rules.Violation {
	for _, there := range violations {
		if there.Path == violation.Path {
			return violations
		}
	}
	return append(violations, violation)
}

func itOrThem(violations []rules.Violation) string {
	if len(violations) == 1 {
		return "it"
	}
	return "them"
}

func paths(violations []rules.Violation) string {
	all := make([]string, len(violations))
	for i, violation := range violations {
		all[i] = violation.Path
	}
	if len(all) > 5 {
		return strings.Join(all[:5], ", ") + " and others"
	}
	return strings.Join(all, ", ")
}

// mapEntries yields a map's entries sorted by key, so that every list made from them has the same
// order.
func mapEntries(entries protoreflect.Map) iter.Seq2[string, protoreflect.Value] {
	values := map[string]protoreflect.Value{}
	entries.Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		values[key.String()] = value
		return true
	})
	return func(yield func(string, protoreflect.Value) bool) {
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if !yield(key, values[key]) {
				return
			}
		}
	}
}
