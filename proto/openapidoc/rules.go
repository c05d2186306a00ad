package main

import (
	"fmt"
	"regexp"
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/envoyproxy/protoc-gen-validate/validate"

	"github.com/enlist-dev/enlist/providers/rules"
)

const uuid = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"

func rulesOf(field protoreflect.FieldDescriptor) *validate.FieldRules {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Rules).(*validate.FieldRules)
	return rules
}

func behaves(field protoreflect.FieldDescriptor, as annotations.FieldBehavior) bool {
	behaviors, _ := proto.GetExtension(field.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return slices.Contains(behaviors, as)
}

// isRequired reports whether a request without the field breaks a rule. The rule may require the
// field, or the field's default may break it.
func isRequired(field protoreflect.FieldDescriptor) bool {
	rules := rulesOf(field)
	switch {
	case rules.GetMessage().GetRequired() || behaves(field, annotations.FieldBehavior_REQUIRED):
		return true
	case field.HasPresence() || rules == nil:
		return false
	}
	text := rules.GetString_()
	return text != nil && !text.GetIgnoreEmpty() && (text.GetMinLen() > 0 || text.GetUuid() || text.GetEmail() ||
		text.Pattern != nil && !regexp.MustCompile(text.GetPattern()).MatchString("")) ||
		rules.GetBytes().GetMinLen() > 0 || rules.GetRepeated().GetMinItems() > 0 || slices.Contains(rules.GetEnum().GetNotIn(), 0)
}

// addRules adds the rules of a field to its schema. It returns an error for a rule that it cannot
// express. Otherwise the document would promise too much.
func addRules(schema *object, field protoreflect.FieldDescriptor, rules *validate.FieldRules) error {
	if rules == nil {
		return nil
	}
	said := &validate.FieldRules{Message: rules.GetMessage()}
	switch kind := rules.GetType().(type) {
	case *validate.FieldRules_String_:
		said.Type = &validate.FieldRules_String_{String_: addText(schema, kind.String_)}
	case *validate.FieldRules_Bytes:
		schema.set("minLength", base64Length(kind.Bytes.GetMinLen())).set("maxLength", base64Length(kind.Bytes.GetMaxLen()))
		said.Type = &validate.FieldRules_Bytes{Bytes: &validate.BytesRules{MinLen: kind.Bytes.MinLen, MaxLen: kind.Bytes.MaxLen}}
	case *validate.FieldRules_Int32:
		addLimits(schema, kind.Int32.Gte, kind.Int32.Lte)
		if kind.Int32.Gt != nil {
			schema.set("minimum", kind.Int32.GetGt()+1)
		}
		said.Type = &validate.FieldRules_Int32{Int32: &validate.Int32Rules{Gte: kind.Int32.Gte, Lte: kind.Int32.Lte, Gt: kind.Int32.Gt}}
	case *validate.FieldRules_Double:
		addLimits(schema, kind.Double.Gte, kind.Double.Lte)
		said.Type = &validate.FieldRules_Double{Double: &validate.DoubleRules{Gte: kind.Double.Gte, Lte: kind.Double.Lte}}
	case *validate.FieldRules_Int64: // a text in JSON
		if kind.Int64.GetGt() == 0 && kind.Int64.Gt != nil {
			schema.set("pattern", "^[1-9][0-9]{0,18}$")
			said.Type = &validate.FieldRules_Int64{Int64: &validate.Int64Rules{Gt: kind.Int64.Gt}}
		}
	case *validate.FieldRules_Enum: // a schema lists the defined values, without the default
		said.Type = &validate.FieldRules_Enum{Enum: &validate.EnumRules{DefinedOnly: kind.Enum.DefinedOnly}}
		if slices.Equal(kind.Enum.GetNotIn(), []int32{0}) {
			said.GetEnum().NotIn = []int32{0}
		}
	case *validate.FieldRules_Duration:
		if kind.Duration.GetGte().GetSeconds() == 0 && kind.Duration.GetLte().GetSeconds() == 300 {
			schema.set("pattern", `^(?:[0-9]|[1-9][0-9]|[12][0-9]{2})(?:\.[0-9]{1,9})?s$|^300s$`)
			said.Type = kind
		}
	case *validate.FieldRules_Repeated:
		list := kind.Repeated
		setIfGiven(schema, "minItems", list.MinItems)
		setIfGiven(schema, "maxItems", list.MaxItems)
		setIfGiven(schema, "uniqueItems", list.Unique)
		said.Type = &validate.FieldRules_Repeated{Repeated: &validate.RepeatedRules{
			MinItems: list.MinItems, MaxItems: list.MaxItems, Unique: list.Unique, Items: list.Items,
		}}
		if err := addRules(schema.values["items"].(*object), field, list.GetItems()); err != nil {
			return err
		}
	case *validate.FieldRules_Map:
		pairs, names := kind.Map, with("type", "string")
		setIfGiven(schema, "maxProperties", pairs.MaxPairs)
		said.Type = &validate.FieldRules_Map{Map: &validate.MapRules{MaxPairs: pairs.MaxPairs, Keys: pairs.Keys, Values: pairs.Values}}
		if err := addRules(names, field, pairs.GetKeys()); err != nil {
			return err
		}
		schema.set("propertyNames", names)
		if err := addRules(schema.values["additionalProperties"].(*object), field, pairs.GetValues()); err != nil {
			return err
		}
	}
	if !proto.Equal(said, rules) {
		return fmt.Errorf("%s has a rule that openapidoc does not know: %v", field.FullName(), rules)
	}
	return nil
}

// addText adds the rules of a text and returns the rules that it added. Both sides count lengths
// in code points. With ignore_empty, an empty text equals an unset one, and a document asks
// callers to omit empty values.
func addText(schema *object, text *validate.StringRules) *validate.StringRules {
	setIfGiven(schema, "minLength", text.MinLen)
	setIfGiven(schema, "maxLength", text.MaxLen)
	said := &validate.StringRules{MinLen: text.MinLen, MaxLen: text.MaxLen, Pattern: text.Pattern, IgnoreEmpty: text.IgnoreEmpty}
	if text.GetEmail() {
		schema.set("format", "idn-email") // the server also takes internationalized domains
		said.WellKnown = &validate.StringRules_Email{Email: true}
	}
	if text.GetUuid() {
		schema.set("format", "uuid").set("pattern", uuid)
		said.WellKnown = &validate.StringRules_Uuid{Uuid: true}
	}
	setIfGiven(schema, "pattern", text.Pattern)
	return said
}

// The rule that every text in a request follows. A text has no control characters, except line
// breaks and tabs in a text that may have several lines.
const (
	singleLine = `^[^\x00-\x1f\x7f-\x9f]*$`
	multiLine  = `^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$`
)

// addTextRule adds the rule to each text of a field that has no pattern. It adds the rule to the
// field, the elements of a list, or the names and values of a map.
func addTextRule(schema *object, field protoreflect.FieldDescriptor) {
	add := func(text *object, pattern string) {
		if !text.has("pattern") {
			text.set("pattern", pattern)
		}
	}
	pattern := singleLine
	if rules.IsMultiline(field) {
		pattern = multiLine
	}
	switch {
	case field.IsMap():
		if !schema.has("propertyNames") {
			schema.set("propertyNames", with("type", "string"))
		}
		add(schema.values["propertyNames"].(*object), singleLine)
		if field.MapValue().Kind() == protoreflect.StringKind {
			add(schema.values["additionalProperties"].(*object), pattern)
		}
	case field.Kind() != protoreflect.StringKind:
	case field.IsList():
		add(schema.values["items"].(*object), pattern)
	default:
		add(schema, pattern)
	}
}

func addLimits[T any](schema *object, least, most *T) {
	setIfGiven(schema, "minimum", least)
	setIfGiven(schema, "maximum", most)
}

func setIfGiven[T any](schema *object, name string, value *T) {
	if value != nil {
		schema.set(name, *value)
	}
}

// base64Length returns the length of so many bytes in padded base64.
func base64Length(bytes uint64) uint64 { return (bytes + 2) / 3 * 4 }
