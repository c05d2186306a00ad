package once

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

// failureOf returns what the journal keeps of an error. The cause is for the log only.
func failureOf(err error) *journalv1.Failure {
	typed := asError(err)
	failure := &journalv1.Failure{
		Reason: typed.Reason, Message: typed.Message, Stage: typed.Stage,
		Confirm: journalv1.Confirmation(typed.Confirm), //nolint:gosec // the same few values
	}
	if typed.Vendor != nil {
		failure.Vendor, _ = proto.Clone(typed.Vendor).(*enlistv1.VendorError)
	}
	if typed.RetryAfter > 0 {
		failure.RetryAfter = durationpb.New(typed.RetryAfter)
	}
	for _, violation := range typed.Violations {
		failure.Violations = append(failure.Violations, &journalv1.Failure_Violation{Path: violation.Path, Description: violation.Description})
	}
	return failure
}

// Error returns the error of a recorded failure.
func Error(failure *journalv1.Failure) *providers.Error {
	err := &providers.Error{
		Reason: failure.GetReason(), Message: failure.GetMessage(), Stage: failure.GetStage(), Vendor: failure.GetVendor(),
		RetryAfter: failure.GetRetryAfter().AsDuration(), Confirm: providers.Confirmation(failure.GetConfirm()),
	}
	for _, violation := range failure.GetViolations() {
		err.Violations = append(err.Violations, rules.Violation{Path: violation.GetPath(), Description: violation.GetDescription()})
	}
	return err
}

// asError returns an error as a *providers.Error. Any other error is a defect.
func asError(err error) *providers.Error {
	var typed *providers.Error
	if errors.As(err, &typed) {
		return typed
	}
	return &providers.Error{Reason: enlistv1.ErrorReason_INTERNAL_ERROR, Message: providers.Defect, Cause: err}
}

func isReason(err error, reasons ...enlistv1.ErrorReason) bool {
	for _, reason := range reasons {
		if providers.IsReason(err, reason) {
			return true
		}
	}
	return false
}

// notConfigured is the error of a call whose provider was removed from the configuration after the
// call began.
func notConfigured(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED,
		Message: "Provider " + provider + " was just removed from the configuration, so Enlist sent nothing. " +
			"Use ListProviders to see which providers there are.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT,
	}
}

func reused() error {
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_REQUEST_ID_REUSED,
		Message:    "An earlier request with this request_id had other fields. Repeat that request unchanged, or use a new request_id.",
		Violations: []rules.Violation{{Path: "request_id", Description: "belongs to an earlier request with other fields"}},
	}
}

// operationErased is the error of a creation whose record was erased. Nothing leads out of that
// state.
func operationErased() error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OPERATION_ERASED,
		Message: "Enlist erased what it held of the creation with this request_id, and does not send it again. " +
			"Use a new request_id to create the customer.",
	}
}

func inProgress(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_REQUEST_IN_PROGRESS,
		Message: "This creation is still in progress at provider " + provider + ". Call again with the same request_id after the RetryInfo delay, " +
			"or wait with WaitOperation.",
		RetryAfter: time.Second,
	}
}

func customerBusy(provider string) error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_REQUEST_IN_PROGRESS,
		Message: "Enlist sent nothing: another creation of this customer is in progress at provider " + provider + ". " + providers.CallAgain,
		Stage:   enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: time.Second,
	}
}

// customerNotShown is the error if another creation has just made the customer and the vendor does
// not show it yet.
func customerNotShown(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_REQUEST_IN_PROGRESS,
		Message: "Enlist sent nothing: another request has just created this customer at provider " + provider + ", which does not show it yet. " +
			providers.CallAgain,
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: time.Second,
	}
}

