package opencell

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Opencell's own codes that Enlist distinguishes. It reports the others as the vendor's refusal.
const (
	alreadyExists = "ENTITY_ALREADY_EXISTS_EXCEPTION"
	doesNotExist  = "ENTITY_DOES_NOT_EXISTS_EXCEPTION"
	notAuthorized = "AUTHENTICATION_AUTHORIZATION_EXCEPTION"
	anyFailure    = "GENERIC_API_EXCEPTION" // an unexpected failure: Opencell may have carried out a part of the request
)

// isRefusal reports whether Opencell refuses in its own words. Opencell then rolls back.
func isRefusal(status *opencellv1.ActionStatus) bool {
	return status.GetStatus() == "FAIL" && status.GetErrorCode() != "" && status.GetErrorCode() != anyFailure
}

// refusal returns the error of a request that Opencell refuses with a code.
func (p *Provider) refusal(request *vendorhttp.Request, response *vendorhttp.Response, code string, vendor *enlistv1.VendorError) error {
	var refused *providers.Error
	serverError := response.Status >= http.StatusInternalServerError
	switch {
	case code == notAuthorized, response.Status == http.StatusUnauthorized:
		refused = p.http.CredentialsRejected(vendor, nil)
	case code == alreadyExists && request.Creates:
		refused = p.description.CustomerExists(vendor)
	case code == doesNotExist && !request.Creates && !serverError:
		refused = p.description.CustomerNotFound(vendor)
	default:
		refused = &providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Message: p.description.Refused(words(request, code, vendor), request.Creates),
			Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
		}
	}
	refused.Alive = serverError
	if request.Creates {
		refused.Confirm = confirmation(response.Status, code)
	}
	return refused
}

// words says what a request was refused for.
func words(request *vendorhttp.Request, code string, vendor *enlistv1.VendorError) string {
	switch {
	case request.Creates && code == doesNotExist && request.Path == upsertPath:
		return "does not know a code in the request, or has the customer without its lower accounts; see VendorError."
	case request.Creates && code == doesNotExist:
		return "does not know a code in the request; see VendorError."
	default:
		return "refused the request with " + vendor.GetMessages()[0].GetCode() + "; see VendorError."
	}
}

// confirmation returns what must confirm the refusal of a create request. The documented codes of
// client errors are final. Any other refusal needs confirmation, because it may be from a proxy or
// from a part of the server that does not roll back.
func confirmation(status int, code string) providers.Confirmation {
	switch {
	case isCausedByCopy(code):
		return providers.ConfirmAfterLag
	case status >= 400 && status < http.StatusInternalServerError && slices.Contains(clientErrors(), code):
		return providers.ConfirmNothing
	default:
		return providers.ConfirmByLookup
	}
}

// isCausedByCopy reports whether an earlier copy of the same request could cause a refusal.
// ENTITY_ALREADY_EXISTS_EXCEPTION, DUPLICATE_ACCESS and CONSTRAINT_VIOLATION_EXCEPTION are known.
func isCausedByCopy(code string) bool {
	return slices.ContainsFunc([]string{"ALREADY_EXISTS", "DUPLICATE", "CONSTRAINT", "UNIQUE"}, func(part string) bool {
		return strings.Contains(strings.ToUpper(code), part)
	})
}

// clientErrors returns the documented codes of client errors, without those that an earlier copy of
// the request could cause.
func clientErrors() []string {
	return []string{
		"MISSING_PARAMETER", "INVALID_PARAMETER", "INVALID_ENUM_VALUE", "INVALID_IMAGE_DATA", doesNotExist, notAuthorized,
		"ACTION_FORBIDDEN", "INSUFFICIENT_BALANCE", "DELETE_REFERENCED_ENTITY_EXCEPTION",
	}
}

// withViolations adds the fields that the vendor's words name to the error of a refusal.
func (c *creation) withViolations(err error) error {
	var refused *providers.Error
	if !errors.As(err, &refused) || refused.Reason != enlistv1.ErrorReason_VENDOR_REJECTED {
		return err
	}
	for _, name := range namedParameters(refused.Vendor) {
		path := c.description.Fields.PathOf(c.request, name)
		if path == "" || slices.ContainsFunc(refused.Violations, func(known rules.Violation) bool { return known.Path == path }) {
			continue
		}
		refused.Violations = append(refused.Violations, rules.Violation{
			Path: path, Description: "is missing at " + c.description.Name + " (" + name + "), or the vendor does not accept its value; see VendorError",
		})
	}
	return err
}

// namedParameters returns the parameters that a refusal lists: "The following parameters are
// required or contain invalid values: billingCycle, country." It accepts these words with any code.
func namedParameters(vendor *enlistv1.VendorError) []string {
	var names []string
	for _, message := range vendor.GetMessages() {
		start, list, _ := strings.Cut(message.GetMessage(), ":")
		isAboutParameters := slices.Contains([]string{"MISSING_PARAMETER", "INVALID_PARAMETER", "INVALID_ENUM_VALUE"}, message.GetCode())
		start = strings.ToLower(start)
		if isAboutParameters && strings.Contains(start, "parameter") || strings.HasPrefix(start, "the following parameters are required") {
			names = append(names, strings.Split(list, ",")...)
		}
	}
	for i, name := range names {
		names[i] = strings.Trim(name, " \t\r\n.'\"")
	}
	return names
}
