package providers

import (
	"errors"
	"strconv"
	"strings"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
)

// Sentences that several messages share.
const (
	// CallAgain is the advice of an error with RetryAfter.
	CallAgain = "Call again with the same request_id after the RetryInfo delay."
	// CallLater is CallAgain for a request without a request_id, such as a read.
	CallLater = "Call again after the RetryInfo delay."
	// CallOrWait is the advice of an error whose outcome Enlist resolves in the background.
	CallOrWait = "Call again with the same request_id, or wait with WaitOperation."
	// NothingCreated is the advice of a final refusal, which the request_id keeps.
	NothingCreated = "Nothing was created. Correct the cause, and create the customer with a new request_id."
	// Defect is the message of an error that Enlist does not expect.
	Defect = "A defect in Enlist caused this error. The operator finds the cause in the log."
)

// WithoutAdvice returns a message without the shared advice to callers of a server.
func WithoutAdvice(message string) string {
	return strings.NewReplacer(CallAgain, "", CallLater, "", CallOrWait, "", NothingCreated, "", "; see VendorError", "").Replace(message)
}

// Error is the error of a request to a provider.
type Error struct {
	// Reason is one of the contract's reasons.
	Reason enlistv1.ErrorReason
	// Message says what happened and what to do. It contains no secrets and no personal data.
	Message string
	// Stage says how far the request to the vendor got. It is unspecified if there was no request.
	Stage enlistv1.SendStage
	// Vendor is the vendor's own error. It is nil if the vendor did not respond.
	Vendor *enlistv1.VendorError
	// RetryAfter is the delay before the next call. It is 0 if waiting does not help.
	RetryAfter time.Duration
	// Violations are the invalid fields, by path from CreateCustomerRequest.
	Violations []rules.Violation
	// Confirm says what must confirm a refusal before it is final, or settle an unknown outcome.
	Confirm Confirmation
	// Alive reports that the vendor's own error body shows that the vendor works. The breaker then
	// ignores this error, whatever its reason.
	Alive bool
	// Cause is for the log only. It may contain what callers must not see, but no secrets and no
	// personal data.
	Cause error
}

// Confirmation says what must confirm the outcome that a response suggests.
type Confirmation int

const (
	// ConfirmNothing is the zero value: the refusal is final.
	ConfirmNothing Confirmation = iota
	// ConfirmByLookup requires one look-up that finds no customer of ours.
	ConfirmByLookup
	// ConfirmAfterLag requires a look-up after the vendor's lag. An earlier copy of the same
	// request could have caused the refusal, so absence counts only then.
	ConfirmAfterLag
	// ConfirmByCustomer is for an unknown outcome. The response says that the vendor created a
	// customer, but does not prove that it is the requested one. So only a customer that a look-up
	// finds settles the outcome. Absence proves nothing, and Enlist makes no other attempt.
	ConfirmByCustomer
)

// ErrBreakerRefused is the cause of an error from the circuit breaker: the vendor keeps failing, so
// Enlist sent nothing. RetryAfter is then the time until the breaker admits a request.
var ErrBreakerRefused = errors.New("the circuit breaker refuses the request")

// Unreached is the cause of an error if there was no connection to the vendor.
type Unreached struct {
	// BaseURL is scheme and host of the vendor.
	BaseURL string
	// Cause says why there was none.
	Cause error
}

// Error returns the cause.
func (u *Unreached) Error() string { return u.Cause.Error() }

// Unwrap returns the cause.
func (u *Unreached) Unwrap() error { return u.Cause }

// NotSent returns the error of a creation whose login or look-up failed. Enlist did not send the
// create request.
func NotSent(err error) error {
	var known *Error
	if !errors.As(err, &known) {
		return err
	}
	notSent := *known
	notSent.Stage = enlistv1.SendStage_SEND_STAGE_NOT_SENT
	if known.Reason == enlistv1.ErrorReason_VENDOR_REJECTED { // of the look-up, so it is not a refusal of the creation
		notSent.Reason, notSent.RetryAfter = enlistv1.ErrorReason_VENDOR_UNAVAILABLE, time.Second
		notSent.Message = "The vendor refused the look-up before the creation, so Enlist sent nothing; see VendorError. " + CallAgain
	}
	return &notSent
}

