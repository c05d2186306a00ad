package journal

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// split divides a payload into the parts that are stored apart. Each is a Payload with some of the
// fields, and join makes the payload again when they are merged. The outcome has all that later
// calls with the request_id need.
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
	exchanges = &journalv1.Payload{Tries: payload.GetTries()}
	if response := payload.GetResponse(); response != nil {
		outcome.Response = &enlistv1.CreateCustomerResponse{Outcome: response.GetOutcome()}
		exchanges.Response, exchanges.CustomerAsRequested = withoutRequested(response, payload.GetRequest().GetCustomer())
	}
	if failure := payload.GetFailure(); failure != nil {
		outcome.Failure = &journalv1.Failure{
			Reason: failure.GetReason(), Message: failure.GetMessage(), Stage: failure.GetStage(),
			RetryAfter: failure.GetRetryAfter(), Confirm: failure.GetConfirm(),
		}
		outcome.Failure.ProtoReflect().SetUnknown(failure.ProtoReflect().GetUnknown())
		if hasDetails(failure) {
			exchanges.Failure = &journalv1.Failure{Vendor: failure.GetVendor(), Violations: failure.GetViolations()}
		}
	}
	outcome.ProtoReflect().SetUnknown(payload.ProtoReflect().GetUnknown()) // of a later version
	return outcome, request, exchanges
}

// hasExchanges reports whether a payload has something that split puts into its exchanges.
func hasExchanges(payload *journalv1.Payload) bool {
	return len(payload.GetTries()) > 0 || payload.GetResponse() != nil || hasDetails(payload.GetFailure())
}

func hasDetails(failure *journalv1.Failure) bool {
	return failure.GetVendor() != nil || len(failure.GetViolations()) > 0
}

// withoutRequested returns a response without the fields of its customer that are as requested, and
// their numbers.
func withoutRequested(response *enlistv1.CreateCustomerResponse, requested *enlistv1.Customer) (*enlistv1.CreateCustomerResponse, []int32) {
	if response.GetCustomer() == nil || requested == nil {
		return response, nil
	}
	var numbers []int32
	rest := &enlistv1.Customer{}
	from, to, request := response.GetCustomer().ProtoReflect(), rest.ProtoReflect(), requested.ProtoReflect()
	fields := from.Descriptor().Fields()
	for i := range fields.Len() { // in this order, so that equal customers are stored as equal bytes
		switch field := fields.Get(i); {
		case !from.Has(field):
		case request.Has(field) && from.Get(field).Equal(request.Get(field)):
			numbers = append(numbers, int32(field.Number()))
		default:
			to.Set(field, from.Get(field))
		}
	}
	to.SetUnknown(from.GetUnknown())
	short := &enlistv1.CreateCustomerResponse{
		Customer: rest, Outcome: response.GetOutcome(), RequestId: response.GetRequestId(), Replayed: response.GetReplayed(),
		Fields: response.GetFields(), VendorRequest: response.GetVendorRequest(), VendorRecord: response.GetVendorRecord(),
		Warnings: response.GetWarnings(),
	}
	short.ProtoReflect().SetUnknown(response.ProtoReflect().GetUnknown())
	return short, numbers
}

// join completes a payload from the merged parts.
func join(payload *journalv1.Payload) error {
	numbers := payload.GetCustomerAsRequested()
	if len(numbers) == 0 {
		return nil
	}
	request, response := proto.CloneOf(payload.GetRequest().GetCustomer()), payload.GetResponse().GetCustomer()
	fields := request.ProtoReflect().Descriptor().Fields()
	for _, number := range numbers {
		field := fields.ByNumber(protoreflect.FieldNumber(number))
		if field == nil || response == nil || !request.ProtoReflect().Has(field) {
			return fmt.Errorf("field %d of the customer is not as requested", number)
		}
		response.ProtoReflect().Set(field, request.ProtoReflect().Get(field))
	}
	payload.CustomerAsRequested = nil
	return nil
}
