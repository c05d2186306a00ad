package vendorhttp

import (
	"net/http"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A proxy may send these responses after it forwarded the request. So no message about a create
// request says that nothing was created, and each says how Enlist continues.
func TestNotUnderstoodClaimsNothing(t *testing.T) {
	client := testClient(t, "http://127.0.0.1:1", time.Second)
	for status, want := range map[int]enlistv1.ErrorReason{
		401: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, 403: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED,
		404: enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, 405: enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID,
		413: enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, 415: enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID,
		429: enlistv1.ErrorReason_VENDOR_RATE_LIMITED, 503: enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
	} {
		response := &Response{Status: status, Header: http.Header{"Retry-After": {"7"}}}
		for _, creates := range []bool{true, false} {
			got := client.NotUnderstood(&Request{Creates: creates}, response, nil)
			wait := time.Duration(0)
			if status == 429 || status == 503 {
				wait = 7 * time.Second
			}
			if got.Reason != want || got.Stage != enlistv1.SendStage_SEND_STAGE_ANSWERED || got.RetryAfter != wait {
				t.Errorf("%d, creates %t: %v at stage %s after %s", status, creates, got, got.Stage, got.RetryAfter)
			}
			if strings.Contains(got.Message, "othing was") {
				t.Errorf("%d, creates %t: it claims that nothing was done: %s", status, creates, got.Message)
			}
			says := strings.Contains(got.Message, "ook") && strings.Contains(got.Message, "the same request_id")
			if says != creates {
				t.Errorf("%d, creates %t: %s", status, creates, got.Message)
			}
		}
	}
}
