package auth

import (
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

func invalid(message string) error {
	return &providers.Error{Reason: enlistv1.ErrorReason_CREDENTIALS_INVALID, Message: message}
}

func unavailable(cause error) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_AUTHENTICATION_UNAVAILABLE,
		Message: "Enlist could not check the token of the call, because it could not read the keys of its issuer. " +
			providers.CallAgain + " The operator finds the cause in the log.",
		RetryAfter: time.Second, Cause: cause,
	}
}
