package server

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

// The details of an error stay small and complete, one of each. This holds for any vendor's text
// and any number of wrong fields.
func TestDetailsStaySmall(t *testing.T) {
	large := &providers.Error{
		Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN, Message: "m\xff", RetryAfter: time.Second, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
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

// RetryInfo comes with the reasons in the contract, and with no other.
func TestRetryInfoOfEveryReason(t *testing.T) {
	for number, name := range enlistv1.ErrorReason_name {
		failed := &providers.Error{Reason: enlistv1.ErrorReason(number), RetryAfter: time.Second}
		has := false
		for _, detail := range statusOf(failed, "", "").Details() {
			_, is := detail.(*errdetails.RetryInfo)
			has = has || is
		}
		if want := providers.ConsequencesOf(failed.Reason).GetRetryInfo(); has != want || (retryAfter(failed) > 0) != want {
			t.Errorf("%s has RetryInfo: %t, want %t", name, has, want)
		}
	}
}
