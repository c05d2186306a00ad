package once

import (
	"fmt"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// The states, shorter.
const (
	none        = enlistv1.OperationState_OPERATION_STATE_UNSPECIFIED
	intent      = enlistv1.OperationState_OPERATION_STATE_INTENT
	succeeded   = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	failed      = enlistv1.OperationState_OPERATION_STATE_FAILED
	notSent     = enlistv1.OperationState_OPERATION_STATE_NOT_SENT
	unknown     = enlistv1.OperationState_OPERATION_STATE_UNKNOWN
	needsPerson = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON
	erased      = enlistv1.OperationState_OPERATION_STATE_ERASED
)

// event is something that happens to a creation.
type event string

const (
	accepted        event = "accepted"
	done            event = "done"
	refused         event = "refused"
	notDone         event = "not-done"
	unanswered      event = "unanswered"
	neverSent       event = "never-sent"
	abandoned       event = "abandoned"
	restarted       event = "restarted"
	found           event = "found"
	exists          event = "exists"
	missing         event = "missing"
	sendAgain       event = "send-again"
	undecidable     event = "undecidable"
	lateResponse    event = "late-answer"
	personSucceeded event = "person-succeeded"
	personFailed    event = "person-failed"
	erase           event = "erased"
)

// actor is who causes an event.
type actor string

const (
	caller  actor = "caller"
	sender  actor = "sender"
	settler actor = "settler"
	person  actor = "person"
	eraser  actor = "eraser"
)

// transition is a row of the table in the package's doc.
type transition struct {
	from enlistv1.OperationState
	what event
	to   enlistv1.OperationState
	by   actor
}

var transitions = [...]transition{ //nolint:gochecknoglobals // a constant
	{none, accepted, intent, caller},
	{intent, done, succeeded, sender},
	{intent, refused, failed, sender},
	{intent, notDone, notSent, sender},
	{intent, unanswered, unknown, sender},
	{intent, neverSent, notSent, settler},
	{intent, abandoned, unknown, settler},
	{notSent, restarted, intent, caller},
	{unknown, found, succeeded, settler},
	{unknown, exists, failed, settler},
	{unknown, refused, failed, settler},
	{unknown, missing, notSent, settler},
	{unknown, sendAgain, intent, settler},
	{unknown, undecidable, needsPerson, settler},
	{unknown, lateResponse, succeeded, sender},
	{notSent, lateResponse, succeeded, sender},
	{needsPerson, lateResponse, succeeded, sender},
	{needsPerson, personSucceeded, succeeded, person},
	{needsPerson, personFailed, failed, person},
	{succeeded, personFailed, failed, person},
	{succeeded, personSucceeded, succeeded, person},
	{failed, personSucceeded, succeeded, person},
	{failed, personFailed, failed, person},
	{succeeded, erase, erased, eraser},
	{failed, erase, erased, eraser},
	{notSent, erase, erased, eraser},
}

// next returns the state that follows, and whether the table has this transition.
func next(from enlistv1.OperationState, what event, by actor) (enlistv1.OperationState, bool) {
	for _, t := range transitions {
		if t.from == from && t.what == what && t.by == by {
			return t.to, true
		}
	}
	return from, false
}

// isDecidable reports whether a person may decide on an operation: it is in NEEDS_PERSON, or a
// person has decided on it before. An outcome that Enlist found is final.
func isDecidable(record *journal.Record) bool {
	isDecided := record.Payload.GetDecision() != nil && (record.State == succeeded || record.State == failed)
	return record.State == needsPerson || isDecided
}

// move is the only function that changes the state of a record. It fails for a transition that the
// table does not have, which is a defect. The record is then unchanged, and its caller must not
// write it.
func move(record *journal.Record, what event, by actor) error {
	to, legal := next(record.State, what, by)
	if !legal || by == person && !isDecidable(record) {
		return fmt.Errorf("once: no transition for event %s by the %s in state %s", what, by, record.State)
	}
	record.State = to
	record.Events = append(record.Events, string(what))
	return nil
}

// must panics at a transition that the table does not have. The job recovers, and nothing is
// written.
func (s *Service) must(err error) {
	if err != nil {
		panic(err)
	}
}
