package server

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// domain is the domain of every ErrorInfo.
const domain = "enlist"

// maxDetails bounds the details of a status, in bytes. HTTP/2 peers limit the size of trailers.
const maxDetails = 4 << 10

// codeOf returns the contract's status code of a reason.
func codeOf(reason enlistv1.ErrorReason) codes.Code {
	if code := providers.ConsequencesOf(reason).GetCode(); code != 0 {
		return codes.Code(code) //nolint:gosec // a code of the contract
	}
	return codes.Internal
}

// retryAfter returns the delay of RetryInfo. It returns 0 if the contract permits none for the
// reason.
func retryAfter(err *providers.Error) time.Duration {
	if !providers.ConsequencesOf(err.Reason).GetRetryInfo() {
		return 0
	}
	return err.RetryAfter
}

// asError returns a handler's error as an *providers.Error. Any other error is a defect, or the
// caller's own deadline or cancellation.
func asError(err error, call string) *providers.Error {
	var known *providers.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &providers.Error{
			Reason:  enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
			Message: "The deadline passed before the call ended. Call again with a longer deadline.", RetryAfter: time.Second, Cause: err,
		}
	default:
		return &providers.Error{
			Reason:  enlistv1.ErrorReason_INTERNAL_ERROR,
			Message: "A defect in Enlist caused this error. Give the operator the call id " + call + ". The log has the cause under that id.",
			Cause:   err,
		}
	}
}

// statusOf makes the status of an error. The status has one code, one sentence, at most one of
// each detail, and never the cause.
func statusOf(err *providers.Error, provider, requestID string) *status.Status {
	info := &errdetails.ErrorInfo{Reason: err.Reason.String(), Domain: domain, Metadata: map[string]string{}}
	if provider != "" {
		info.Metadata["provider"] = provider
	}
	if requestID != "" {
		info.Metadata["request_id"] = requestID
	}
	if err.Stage != enlistv1.SendStage_SEND_STAGE_UNSPECIFIED {
		info.Metadata["send_stage"] = err.Stage.String()[len("SEND_STAGE_"):]
	}
	if messages := err.Vendor.GetMessages(); len(messages) > 0 && messages[0].GetCode() != "" {
		info.Metadata["vendor_code"] = valid(messages[0].GetCode())
	}
	details := []protoadapt.MessageV1{protoadapt.MessageV1Of(info)}
	if delay := retryAfter(err); delay > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(delay)})
	}
	left := maxDetails - size(details)
	if err.Vendor != nil {
		vendor := fitVendor(err.Vendor, left/2)
		left -= proto.Size(vendor)
		details = append(details, vendor)
	}
	if len(err.Violations) > 0 {
		details = append(details, fitViolations(err, left))
	}
	made := status.New(codeOf(err.Reason), valid(err.Message))
	if detailed, failed := made.WithDetails(details...); failed == nil {
		return detailed
	}
	return made
}

// overhead is the most bytes that wrapping a detail in an Any and a Status costs.
const overhead = 80

func size(details []protoadapt.MessageV1) int {
	total := 0
	for _, detail := range details {
		total += proto.Size(protoadapt.MessageV2Of(detail)) + overhead
	}
	return total
}

func fitVendor(vendor *enlistv1.VendorError, limit int) *enlistv1.VendorError {
	fitted := &enlistv1.VendorError{HttpStatus: vendor.GetHttpStatus()}
	for _, message := range vendor.GetMessages() {
		message = &enlistv1.VendorMessage{
			Code: valid(message.GetCode()), Message: valid(message.GetMessage()),
			Extra: valid(message.GetExtra()), Description: valid(message.GetDescription()),
		}
		if proto.Size(fitted)+proto.Size(message) > limit {
			break
		}
		fitted.Messages = append(fitted.Messages, message)
	}
	return fitted
}

// fitViolations returns the violations that fit. The last entry then says how many more there
// are.
func fitViolations(err *providers.Error, limit int) *errdetails.BadRequest {
	bad := &errdetails.BadRequest{}
	for i, violation := range err.Violations {
		entry := &errdetails.BadRequest_FieldViolation{
			Field: valid(violation.Path), Description: valid(violation.Description), Reason: err.Reason.String(),
		}
		if proto.Size(bad)+proto.Size(entry)+2*overhead > limit {
			bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
				Field: "…", Description: strconv.Itoa(len(err.Violations)-i) + " more violations. Fix these first",
			})
			break
		}
		bad.FieldViolations = append(bad.FieldViolations, entry)
	}
	return bad
}

// valid replaces bytes that are not UTF-8. gRPC cannot send a status with such bytes.
func valid(text string) string {
	return strings.ToValidUTF8(text, "\uFFFD")
}
