package once

import (
	"slices"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

func (e effect) String() string {
	return [...]string{"finish", "load", "begin", "restart", "take", "send", "look up", "rest"}[e]
}

// TestNextEffectKeepsTheRules checks the effect of every position against the rules of the loop.
func TestNextEffectKeepsTheRules(t *testing.T) {
	t.Parallel()
	count := 0
	for p := range everyPosition() {
		count++
		next := nextEffect(p)
		for _, rule := range slices.Concat(rulesOfRuns(p, next), rulesOfStarts(p, next), rulesOfOwners(p, next), rulesOfRecords(p, next)) {
			if rule.broken {
				t.Errorf("rule broken: %s: %+v: %s", rule.text, p, next)
			}
		}
	}
	if want := 1 << 6 * 3 * len(enlistv1.OperationState_name); count != want {
		t.Errorf("%d positions, want %d", count, want)
	}
}

func rulesOfRuns(p position, next effect) []rule {
	return []rule{
		{"a run with a response finishes", p.over && next != finish},
		{"a pause comes before everything else", !p.over && p.waits != (next == rest)},
		{"a record is not read twice", next == load && p.loaded},
		{"a run without a response finishes only from a record", next == finish && !p.over && !p.loaded},
	}
}

func rulesOfStarts(p position, next effect) []rule {
	return []rule{
		{"nothing begins or restarts without a caller", (next == begin || next == restart) && !p.attended},
		{"only a creation without a record begins", next == begin && p.recorded},
		{"only a creation that was read as NOT_SENT restarts", next == restart && (!p.loaded || p.state != notSent)},
	}
}

func rulesOfOwners(p position, next effect) []rule {
	works := !p.over && !p.waits
	return []rule{
		{"nothing is sent without a recorded intent", next == send && p.hold != ready},
		{"a recorded intent is sent", works && p.hold == ready && next != send},
		{"only the owner of a record looks up", next == lookUp && p.hold != owned},
		{"the owner of a record looks up before anything else", works && p.hold == owned && next != lookUp},
		{"only an open creation gets an owner", next == take && (!p.loaded || p.state != intent && p.state != unknown)},
		{"an owned record gets no owner again", next == take && p.hold != free},
	}
}

func rulesOfRecords(p position, next effect) []rule {
	isReadable := !p.over && !p.waits && p.hold == free && p.loaded
	isOthers := p.attended && p.loaded && !p.isSame
	return []rule{
		{"the record of another request is left alone", isOthers && p.recorded && isReadable && next != finish},
		{"a record with an outcome is left alone", p.recorded && isReadable && hasOutcome(p.state) && next != finish},
		{"without a caller NOT_SENT is left alone", !p.attended && isReadable && p.state == notSent && next != finish},
	}
}

func hasOutcome(state enlistv1.OperationState) bool {
	return state == succeeded || state == failed || state == needsPerson
}

// everyPosition yields every combination of what a position consists of.
func everyPosition() func(func(position) bool) {
	return func(yield func(position) bool) {
		for bits := range 1 << 6 {
			is := func(bit int) bool { return bits>>bit&1 == 1 }
			for number := range enlistv1.OperationState_name {
				for _, holding := range []hold{free, owned, ready} {
					if !yield(position{
						over: is(0), waits: is(1), attended: is(2), recorded: is(3), loaded: is(4), isSame: is(5),
						state: enlistv1.OperationState(number), hold: holding,
					}) {
						return
					}
				}
			}
		}
	}
}

// TestNextEffect has the rows of the table in the package's doc.
func TestNextEffect(t *testing.T) {
	t.Parallel()
	read := func(state enlistv1.OperationState) position {
		return position{recorded: true, loaded: true, state: state}
	}
	callers := func(p position) position {
		p.attended, p.isSame = true, p.loaded
		return p
	}
	with := func(p position, holding hold) position {
		p.hold = holding
		return p
	}
	for name, test := range map[string]struct {
		at   position
		want effect
	}{
		"no record, a caller":                {callers(position{}), begin},
		"no record, no caller":               {position{}, load},
		"a record that must be read":         {callers(position{recorded: true}), load},
		"a record to settle in background":   {position{recorded: true}, load},
		"INTENT of this run":                 {with(callers(read(intent)), ready), send},
		"INTENT again, without a caller":     {with(read(intent), ready), send},
		"UNKNOWN, owned by this run":         {with(callers(read(unknown)), owned), lookUp},
		"INTENT, owned by this run":          {with(read(intent), owned), lookUp},
		"UNKNOWN, free":                      {read(unknown), take},
		"INTENT, free":                       {callers(read(intent)), take},
		"NOT_SENT, a caller":                 {callers(read(notSent)), restart},
		"NOT_SENT, no caller":                {read(notSent), finish},
		"UNKNOWN, a pause is due":            {position{recorded: true, loaded: true, state: unknown, waits: true}, rest},
		"SUCCEEDED":                          {callers(read(succeeded)), finish},
		"FAILED":                             {callers(read(failed)), finish},
		"NEEDS_PERSON":                       {callers(read(needsPerson)), finish},
		"UNKNOWN of another request":         {position{attended: true, recorded: true, loaded: true, state: unknown}, finish},
		"NOT_SENT of another request":        {position{attended: true, recorded: true, loaded: true, state: notSent}, finish},
		"a response, whatever else there is": {position{over: true, waits: true, hold: ready, state: intent}, finish},
	} {
		if next := nextEffect(test.at); next != test.want {
			t.Errorf("%s: %s, want %s", name, next, test.want)
		}
	}
}
