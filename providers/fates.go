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
// For a creation it omits fields that are sent unchanged, unless the table keeps them (KeepSent).
// It returns an error with every violation of the vendor's limits, at its canonical path. Unless
// the request says UNSUPPORTED_FIELDS_DROP, it also returns an error with every field that the wire
// message does not contain. optional has the proto paths of required wire fields that may be empty
// for this request.
func (t *FieldTable) Reconcile(
	name string, request *enlistv1.CreateCustomerRequest, message proto.Message, optional ...string,
) ([]*enlistv1.FieldFate, error) {
	leaves := leavesOf(request)
	c := &reconciliation{
		table: t, message: message.ProtoReflect(), withSent: t.keepsSent || request.GetValidateOnly(),
		set: make(map[string]bool, len(leaves)+1), filled: make([]string, 0, len(leaves)+1),
	}
	for i := range leaves {
		c.set[leaves[i].any] = true
	}
	c.set["request_id"] = request.GetRequestId() != ""

	broken := slices.DeleteFunc(rules.Check(message), func(violation rules.Violation) bool {
		return violation.Missing && slices.Contains(optional, violation.Path)
	})
	if len(broken) > 0 {
		return nil, t.invalid(name, broken, c.set)
	}

	var dropped []rules.Violation
	if requestID := request.GetRequestId(); requestID != "" {
		c.addSent(&leaf{path: "request_id", any: "request_id", value: requestID, shown: requestID})
	}
	for i := range leaves {
		if leaf := &leaves[i]; !c.addSent(leaf) {
			note := t.whyNot(name, leaf, c.set)
			dropped = append(dropped, rules.Violation{Path: leaf.path, Description: note})
			c.fates = append(c.fates, &enlistv1.FieldFate{Path: leaf.path, Fate: enlistv1.Fate_FATE_DROPPED, Note: note})
		}
	}
	if len(dropped) > 0 && request.GetUnsupportedFields() != enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP {
		return nil, &Error{
			Reason: enlistv1.ErrorReason_FIELD_NOT_SUPPORTED,
			Message: "Provider " + name + " does not support " + paths(dropped) + ". Remove " + itOrThem(dropped) +
				", or set unsupported_fields to UNSUPPORTED_FIELDS_DROP. GetProvider lists the supported fields.",
			Violations: dropped,
		}
	}
	c.addDefaulted(request)
	return c.fates, nil
}

// reconciliation compares a request with the wire message that was made of it.
type reconciliation struct {
	table    *FieldTable
	message  protoreflect.Message
	withSent bool                  // fates has the fields that are sent unchanged, too
	set      map[string]bool       // the canonical paths that the request sets, with [*] for indexes
	filled   []string              // the wire fields that contain a value of the request
	fates    []*enlistv1.FieldFate // so far
	carried  []string              // of the latest call of carriedBy
}

// carriedBy returns the values of a field of the wire message, until the next call.
func (c *reconciliation) carriedBy(e *entry) []string {
	c.carried = appendCarried(c.carried[:0], c.message, e.chain)
	return c.carried
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

// addSent adds the fate of a value in each wire field that contains it, and reports whether any
// does.
func (c *reconciliation) addSent(leaf *leaf) (isSent bool) {
	for _, e := range c.table.byPath[leaf.any] {
		if !e.fills(leaf.any, c.set) {
			continue // another path fills this field
		}
		fate, note := e.fateOf(leaf, c.carriedBy(e))
		if fate == enlistv1.Fate_FATE_UNSPECIFIED {
			continue
		}
		isSent = true
		c.filled = append(c.filled, e.wireName)
		if c.withSent || fate != enlistv1.Fate_FATE_SENT {
			c.fates = append(c.fates, &enlistv1.FieldFate{Path: leaf.path, WireField: e.wireName, Fate: fate, Note: note})
		}
	}
	return isSent
}

// fateOf returns the fate of a value in a wire field that carries some values, and its note. It
// returns FATE_UNSPECIFIED if none of them is made of that value.
func (e *entry) fateOf(leaf *leaf, carried []string) (fate enlistv1.Fate, note string) {
	switch {
	case slices.Contains(carried, leaf.value):
		return enlistv1.Fate_FATE_SENT, ""
	case leaf.path == "customer.email" && slices.Contains(carried, asSentEmail(leaf.value)):
		return enlistv1.Fate_FATE_TRANSFORMED, leaf.shown + " sent as " + asSentEmail(leaf.value)
	case len(carried) == 0 || e.source.GetAs() == enlistv1.Transformation_TRANSFORMATION_UNSPECIFIED:
		return enlistv1.Fate_FATE_UNSPECIFIED, ""
	case leaf.shown != leaf.value:
		return enlistv1.Fate_FATE_TRANSFORMED, "sent in another form"
	}
	return enlistv1.Fate_FATE_TRANSFORMED, leaf.shown + " sent as " + strings.Join(carried, ", ")
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
	value := message.Get(field)
	switch {
	case field.IsMap():
		return append(values, valuesIn(value.Map())...)
	case field.IsList():
		for i := range value.List().Len() {
			values = appendElement(values, value.List().Get(i), chain)
		}
		return values
	}
	return appendElement(values, value, chain)
}

// appendElement appends the value of the first field of a chain, or of an element of it.
func appendElement(values []string, value protoreflect.Value, chain []protoreflect.FieldDescriptor) []string {
	if len(chain) > 1 {
		return appendCarried(values, value.Message(), chain[1:])
	}
	return append(values, asText(chain[0], value))
}

// valuesIn returns the values in a map of messages with one value each. It is apart from
// appendCarried, whose variables its closures would move to the heap.
func valuesIn(entries protoreflect.Map) (values []string) {
	for _, element := range mapEntries(entries) {
		element.Message().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
			values = append(values, asText(field, value))
			return true
		})
	}
	return values
}

// whyNot returns the reason why a field is not sent.
func (t *FieldTable) whyNot(name string, leaf *leaf, set map[string]bool) string {
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
			others = append(others, "the provider's setting "+setting)
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
