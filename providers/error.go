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
	// CallOrWait is the advice of an error whose outcome Enlist resolves in the background.
	CallOrWait = "Call again with the same request_id, or wait with WaitOperation."
	// Defect is the message of an error that Enlist does not expect.
	Defect = "A defect in Enlist caused this error. The operator finds the cause in the log."
)

// Error is why a request to a provider failed.
type Error struct {
	// Reason is one of the contract's reasons.
	Reason enlistv1.ErrorReason
	// Message tells people what happened and what to do. It holds no secrets and no personal data.
	Message string
	// Stage is how far the request to the vendor got; unspecified when there was none.
	Stage enlistv1.SendStage
	// Vendor is what the vendor said; nil when it said nothing.
	Vendor *enlistv1.VendorError
	// RetryAfter is how long to wait before calling again; 0 if waiting does not help.
	RetryAfter time.Duration
	// Violations are the fields at fault, by path from CreateCustomerRequest.
	Violations []rules.Violation
	// Confirm is what must confirm a refusal before it is final, or settle an unknown outcome.
	Confirm Confirmation
	// Alive says that the vendor's own error body shows that the vendor works: the breaker does not
	// count this error, whatever its reason.
	Alive bool
	// Cause is for the log only. It may hold what callers must not see, but no secrets and no
	// personal data.
	Cause error
}

// Confirmation says what must confirm the outcome that a response suggests.
type Confirmation int

const (
	// ConfirmNothing is the zero value: the refusal stands.
	ConfirmNothing Confirmation = iota
	// ConfirmByLookup asks for one look-up that finds no customer of ours.
	ConfirmByLookup
	// ConfirmAfterLag asks for a look-up after the vendor's lag. An earlier copy of the same
	// request could have caused the refusal, so absence counts only then.
	ConfirmAfterLag
	// ConfirmByCustomer is about an unknown outcome. The response says that the vendor made a
	// customer, and does not prove that it is the requested one. So only a customer that is found
	// settles the outcome. Absence proves nothing, and nothing is sent again.
	ConfirmByCustomer
)

// ErrHeldBack is the cause of an error of the circuit breaker's: the vendor keeps failing, so
// Enlist sent nothing. RetryAfter is then the time until the breaker lets a request through.
var ErrHeldBack = errors.New("the circuit breaker refuses the request")

// NotSent returns the error of a creation whose login or look-up failed: whatever went wrong there,
// the create request was not sent.
func NotSent(err error) error {
	var known *Error
	if !errors.As(err, &known) {
		return err
	}
	notSent := *known
	notSent.Stage = enlistv1.SendStage_SEND_STAGE_NOT_SENT
	if known.Reason == enlistv1.ErrorReason_VENDOR_REJECTED { // of the look-up, which is no refusal of the creation
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

// NotSupported is the error of an RPC that a provider does not support.
func (d *Description) NotSupported(rpc string) *Error {
	return &Error{
		Reason:  enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
		Message: "Provider " + d.Name + " does not support " + rpc + ": " + d.Unsupported[rpc],
	}
}

// CustomerExists is the error of a create whose customer is there already, by the vendor's answer
// or by a look before; vendor is nil where nothing need be said of it. It names what on_existing
// would take the customer as it is, or overwrite it.
func (d *Description) CustomerExists(vendor *enlistv1.VendorError) *Error {
	message := "Provider " + d.Name + " already has a customer with this id. Enlist left it unchanged. Use another id"
	if others := d.onExistingSupported()[1:]; len(others) > 0 {
		message += ", or set on_existing to " + strings.Join(others, " or ")
	}
	return &Error{
		Reason: enlistv1.ErrorReason_CUSTOMER_EXISTS, Message: message + ".", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
	}
}

// CustomerNearlyExists is the error of a creation whose look-up found a customer under an id that
// is only nearly equal to the requested one: the vendor may take the two for the same.
func (d *Description) CustomerNearlyExists() *Error {
	return &Error{
		Reason: enlistv1.ErrorReason_CUSTOMER_EXISTS,
		Message: "Provider " + d.Name + " already has a customer with nearly the same id (different case, spaces or leading zeros, for example). " +
			"Enlist left it unchanged. Set customer.id to the vendor's form of the id, or use another id.",
		Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
	}
}

// CustomerNotFound is the error of a read whose customer the vendor says is not there; vendor may
// be nil.
func (d *Description) CustomerNotFound(vendor *enlistv1.VendorError) *Error {
	return &Error{
		Reason:  enlistv1.ErrorReason_CUSTOMER_NOT_FOUND,
		Message: "Provider " + d.Name + " has no customer with this id. Use the customer.id that CreateCustomer returned.",
		Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
	}
}

// CheckOnExisting refuses an on_existing that the provider cannot honour, and names what works.
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

// InvalidField is the error of a create request that breaks a rule of a provider which no annotation
// can say.
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

// Invalid is the error of a request that breaks rules of the contract. Its message names the fields.
// What each must be stands in its violation alone.
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
