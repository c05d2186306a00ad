package valomnia

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Valomnia's own codes. Enlist reports other codes of that form as the vendor's refusal.
const (
	missingParam        = "missing_param"
	notUnique           = "not_unique"
	invalidParamType    = "invalid_param_type"
	saveFailed          = "save_failed"
	exceededFileSize    = "exceeded_file_size"
	unsupportedFileType = "unsupported_file_type"
	notFound            = "not_found"
	serverError         = "server_error" // the server may have carried out a part of the request
	noCredentials       = "no_credentials"
)

// refusals returns the documented codes of refusals.
func refusals() []string {
	return []string{missingParam, notUnique, invalidParamType, saveFailed, exceededFileSize, unsupportedFileType, notFound}
}

var ownCode = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)

// refuses reports whether a response is Valomnia's refusal: a client error with one of its codes
// (words joined by underscores), or a server error with a documented code. The words of a framework
// or a proxy ("Not Found") are not a refusal. Neither are statuses with a meaning of their own.
func refuses(status int, code string) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	if status >= http.StatusInternalServerError {
		return slices.Contains(refusals(), code)
	}
	return status >= 400 && ownCode.MatchString(code) && code != serverError
}

// refused returns the error of a request that Valomnia refuses.
func (p *Provider) refused(request *vendorhttp.Request, status int, refusal *valomniav1.Refusal, vendor *enlistv1.VendorError) error {
	rejected := func(text string) *providers.Error {
		return &providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Message: p.description.Refused(text, request.Creates),
			Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
		}
	}
	var refused *providers.Error
	atServerError := status >= http.StatusInternalServerError
	switch code := refusal.GetError(); {
	case code == notFound && !request.Creates && !atServerError:
		refused = p.description.CustomerNotFound(vendor)
	case code == notFound && request.Creates:
		refused = rejected("does not know something that the request refers to; see VendorError.")
	case code == notUnique && request.Creates && referenceTaken(refusal.GetErrorDescription()):
		refused = p.description.CustomerExists(vendor)
	default:
		refused = rejected("refused the request with " + vendor.GetMessages()[0].GetCode() + "; see VendorError.")
	}
	refused.Alive = atServerError
	if request.Creates {
		refused.Confirm = confirmation(status, refusal.GetError())
	}
	return refused
}

// confirmation returns what must confirm the refusal of a create request. An earlier copy of the
// request has its unique values, and can be the reason why Valomnia could not save the customer.
func confirmation(status int, code string) providers.Confirmation {
	switch {
	case status == http.StatusConflict, !isAboutTheRequest(code): // an earlier copy may be the cause; the page does not say
		return providers.ConfirmAfterLag
	case status >= http.StatusInternalServerError:
		return providers.ConfirmByLookup
	default:
		return providers.ConfirmNothing
	}
}

// isAboutTheRequest reports whether a documented code refuses the content of the request.
func isAboutTheRequest(code string) bool {
	return slices.Contains([]string{"missing_param", "invalid_param_type", "exceeded_file_size", "unsupported_file_type", notFound}, code)
}

// referenceTaken reports whether a refusal is about a reference in use, not about another unique
// value. It compares the documented words.
func referenceTaken(description string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(description)), "reference already used")
}

// withViolations adds the field that the vendor's words name to the error of a refusal.
func (c *creation) withViolations(err error) error {
	var refused *providers.Error
	if !errors.As(err, &refused) || refused.Reason != enlistv1.ErrorReason_VENDOR_REJECTED {
		return err
	}
	for _, message := range refused.Vendor.GetMessages() {
		if path := c.pathNamed(message.GetCode(), message.GetMessage()); path != "" {
			refused.Violations = append(refused.Violations, rules.Violation{
				Path: path, Description: "is refused by " + c.description.Name + " with " + message.GetCode() + "; see VendorError",
			})
		}
	}
	return err
}

// named finds the parameter or object that a refusal names in documented words. It matches the
// start only, because the rest varies.
var named = map[string]*regexp.Regexp{ //nolint:gochecknoglobals // a constant
	missingParam:     regexp.MustCompile(`(?i)^(\w+) parameter is missing`),
	notUnique:        regexp.MustCompile(`(?i)^(\w+) already used`),
	invalidParamType: regexp.MustCompile(`(?i)^the type of parameter (\w+(?: \w+)*?) you provided`),
	notFound:         regexp.MustCompile(`(?i)^the (currency|payment type|parent customer) with (?:the )?(?:id|name)\b`),
}

// pathNamed returns the path of the field that a refusal names, or "" if that is not certain.
func (c *creation) pathNamed(code, words string) string {
	if code == exceededFileSize || code == unsupportedFileType {
		return "valomnia.image.content"
	}
	pattern := named[code]
	if pattern == nil {
		return ""
	}
	found := pattern.FindStringSubmatch(strings.TrimSpace(words))
	if found == nil {
		return ""
	}
	name := found[1]
	switch strings.ToLower(name) {
	case "payment type", "payment type id":
		name = "paymentTypes"
	case "parent customer":
		name = "parentCustomer"
	case "currency":
		name = "currency"
	}
	return c.description.Fields.PathOf(c.request, name)
}
