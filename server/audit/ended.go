package audit

import (
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// Ended writes a line about a creation that ended without a call, for once.Options.
func (s *Stream) Ended(record *journal.Record, event string) {
	if s == nil {
		return
	}
	s.Write(&Line{
		Event: event, Principal: record.Principal, Provider: record.Provider, RequestID: record.RequestID.String(), Outcome: outcomeOf(record),
		Customers: s.Customers([]string{record.Provider}, record.Payload.GetRequest(), record.Payload.GetResponse()),
	})
}

// outcomeOf returns the outcome that a call with the same end has, or else the state.
func outcomeOf(record *journal.Record) string {
	switch record.State {
	case enlistv1.OperationState_OPERATION_STATE_SUCCEEDED:
		return strings.TrimPrefix(record.Payload.GetResponse().GetOutcome().String(), "OUTCOME_")
	case enlistv1.OperationState_OPERATION_STATE_FAILED:
		return record.Payload.GetFailure().GetReason().String()
	default:
		return strings.TrimPrefix(record.State.String(), "OPERATION_STATE_")
	}
}
