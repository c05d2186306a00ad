package providers

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// ConsequencesOf returns what the contract says follows from a reason: nothing for a value that the
// contract does not have.
func ConsequencesOf(reason enlistv1.ErrorReason) *enlistv1.Consequences {
	value := reason.Descriptor().Values().ByNumber(reason.Number())
	if value == nil {
		return nil
	}
	follows, _ := proto.GetExtension(value.Options(), enlistv1.E_Reason).(*enlistv1.Consequences)
	return follows
}

// Outcome is what the end of a vendor request means for the connection. The zero value says nothing
// about the connection.
type Outcome struct {
	// Label is the result in metrics and traces.
	Label string
	// Breaker is what the circuit breaker counts.
	Breaker Count
	// Credentials is what the vendor makes of the credentials, if the outcome tells. A request with
	// accepted credentials is a success in Health, and ends the pause after rejected ones.
	Credentials enlistv1.CredentialState
	// Failed says that Health shows the error as the last failure.
	Failed bool
}

// Count is what the circuit breaker counts of a request.
type Count int

// What the circuit breaker counts.
const (
	CountNothing Count = iota
	CountSuccess
	CountFailure
)

const (
	accepted    = enlistv1.CredentialState_CREDENTIAL_STATE_ACCEPTED
	rejected    = enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED
	unspecified = enlistv1.CredentialState_CREDENTIAL_STATE_UNSPECIFIED
)

// outcomes has the outcome of a request that ends with each reason.
var outcomes = map[enlistv1.ErrorReason]Outcome{ //nolint:gochecknoglobals // a constant
	// The vendor refuses one customer in its own words.
	enlistv1.ErrorReason_VENDOR_REJECTED:    {"refused", CountSuccess, accepted, false},
	enlistv1.ErrorReason_CUSTOMER_EXISTS:    {"refused", CountSuccess, accepted, false},
	enlistv1.ErrorReason_CUSTOMER_NOT_FOUND: {"refused", CountSuccess, accepted, false},

	// The vendor responds, and refuses all requests.
	enlistv1.ErrorReason_VENDOR_RATE_LIMITED:         {"rate_limited", CountSuccess, unspecified, true},
	enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED: {"credentials", CountSuccess, rejected, true},

	// The vendor cannot be reached, or sends no response, or none in its own words.
	enlistv1.ErrorReason_VENDOR_UNAVAILABLE:      {"unavailable", CountFailure, unspecified, true},
	enlistv1.ErrorReason_OUTCOME_UNKNOWN:         {"unknown", CountFailure, unspecified, true},
	enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID: {"invalid", CountFailure, unspecified, true},

	// Enlist stopped the request: package once before the first byte, or a limit of Enlist's.
	enlistv1.ErrorReason_REQUEST_IN_PROGRESS: {"canceled", CountNothing, unspecified, false},
	enlistv1.ErrorReason_JOURNAL_UNAVAILABLE: {"canceled", CountNothing, unspecified, false},
	enlistv1.ErrorReason_OVERLOADED:          {"canceled", CountNothing, unspecified, false},

	// No adapter makes these of a response. One that does has a defect, or met an unknown response.
	enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED:   {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_INVALID_FIELD:              {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_FIELD_NOT_SUPPORTED:        {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_REQUEST_ID_REUSED:          {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED:    {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_OPERATION_NOT_FOUND:        {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_OPERATION_ERASED:           {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_RPC_NOT_SUPPORTED:          {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_CREDENTIALS_MISSING:        {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_CREDENTIALS_INVALID:        {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_NOT_PERMITTED:              {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_INTERNAL_ERROR:             {"invalid", CountFailure, unspecified, true},
	enlistv1.ErrorReason_AUTHENTICATION_UNAVAILABLE: {"invalid", CountFailure, unspecified, true},
}

// OutcomeOf returns the outcome of a vendor request that ended with an error or nil. An error
// without a reason of the table is as bad as a response that is not the vendor's.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Outcome{"ok", CountSuccess, accepted, false}
	}
	var known *Error
	if !errors.As(err, &known) {
		return outcomes[enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID]
	}
	outcome, has := outcomes[known.Reason]
	if !has {
		outcome = outcomes[enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID]
	}
	if known.Alive && outcome.Breaker == CountFailure { // it works, and an operator still wants to see that it failed
		outcome.Breaker, outcome.Credentials = CountSuccess, accepted
	}
	if known.Reason == enlistv1.ErrorReason_VENDOR_UNAVAILABLE && errors.Is(known.Cause, context.Canceled) {
		outcome.Label = "canceled"
	}
	return outcome
}
