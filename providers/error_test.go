package providers

import (
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A look-up that the vendor refuses says nothing about the creation, so the caller can call again.
func TestNotSent(t *testing.T) {
	for reason, want := range map[enlistv1.ErrorReason]enlistv1.ErrorReason{
		enlistv1.ErrorReason_VENDOR_REJECTED:             enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
		enlistv1.ErrorReason_CUSTOMER_EXISTS:             enlistv1.ErrorReason_CUSTOMER_EXISTS,
		enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED,
	} {
		err := NotSent(&Error{Reason: reason, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED})
		if known, _ := err.(*Error); known.Reason != want || known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT { //nolint:errorlint // not wrapped
			t.Errorf("%s: %v", reason, err)
		}
	}
}
