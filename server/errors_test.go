package server

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

// Every reason of the contract, and the code that its comment promises.
func TestCodeOfEveryReason(t *testing.T) {
	want := map[enlistv1.ErrorReason]codes.Code{
		enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED:    codes.Internal,
		enlistv1.ErrorReason_INVALID_FIELD:               codes.InvalidArgument,
		enlistv1.ErrorReason_FIELD_NOT_SUPPORTED:         codes.InvalidArgument,
		enlistv1.ErrorReason_REQUEST_ID_REUSED:           codes.InvalidArgument,
		enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED:     codes.NotFound,
		enlistv1.ErrorReason_CUSTOMER_NOT_FOUND:          codes.NotFound,
		enlistv1.ErrorReason_OPERATION_NOT_FOUND:         codes.NotFound,
		enlistv1.ErrorReason_CUSTOMER_EXISTS:             codes.AlreadyExists,
		enlistv1.ErrorReason_RPC_NOT_SUPPORTED:           codes.Unimplemented,
		enlistv1.ErrorReason_REQUEST_IN_PROGRESS:         codes.Aborted,
		enlistv1.ErrorReason_OUTCOME_UNKNOWN:             codes.Aborted,
		enlistv1.ErrorReason_VENDOR_REJECTED:             codes.FailedPrecondition,
		enlistv1.ErrorReason_VENDOR_UNAVAILABLE:          codes.Unavailable,
		enlistv1.ErrorReason_OVERLOADED:                  codes.Unavailable,
		enlistv1.ErrorReason_VENDOR_RATE_LIMITED:         codes.ResourceExhausted,
		enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED: codes.Internal,
		enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID:     codes.Internal,
		enlistv1.ErrorReason_CREDENTIALS_MISSING:         codes.Unauthenticated,
		enlistv1.ErrorReason_CREDENTIALS_INVALID:         codes.Unauthenticated,
		enlistv1.ErrorReason_NOT_PERMITTED:               codes.PermissionDenied,
		enlistv1.ErrorReason_INTERNAL_ERROR:              codes.Internal,
		enlistv1.ErrorReason_JOURNAL_UNAVAILABLE:         codes.Unavailable,
	}
	for number, name := range enlistv1.ErrorReason_name {
		reason := enlistv1.ErrorReason(number)
		code, there := want[reason]
		if !there {
			t.Errorf("%s has no code here", name)
		}
		if got := statusOf(&providers.Error{Reason: reason, Message: "m"}, "p", "r"); got.Code() != code {
			t.Errorf("%s: %s, want %s", name, got.Code(), code)
		}
	}
}

// Whatever the vendor says and however many fields are at fault, the details stay small and whole, one of each.
func TestDetailsStaySmall(t *testing.T) {
	large := &providers.Error{
		Reason: enlistv1.ErrorReason_INVALID_FIELD, Message: "m\xff", RetryAfter: time.Second, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
		Vendor: &enlistv1.VendorError{HttpStatus: 400},
	}
	for range 50 {
		large.Vendor.Messages = append(large.Vendor.Messages, &enlistv1.VendorMessage{Code: "C\xff", Message: strings.Repeat("é", 500)})
		large.Violations = append(large.Violations, rules.Violation{Path: "customer.name", Description: strings.Repeat("x", 200)})
	}
	made := statusOf(large, strings.Repeat("p", 63), strings.Repeat("r", 36))
	if size := proto.Size(made.Proto()); size > maxDetails+len(large.Message)+8 {
		t.Errorf("%d bytes", size)
	}
	kinds := map[string]int{}
	for _, detail := range made.Details() {
		kinds[string(detail.(proto.Message).ProtoReflect().Descriptor().Name())]++
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			last := bad.GetFieldViolations()[len(bad.GetFieldViolations())-1]
			if len(bad.GetFieldViolations()) < 4 || !strings.Contains(last.GetDescription(), "more") {
				t.Errorf("violations end with %v", last)
			}
		}
		if vendor, ok := detail.(*enlistv1.VendorError); ok && len(vendor.GetMessages()) == 0 {
			t.Error("no word of the vendor is left")
		}
	}
	for _, kind := range []string{"ErrorInfo", "RetryInfo", "VendorError", "BadRequest"} {
		if kinds[kind] != 1 {
			t.Errorf("%d of %s", kinds[kind], kind)
		}
	}
}
