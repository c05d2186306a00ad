package journal

import (
	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// split divides a payload into the parts that are stored apart. Each is a Payload with some of the
// fields, and together they make the payload again. The outcome has all that later calls with the
// request_id need. Exchanges is nil while there is nothing in it.
func split(payload *journalv1.Payload) (outcome, request, exchanges *journalv1.Payload) {
	request = &journalv1.Payload{Request: payload.GetRequest()}
	outcome = &journalv1.Payload{
		Incomplete:       payload.GetIncomplete(),
		Fingerprint:      payload.GetFingerprint(),
		Decision:         payload.GetDecision(),
		CustomerId:       payload.GetCustomerId(),
		ExclusiveKey:     payload.GetExclusiveKey(),
		LooksFirst:       payload.GetLooksFirst(),
		Released:         payload.GetReleased(),
		UnansweredSends:  payload.GetUnansweredSends(),
		UnknownSince:     payload.GetUnknownSince(),
		Lookups:          payload.GetLookups(),
		RefusedAgain:     payload.GetRefusedAgain(),
		BelievedMissing:  payload.GetBelievedMissing(),
		AskedTime:        payload.GetAskedTime(),
		UnattendedSends:  payload.GetUnattendedSends(),
		EarlierDecisions: payload.GetEarlierDecisions(),
		Writer:           payload.GetWriter(),
		Gap:              payload.GetGap(),
		Erasure:          payload.GetErasure(),
		ErasedIds:        payload.GetErasedIds(),
		Reason:           payload.GetReason(),
	}
	details := &journalv1.Payload{Tries: payload.GetTries(), Response: payload.GetResponse()}
	if response := payload.GetResponse(); response != nil {
		outcome.Response = &enlistv1.CreateCustomerResponse{Outcome: response.GetOutcome()}
	}
	if failure := payload.GetFailure(); failure != nil {
		outcome.Failure = &journalv1.Failure{
			Reason: failure.GetReason(), Message: failure.GetMessage(), Stage: failure.GetStage(),
			RetryAfter: failure.GetRetryAfter(), Confirm: failure.GetConfirm(),
		}
		outcome.Failure.ProtoReflect().SetUnknown(failure.ProtoReflect().GetUnknown())
		if failure.GetVendor() != nil || len(failure.GetViolations()) > 0 {
			details.Failure = &journalv1.Failure{Vendor: failure.GetVendor(), Violations: failure.GetViolations()}
		}
	}
	outcome.ProtoReflect().SetUnknown(payload.ProtoReflect().GetUnknown()) // of a later version
	if len(details.GetTries()) > 0 || details.GetResponse() != nil || details.GetFailure() != nil {
		exchanges = details
	}
	return outcome, request, exchanges
}
