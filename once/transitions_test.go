package once

import (
	"go/parser"
	"go/token"
	"iter"
	"slices"
	"strings"
	"testing"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// TestTableIsTransitions compares the table in the package's doc with transitions, row by row.
func TestTableIsTransitions(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	name := func(state enlistv1.OperationState) string {
		if state == none {
			return "-"
		}
		return strings.TrimPrefix(state.String(), "OPERATION_STATE_")
	}
	var inDoc, inCode []string
	for line := range strings.Lines(file.Doc.Text()) {
		if cells := strings.Fields(line); strings.HasPrefix(line, "\t") && len(cells) == 4 && slices.Contains(actors, actor(cells[3])) {
			inDoc = append(inDoc, strings.Join(cells, " "))
		}
	}
	for _, row := range transitions {
		inCode = append(inCode, strings.Join([]string{name(row.from), string(row.what), name(row.to), string(row.by)}, " "))
	}
	if !slices.Equal(inDoc, inCode) {
		t.Errorf("the table in the doc is\n%s\nand transitions is\n%s", strings.Join(inDoc, "\n"), strings.Join(inCode, "\n"))
	}
}

// actors are all that may cause an event.
var actors = []actor{caller, sender, settler, person, eraser}

// everyEvent yields every event by every actor.
func everyEvent() iter.Seq2[event, actor] {
	return func(yield func(event, actor) bool) {
		for _, what := range []event{
			accepted, done, refused, notDone, unanswered, neverSent, abandoned, restarted, found, exists, missing, sendAgain, undecidable,
			lateResponse, personSucceeded, personFailed, erase,
		} {
			for _, by := range actors {
				if !yield(what, by) {
					return
				}
			}
		}
	}
}

// TestNextRefusesTheRest calls next with every combination. The table has each legal one once. For
// the others next reports false, and move does not change the record.
func TestNextRefusesTheRest(t *testing.T) {
	t.Parallel()
	legal := map[transition]bool{}
	for number := range enlistv1.OperationState_name {
		for what, by := range everyEvent() {
			from := enlistv1.OperationState(number)
			to, ok := next(from, what, by)
			record := &journal.Record{State: from, Payload: &journalv1.Payload{Decision: &enlistv1.OperationDecision{}}}
			if err := move(record, what, by); (err == nil) != ok || record.State != to || !ok && to != from {
				t.Errorf("%s by the %s in %s: next says %s, %t; move %s, %v", what, by, from, to, ok, record.State, err)
			}
			if ok {
				legal[transition{from, what, to, by}] = true
			}
		}
	}
	rows := transitions
	for _, row := range rows {
		if !legal[row] {
			t.Errorf("next does not know %v, or something else is in its place", row)
		}
	}
	if len(legal) != len(rows) {
		t.Errorf("%d transitions are legal, and the table has %d rows", len(legal), len(rows))
	}
}

// TestOnlyPeopleCorrectPeople shows that an outcome that Enlist found is final, and that a
// correction leads only to SUCCEEDED or FAILED.
func TestOnlyPeopleCorrectPeople(t *testing.T) {
	t.Parallel()
	for _, from := range []enlistv1.OperationState{succeeded, failed} {
		for what, by := range everyEvent() {
			if by == eraser {
				continue
			}
			if err := move(&journal.Record{State: from, Payload: &journalv1.Payload{}}, what, by); err == nil {
				t.Errorf("%s by the %s is possible in state %s without a decision", what, by, from)
			}
			if to, ok := next(from, what, by); ok && (by != person || to != succeeded && to != failed) {
				t.Errorf("%s by the %s leads from %s to %s", what, by, from, to)
			}
		}
	}
}

// TestEveryStateCanBeLeft shows that every state can be reached, and that it can be left without a
// person, except SUCCEEDED and FAILED. Only an erasure leads to ERASED, and nothing leads from it.
func TestEveryStateCanBeLeft(t *testing.T) {
	t.Parallel()
	rows := transitions
	for number := range enlistv1.OperationState_name {
		state := enlistv1.OperationState(number)
		if state == erased {
			if slices.ContainsFunc(rows[:], func(row transition) bool { return row.from == state || (row.to == state) != (row.what == erase) }) {
				t.Error("an event leads from ERASED, or another one to it")
			}
			continue
		}
		left := slices.ContainsFunc(rows[:], func(row transition) bool {
			return row.from == state && row.by != person && row.by != eraser
		})
		if ends := state == succeeded || state == failed; left == ends {
			t.Errorf("%s can be left: %t", state, left)
		}
		reached := slices.ContainsFunc(rows[:], func(row transition) bool { return row.to == state })
		if reached == (state == none) {
			t.Errorf("%s can be reached: %t", state, reached)
		}
	}
}
