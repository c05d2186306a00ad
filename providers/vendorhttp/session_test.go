package vendorhttp

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// A header must be able to contain a credential before the session keeps it. The session trims
// white space.
func TestSessionChecksCredentials(t *testing.T) {
	for value, want := range map[string]string{
		"s3cret":             "s3cret",
		"s3cret\n":           "s3cret",
		"\r\n\t s3cret \r\n": "s3cret",
		"s3+/=|.~-_cret":     "s3+/=|.~-_cret",
		"":                   "is empty",
		" \r\n":              "is empty",
		"s3\ncret":           "control character",
		"s3\r\ncret":         "control character",
		"s3\x00cret":         "control character",
		"s3\x7fcret":         "control character",
		"s3\tcret":           "control character",
		"s3 cret":            "space",
		"s3crét":             "ASCII",
		"s3\u00a0cret":       "ASCII",
		"s3\xffcret":         "ASCII",
	} {
		client := testClient(t, "http://127.0.0.1:1", time.Second)
		logins := 0
		session := client.NewSession(func(context.Context) (Credential, error) {
			logins++
			return Credential{Value: value, Expires: RenewBefore(time.Hour)}, nil
		})
		for range 2 {
			got, err := client.Credential(t.Context(), session)
			if strings.HasPrefix(want, "s3") {
				if got != want || err != nil || logins != 1 {
					t.Errorf("%q: got %q, %v after %d logins, want %q", value, got, err, logins, want)
				}
				continue
			}
			var known *providers.Error
			if !errors.As(err, &known) || known.Reason != enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID ||
				known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || !strings.Contains(known.Message, want) || known.RetryAfter != 0 {
				t.Errorf("%q: got %q, %v, want an error with %q", value, got, err, want)
			}
			if strings.Contains(err.Error(), "s3") {
				t.Errorf("%q: the credential shows in %v", value, err)
			}
		}
		if strings.HasPrefix(want, "s3") {
			continue
		}
		if health := client.Health(session); logins != 2 || health.GetCredentialLifetime() != nil ||
			health.GetLastFailureReason() != enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID.String() {
			t.Errorf("%q was kept: %d logins, %v", value, logins, health)
		}
	}
}
