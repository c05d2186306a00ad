package providers

import (
	"context"
	"errors"
	"slices"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A new reason needs a decision on what it means for the connection.
func TestEveryReasonHasAnOutcome(t *testing.T) {
	labels := []string{"refused", "rate_limited", "credentials", "unavailable", "unknown", "invalid", "canceled"}
	for number, name := range enlistv1.ErrorReason_name {
		outcome, has := outcomes[enlistv1.ErrorReason(number)]
		if !has || !slices.Contains(labels, outcome.Label) {
			t.Errorf("%s has the outcome %+v", name, outcome)
		}
		if outcome.Breaker == CountFailure && (!outcome.Failed || outcome.Credentials == accepted) {
			t.Errorf("%s counts as a failure, and Health would not show it as one: %+v", name, outcome)
		}
	}
	if len(outcomes) != len(enlistv1.ErrorReason_name) {
		t.Errorf("%d outcomes for %d reasons", len(outcomes), len(enlistv1.ErrorReason_name))
	}
}

// An unknown error counts against the vendor. Alive takes back what the breaker counts, and only
// that.
func TestOutcomeOf(t *testing.T) {
	unavailable := enlistv1.ErrorReason_VENDOR_UNAVAILABLE
	for name, test := range map[string]struct {
		err  error
		want Outcome
	}{
		"success":                 {nil, Outcome{"ok", CountSuccess, accepted, false}},
		"another error":           {errors.New("x"), Outcome{"invalid", CountFailure, unspecified, true}},
		"a reason of the future":  {&Error{Reason: 999}, Outcome{"invalid", CountFailure, unspecified, true}},
		"a failure":               {&Error{Reason: unavailable}, Outcome{"unavailable", CountFailure, unspecified, true}},
		"of a living vendor":      {&Error{Reason: unavailable, Alive: true}, Outcome{"unavailable", CountSuccess, accepted, true}},
		"the caller has gone":     {&Error{Reason: unavailable, Cause: context.Canceled}, Outcome{"canceled", CountFailure, unspecified, true}},
		"rejected by a living":    {&Error{Reason: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, Alive: true}, Outcome{"credentials", CountSuccess, rejected, true}},
		"overloaded, of a living": {&Error{Reason: enlistv1.ErrorReason_OVERLOADED, Alive: true}, Outcome{Label: "canceled"}},
	} {
		if got := OutcomeOf(test.err); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// What follows from a value that the contract does not have is nothing: no success, no advice.
func TestConsequencesOfAnUnknownReason(t *testing.T) {
	for _, reason := range []enlistv1.ErrorReason{enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED, 999, -1} {
		if got := ConsequencesOf(reason); got.GetCode() != 0 || got.GetAction() != 0 || got.GetRetryInfo() {
			t.Errorf("%s: %v", reason, got)
		}
	}
}