// stillUnknown is the error while Enlist looks for the outcome of a creation.
func stillUnknown(record *journal.Record) error {
	if record.Payload.GetRefusedAgain() {
		return &providers.Error{
			Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
			Message: "Provider " + record.Provider + " refused the request; see VendorError. An earlier copy of the request may be the cause, " +
				"so Enlist keeps looking up the customer. " + providers.CallOrWait,
			Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(), RetryAfter: time.Second,
		}
	}
	if !hasSent(record) {
		return &providers.Error{
			Reason:  enlistv1.ErrorReason_OUTCOME_UNKNOWN,
			Message: lookedUpInGap + record.Provider + " before it sends anything. " + providers.CallOrWait,
			Stage:   enlistv1.SendStage_SEND_STAGE_SENT, RetryAfter: time.Second,
		}
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "Enlist sent the request to provider " + record.Provider + ", but no trustworthy response arrived. The customer may exist or not. " +
			"Enlist resolves the outcome in the background. " + providers.CallOrWait,
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(), RetryAfter: time.Second,
	}
}

// notProven is the error while the outcome of a send is not proven although the vendor responded.
// It is the vendor's own error if that says what to do, and says when another request helps.
func notProven(record *journal.Record, wait time.Duration) error {
	if record.Payload.GetRefusedAgain() {
		return stillUnknown(record)
	}
	failure := Error(record.Payload.GetFailure())
	if failure.RetryAfter > 0 {
		failure.RetryAfter = max(failure.RetryAfter, wait)
	}
	return failure
}

// stillSending is the error if the caller's deadline passes before the vendor's response arrives.
func stillSending(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "Enlist sent the request to provider " + provider + ", and no response arrived before the caller's deadline. " +
			"Enlist keeps waiting and records the response. " + providers.CallOrWait,
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, RetryAfter: time.Second,
	}
}

func awaitsPerson(record *journal.Record) error {
	if !hasSent(record) {
		return &providers.Error{
			Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
			Message: lookedUpInGap + record.Provider + ", and cannot find out whether that call created it. GetOperation shows the look-ups. " +
				"Check at the vendor, and record the result with ResolveOperation.",
			Stage: enlistv1.SendStage_SEND_STAGE_SENT,
		}
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "Enlist sent the request to provider " + record.Provider + " and cannot find out whether the customer exists. " +
			"GetOperation shows the attempts. Check at the vendor, and record the result with ResolveOperation.",
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(),
	}
}

// journalUnavailable is the error if the journal could not record this request. It says nothing
// about an earlier one with the same request_id, which may have been sent.
func journalUnavailable(cause error) error {
	if isForCaller(cause) {
		return cause
	}
	message := "Enlist could not record this call and sent nothing for it; an earlier call with the same request_id may have. " +
		providers.CallAgain + " The operator finds the cause in the log."
	if errors.Is(cause, context.DeadlineExceeded) {
		message = "Enlist could not record this call in time and sent nothing for it; an earlier call with the same request_id may have. " +
			"Call again with the same request_id after the RetryInfo delay, and with a longer deadline if yours was short. " +
			"The operator finds the cause in the log."
	}
	return &providers.Error{Reason: enlistv1.ErrorReason_JOURNAL_UNAVAILABLE, Message: message, RetryAfter: time.Second, Cause: cause}
}

func journalUnreadable(cause error) error {
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_JOURNAL_UNAVAILABLE,
		Message:    "Enlist could not access its journal. " + providers.CallLater + " The operator finds the cause in the log.",
		RetryAfter: time.Second, Cause: cause,
	}
}

// notThere is the error of a creation whose customer a look-up has not found, and which Enlist does
// not send again without its caller.
func notThere(record *journal.Record) error {
	if !hasSent(record) {
		return &providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
			Message: lookedUpInGap + record.Provider + ", which has no such customer, so nothing was created. " +
				"Call again with the same request_id for a new attempt.",
			Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: time.Second,
		}
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
		Message: "Provider " + record.Provider + " sent no trustworthy response, and a look-up found no such customer, so nothing was created. " +
			"Call again with the same request_id for a new attempt.",
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(), RetryAfter: time.Second,
	}
}

// isForCaller reports whether an error is one that a caller gets as it is.
func isForCaller(err error) bool {
	var typed *providers.Error
	return errors.As(err, &typed)
}

func panicked(value any) error { return fmt.Errorf("panic of type %T", value) }
