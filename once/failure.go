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

// failureOf turns an error into what the journal keeps of it. The cause stays out: it is for the log.
func failureOf(err error) *journalv1.Failure {
	known := asError(err)
	failure := &journalv1.Failure{
		Reason: known.Reason, Message: known.Message, Stage: known.Stage,
		Confirm: journalv1.Confirmation(known.Confirm), //nolint:gosec // the same few values
	}
	if known.Vendor != nil {
		failure.Vendor, _ = proto.Clone(known.Vendor).(*enlistv1.VendorError)
	}
	if known.RetryAfter > 0 {
		failure.RetryAfter = durationpb.New(known.RetryAfter)
	}
	for _, violation := range known.Violations {
		failure.Violations = append(failure.Violations, &journalv1.Failure_Violation{Path: violation.Path, Description: violation.Description})
	}
	return failure
}

// Error turns a recorded failure back into the error that it was.
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

// asError returns an error as a provider's; any other is a defect.
func asError(err error) *providers.Error {
	var known *providers.Error
	if errors.As(err, &known) {
		return known
	}
	return &providers.Error{Reason: enlistv1.ErrorReason_INTERNAL_ERROR, Message: "A defect in Enlist; its operator finds the cause in the log.", Cause: err}
}

func isReason(err error, reasons ...enlistv1.ErrorReason) bool {
	for _, reason := range reasons {
		if providers.IsReason(err, reason) {
			return true
		}
	}
	return false
}

func reused() error {
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_REQUEST_ID_REUSED,
		Message:    "This request_id belongs to another request. Repeat that request unchanged, or use a new request_id.",
		Violations: []rules.Violation{{Path: "request_id", Description: "was used before with other fields"}},
	}
}

func inProgress(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_REQUEST_IN_PROGRESS,
		Message: "The same create is still under way at provider " + provider + ". Call again with the same request_id after the time in RetryInfo, " +
			"or wait for it with WaitOperation.",
		RetryAfter: time.Second,
	}
}

func customerBusy(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_REQUEST_IN_PROGRESS,
		Message: "Another create for the same customer is under way at provider " + provider + ", and nothing was sent for this one. " +
			"Call again with the same request_id after the time in RetryInfo.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: time.Second,
	}
}

// customerNotShown is the answer to a create of a customer that another create has just made, and that the vendor does not show yet.
func customerNotShown(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_REQUEST_IN_PROGRESS,
		Message: "Another create has just made this customer at provider " + provider + ", which does not show it yet, and nothing was sent for this one. " +
			"Call again with the same request_id after the time in RetryInfo.",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: time.Second,
	}
}

// stillUnknown is the error while Enlist looks up what became of a creation.
func stillUnknown(record *journal.Record) error {
	if record.Payload.GetRefusedAgain() {
		return &providers.Error{
			Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
			Message: "Provider " + record.Provider + " refused the request; see VendorError. An earlier copy of it may be the reason, so Enlist looks " +
				"up the customer until the vendor's limit has passed. Call again with the same request_id, or wait with WaitOperation.",
			Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(), RetryAfter: time.Second,
		}
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "The request was sent to provider " + record.Provider + ", but no trustworthy response arrived: the customer may exist or not. " +
			"Enlist looks it up in the background. Call again with the same request_id, or wait with WaitOperation.",
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(), RetryAfter: time.Second,
	}
}

// notProven is the error while it is not proven what became of a send that the vendor answered: the
// vendor's own words, if they say what to do, with the time after which another call is worth
// while.
func notProven(record *journal.Record, wait time.Duration) error {
	if record.Payload.GetRefusedAgain() {
		return stillUnknown(record)
	}
	told := Error(record.Payload.GetFailure())
	if told.RetryAfter > 0 {
		told.RetryAfter = max(told.RetryAfter, wait)
	}
	return told
}

// stillSending is the answer to a caller whose time is over while the vendor has not answered yet.
func stillSending(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "The request was sent to provider " + provider + ", which has not answered in the time there was. Enlist goes on waiting and records " +
			"the answer. Call again with the same request_id, or wait with WaitOperation.",
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, RetryAfter: time.Second,
	}
}

func awaitsPerson(record *journal.Record) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "The request was sent to provider " + record.Provider + " and no machine can tell whether the customer exists. GetOperation shows what is " +
			"known; when somebody has looked at the vendor, ResolveOperation records the end.",
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(),
	}
}

// journalUnavailable speaks of this call only: an earlier one with the same request_id may have been sent.
func journalUnavailable(cause error) error {
	message := "This call could not be recorded, and so it sent nothing; an earlier one with the same request_id may have. Call again with the same " +
		"request_id after the time in RetryInfo; the operator finds the cause in the log."
	if errors.Is(cause, context.DeadlineExceeded) {
		message = "This call could not be recorded in the time there was, and so it sent nothing; an earlier one with the same request_id may have. " +
			"Call again with the same request_id and more time."
	}
	return &providers.Error{Reason: enlistv1.ErrorReason_JOURNAL_UNAVAILABLE, Message: message, RetryAfter: time.Second, Cause: cause}
}

func journalUnreadable(cause error) error {
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_JOURNAL_UNAVAILABLE,
		Message:    "The record of creates could not be read. Call again after the time in RetryInfo; the operator finds the cause in the log.",
		RetryAfter: time.Second, Cause: cause,
	}
}

// notThere is the error of a creation that a look-up has not found, and that Enlist does not send
// again without its caller.
func notThere(record *journal.Record) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
		Message: "Provider " + record.Provider + " gave no trustworthy response, and a look-up found no such customer: nothing was created. " +
			"Call again with the same request_id to start again.",
		Stage: enlistv1.SendStage_SEND_STAGE_SENT, Vendor: record.Payload.GetFailure().GetVendor(), RetryAfter: time.Second,
	}
}

func panicked(value any) error { return fmt.Errorf("panic of type %T", value) }
