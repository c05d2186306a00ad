package server

import (
	"math"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/enlist-dev/enlist/providers/rules"
)

// walk goes through a whole message and finds what no annotation can say.
type walk struct {
	unknown    []rules.Violation // fields that a newer contract has and this version does not: to pass over them would drop them silently
	impossible []rules.Violation // dates that are not on the calendar and numbers that are not finite
}

// spot is where a walk has come to; its text is made only when something is found there.
type spot struct {
	above *spot
	name  protoreflect.Name
	index int // in a list; -1 for none
}

func (p *spot) String() string {
	if p == nil {
		return ""
	}
	text := string(p.name)
	if p.above != nil {
		text = p.above.String() + "." + text
	}
	if p.index >= 0 {
		text += "[" + strconv.Itoa(p.index) + "]"
	}
	return text
}

func (w *walk) visit(message protoreflect.Message, at *spot) {
	if unknown := message.GetUnknown(); len(unknown) > 0 {
		number, _, _ := protowire.ConsumeTag(unknown)
		where := spot{above: at, name: protoreflect.Name(strconv.Itoa(int(number))), index: -1}
		w.unknown = append(w.unknown, rules.Violation{
			Path:        where.String(),
			Description: "is the number of a field that this version of Enlist does not know; leave it out, or update Enlist",
		})
	}
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if !message.Has(field) || field.IsMap() {
			continue
		}
		value := message.Get(field)
		switch {
		case field.IsList() && field.Message() != nil:
			for j := range value.List().Len() {
				w.visit(value.List().Get(j).Message(), &spot{above: at, name: field.Name(), index: j})
			}
		case field.IsList():
		case field.Message() != nil:
			here := &spot{above: at, name: field.Name(), index: -1}
			w.visit(value.Message(), here)
			if day, ok := value.Message().Interface().(*date.Date); ok && !isOnCalendar(day) {
				w.refuse(here, "must be a complete date on the calendar, with year (1 to 9999), month and day")
			}
		case field.Kind() == protoreflect.DoubleKind && (math.IsNaN(value.Float()) || math.IsInf(value.Float(), 0)):
			w.refuse(&spot{above: at, name: field.Name(), index: -1}, "must be a finite number")
		}
	}
}

func (w *walk) refuse(at *spot, description string) {
	w.impossible = append(w.impossible, rules.Violation{Path: at.String(), Description: description})
}

func isOnCalendar(day *date.Date) bool {
	at := time.Date(int(day.GetYear()), time.Month(day.GetMonth()), int(day.GetDay()), 0, 0, 0, 0, time.UTC)
	return day.GetYear() >= 1 && day.GetYear() <= 9999 && at.Month() == time.Month(day.GetMonth()) && at.Day() == int(day.GetDay())
}
