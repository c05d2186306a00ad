package rules

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Findings are the violations that annotations cannot express.
type Findings struct {
	// Unknown are fields of a newer contract that this version does not know. Ignoring them would
	// drop them silently.
	Unknown []Violation
	// Text are texts with characters that their field does not allow.
	Text []Violation
	// Impossible are dates that do not exist and numbers that are not finite.
	Impossible []Violation
}

// Inspect visits the whole message once and returns what it finds.
func Inspect(message proto.Message) Findings {
	var found Findings
	found.visit(message.ProtoReflect(), nil)
	return found
}

// spot is a position in the message. It builds its text only for a report.
type spot struct {
	above *spot
	name  protoreflect.Name
	index int // in a list, else -1
}

func (s *spot) String() string {
	if s == nil {
		return ""
	}
	text := string(s.name)
	if s.above != nil {
		text = s.above.String() + "." + text
	}
	if s.index >= 0 {
		text += "[" + strconv.Itoa(s.index) + "]"
	}
	return text
}

func (f *Findings) visit(message protoreflect.Message, at *spot) {
	if unknown := message.GetUnknown(); len(unknown) > 0 {
		number, _, _ := protowire.ConsumeTag(unknown)
		where := spot{above: at, name: protoreflect.Name(strconv.Itoa(int(number))), index: -1}
		f.Unknown = append(f.Unknown, Violation{
			Path:        where.String(),
			Description: "is not a field number that this version of Enlist knows. Remove it, or update Enlist",
		})
	}
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case !message.Has(field):
		case field.IsMap():
			f.visitMap(message.Get(field).Map(), field, at)
		case field.IsList():
			f.visitList(message.Get(field).List(), field, at)
		default:
			f.visitValue(message.Get(field), field, at)
		}
	}
}

func (f *Findings) visitList(list protoreflect.List, field protoreflect.FieldDescriptor, at *spot) {
	for i := range list.Len() {
		switch {
		case field.Message() != nil:
			f.visit(list.Get(i).Message(), &spot{above: at, name: field.Name(), index: i})
		case field.Kind() == protoreflect.StringKind:
			f.visitText(list.Get(i).String(), field, at, i)
		default:
			return
		}
	}
}

func (f *Findings) visitValue(value protoreflect.Value, field protoreflect.FieldDescriptor, at *spot) {
	switch {
	case field.Message() != nil:
		here := &spot{above: at, name: field.Name(), index: -1}
		f.visit(value.Message(), here)
		if day, ok := value.Message().Interface().(*date.Date); ok && !isOnCalendar(day) {
			f.Impossible = append(f.Impossible, violation(here, "must be a real date with year (1 to 9999), month and day"))
		}
	case field.Kind() == protoreflect.StringKind:
		f.visitText(value.String(), field, at, -1)
	case field.Kind() == protoreflect.DoubleKind && (math.IsNaN(value.Float()) || math.IsInf(value.Float(), 0)):
		f.Impossible = append(f.Impossible, violation(&spot{above: at, name: field.Name(), index: -1}, "must be a finite number"))
	}
}

func (f *Findings) visitText(text string, field protoreflect.FieldDescriptor, at *spot, index int) {
	if wrong := textProblem(text, field); wrong != "" {
		f.Text = append(f.Text, violation(&spot{above: at, name: field.Name(), index: index}, wrong))
	}
}

// visitMap reports an entry once, even if both its key and its value are wrong. It sorts the
// entries, because a map has no order.
func (f *Findings) visitMap(entries protoreflect.Map, field protoreflect.FieldDescriptor, at *spot) {
	first := len(f.Text)
	entries.Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
		wrong, name := "", key.String()
		if field.MapKey().Kind() == protoreflect.StringKind {
			wrong, name = textProblem(name, field.MapKey()), strconv.Quote(name)
		}
		if wrong == "" && field.MapValue().Kind() == protoreflect.StringKind {
			wrong = textProblem(value.String(), field)
		}
		here := &spot{above: at, name: field.Name() + protoreflect.Name("["+name+"]"), index: -1}
		if wrong != "" {
			f.Text = append(f.Text, violation(here, wrong))
		}
		if field.MapValue().Message() != nil {
			f.visit(value.Message(), here)
		}
		return true
	})
	slices.SortFunc(f.Text[first:], func(a, b Violation) int { return cmp.Compare(a.Path, b.Path) })
}

func violation(at *spot, description string) Violation {
	return Violation{Path: at.String(), Description: description}
}

func isOnCalendar(day *date.Date) bool {
	at := time.Date(int(day.GetYear()), time.Month(day.GetMonth()), int(day.GetDay()), 0, 0, 0, 0, time.UTC)
	return day.GetYear() >= 1 && day.GetYear() <= 9999 && at.Month() == time.Month(day.GetMonth()) && at.Day() == int(day.GetDay())
}
