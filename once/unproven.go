package once

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// isOpenAttempt reports whether a creation has been sent before, or may have been in a gap, and its
// outcome is not proven.
func isOpenAttempt(payload *journalv1.Payload) bool {
	return payload.GetUnansweredSends() > 0 || payload.GetRefusedAgain()
}

// isCounted reports whether the circuit breaker has counted a creation already.
func isCounted(record *journal.Record) bool { return isOpenAttempt(record.Payload) && hasSent(record) }

// countUnanswered counts a send without a proven outcome. from is the earliest time at which its
// request can have left.
func countUnanswered(payload *journalv1.Payload, from time.Time) {
	noteSent(payload, from)
	payload.UnansweredSends++
	payload.Lookups, payload.RefusedAgain, payload.BelievedMissing = 0, false, false
}

// noteSent records the earliest time at which the first send without a proven outcome can have
// left.
func noteSent(payload *journalv1.Payload, from time.Time) {
	if payload.GetUnknownSince() == nil {
		payload.UnknownSince = timestamppb.New(from)
	}
}

// abandon records that the process that owned a record in state INTENT has died.
func (s *Service) abandon(record *journal.Record) {
	payload := record.Payload
	if isUnsent(record) { // the send that counts is the lost one
		s.must(move(record, abandoned, settler))
		return
	}
	released := payload.GetReleased() || s.journal.Gap().IsOpen() // the write of it may be lost
	if what := afterDeath(payload.GetLooksFirst(), released, payload.GetUnansweredSends()); what == neverSent {
		payload.Failure = failureOf(notThere(record))
		payload.Failure.Stage = enlistv1.SendStage_SEND_STAGE_NOT_SENT
		s.must(move(record, what, settler))
		return
	}
	appendTry(payload, &enlistv1.OperationTry{
		Kind: enlistv1.TryKind_TRY_KIND_SEND, StartTime: payload.GetAskedTime(), Stage: enlistv1.SendStage_SEND_STAGE_SENT,
	})
	countUnanswered(payload, payload.GetAskedTime().AsTime())
	s.must(move(record, abandoned, settler))
}