// Error returns the message with the cause, for logs.
func (e *Error) Error() string {
	text := e.Reason.String() + ": " + e.Message
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// NotSupported returns the error of an RPC that the provider does not support.
func (d *Description) NotSupported(rpc string) *Error {
	return &Error{
		Reason:  enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
		Message: "Provider " + d.Name + " does not support " + rpc + ": " + d.Unsupported[rpc],
	}
}

// CustomerExists returns the error of a creation whose customer exists, according to the vendor's
// response or an earlier look-up. It names the values of on_existing that adopt or overwrite the
// customer. vendor may be nil.
func (d *Description) CustomerExists(vendor *enlistv1.VendorError) *Error {
	message := "Provider " + d.Name + " already has a customer with this id. Enlist left it unchanged. Use another id"
	if others := d.onExistingSupported()[1:]; len(others) > 0 {
		message += ", or set on_existing to " + strings.Join(others, " or ")
	}
	message += ", with a new request_id"
	return &Error{
		Reason: enlistv1.ErrorReason_CUSTOMER_EXISTS, Message: message + ".", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
	}
}

// CustomerNearlyExists returns the error of a creation whose look-up found a customer with a nearly
// equal id. The vendor may treat the two ids as the same.
func (d *Description) CustomerNearlyExists() *Error {
	return &Error{
		Reason: enlistv1.ErrorReason_CUSTOMER_EXISTS,
		Message: "Provider " + d.Name + " already has a customer with nearly the same id (different case, spaces or leading zeros, for example). " +
			"Enlist left it unchanged. Set customer.id to the vendor's form of the id, or use another id, with a new request_id.",
		Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
	}
}

// CustomerNotFound returns the error of a read whose customer does not exist, according to the
// vendor. vendor may be nil.
func (d *Description) CustomerNotFound(vendor *enlistv1.VendorError) *Error {
	return &Error{
		Reason:  enlistv1.ErrorReason_CUSTOMER_NOT_FOUND,
		Message: "Provider " + d.Name + " has no customer with this id. Use the customer.id that CreateCustomer returned.",
		Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
	}
}

// Refused returns the message of a vendor's refusal. Of a creation, it says what follows.
func (d *Description) Refused(what string, creates bool) string {
	text := "Provider " + d.Name + " " + what
	if creates {
		text += " " + NothingCreated
	}
	return text
}

// CheckOnExisting returns an error for an on_existing that the provider does not support. The error
// names the supported values.
func (d *Description) CheckOnExisting(value enlistv1.OnExisting) error {
	why, unsupported := d.OnExistingUnsupported[value]
	if !unsupported {
		return nil
	}
	return &Error{
		Reason: enlistv1.ErrorReason_FIELD_NOT_SUPPORTED,
		Message: "Provider " + d.Name + " does not support this value of on_existing. It supports " +
			strings.Join(d.onExistingSupported(), ", ") + ".",
		Violations: []rules.Violation{{Path: "on_existing", Description: "cannot be " + value.String() + " at " + d.Name + ": " + why}},
	}
}

func (d *Description) onExistingSupported() []string {
	var supported []string
	for _, value := range []enlistv1.OnExisting{
		enlistv1.OnExisting_ON_EXISTING_FAIL, enlistv1.OnExisting_ON_EXISTING_UPDATE, enlistv1.OnExisting_ON_EXISTING_ADOPT,
	} {
		if _, unsupported := d.OnExistingUnsupported[value]; !unsupported {
			supported = append(supported, value.String())
		}
	}
	return supported
}

// InvalidField returns the error of a create request that breaks a rule of a provider that no
// annotation can express.
func InvalidField(provider, path, description string) *Error {
	return invalidFields(provider, []rules.Violation{{Path: path, Description: description}})
}

func invalidFields(provider string, violations []rules.Violation) *Error {
	return &Error{
		Reason:     enlistv1.ErrorReason_INVALID_FIELD,
		Message:    "Provider " + provider + " does not accept " + paths(violations) + ". " + seeViolations(violations),
		Violations: violations,
	}
}

// Invalid returns the error of a request that breaks rules of the contract. Its message names the
// fields. Only the violations say what each field must be.
func Invalid(violations ...rules.Violation) *Error {
	what := violations[0].Path + " is not valid. "
	if len(violations) > 1 {
		what = strconv.Itoa(len(violations)) + " fields are not valid: " + paths(violations) + ". "
	}
	return &Error{
		Reason:     enlistv1.ErrorReason_INVALID_FIELD,
		Message:    what + seeViolations(violations),
		Violations: violations,
	}
}

func seeViolations(violations []rules.Violation) string {
	if len(violations) == 1 {
		return "The field violation says what to change."
	}
	return "The field violations say what to change."
}

// IsReason reports whether an error has the given reason.
func IsReason(err error, reason enlistv1.ErrorReason) bool {
	var known *Error
	return errors.As(err, &known) && known.Reason == reason
}
