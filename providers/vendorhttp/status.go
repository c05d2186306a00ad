package vendorhttp

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const maxRetryAfter = time.Hour

const (
	// lookUpFirst ends the message of a create request after a response that suggests that nothing
	// was created. A proxy may have sent that response after it forwarded the request.
	lookUpFirst   = " Enlist looks up the customer before it sends again."
	thenCallAgain = " Then call again with the same request_id." + lookUpFirst

	checkBaseURL = "An operator must check base_url and any proxy between Enlist and the vendor."
)

// NotUnderstood returns the error for a server error, or a response that is not documented.
//
// Some statuses have a meaning: 401, 403, 404, 405, 413, 415, 429, and 503 with Retry-After unless
// it is a proxy's page. They keep their own reason, also for a create request, whose message does
// not claim that nothing was created. After any other response to a create request, the outcome is
// unknown. vendor is the error that the adapter read from the response. It may be nil.
func (c *Client) NotUnderstood(request *Request, response *Response, vendor *enlistv1.VendorError) *providers.Error {
	if vendor == nil {
		vendor = VendorError(response, "", "")
	}
	invalid := func(message string) *providers.Error {
		return &providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, Message: "Provider " + c.provider + message,
			Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
		}
	}
	status := fmt.Sprintf("HTTP status %d", response.Status)
	_, hasWait := retryAfter(response.Header)
	switch {
	case response.Status == http.StatusUnauthorized, response.Status == http.StatusForbidden:
		rejected := c.CredentialsRejected(vendor, nil)
		if request.Creates {
			rejected.Message += thenCallAgain
		}
		return rejected
	case response.Status == http.StatusTooManyRequests:
		return c.retryLater(request, response, vendor, enlistv1.ErrorReason_VENDOR_RATE_LIMITED, "asks for fewer requests")
	case response.Status == http.StatusServiceUnavailable && hasWait && (!request.Creates || !isPage(response)):
		return c.retryLater(request, response, vendor, enlistv1.ErrorReason_VENDOR_UNAVAILABLE, "is temporarily unavailable")
	case response.Status == http.StatusNotFound, response.Status == http.StatusMethodNotAllowed,
		response.Status == http.StatusRequestEntityTooLarge, response.Status == http.StatusUnsupportedMediaType:
		failed := invalid(" responded to a documented request with " + status + ". " + checkBaseURL)
		if request.Creates {
			failed.Message += thenCallAgain
		}
		return failed
	case request.Creates:
		return c.unreliable(response, vendor)
	case response.Status >= http.StatusInternalServerError:
		failed := c.retryLater(request, response, vendor, enlistv1.ErrorReason_VENDOR_UNAVAILABLE, "failed with "+status)
		failed.RetryAfter = time.Second
		return failed
	default:
		return invalid(" responded with " + status + " and an undocumented body. " + checkBaseURL)
	}
}

// retryLater returns the error of a response after which waiting helps.
func (c *Client) retryLater(
	request *Request, response *Response, vendor *enlistv1.VendorError, reason enlistv1.ErrorReason, what string,
) *providers.Error {
	message := "Provider " + c.provider + " " + what + ". " + providers.CallLater
	if request.Creates {
		message = "Provider " + c.provider + " " + what + ". " + providers.CallAgain + lookUpFirst
	}
	wait, _ := retryAfter(response.Header)
	return &providers.Error{
		Reason: reason, Message: message, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor, RetryAfter: wait,
	}
}

// Unavailable returns the error for a response in which the vendor itself says that it is
// temporarily unavailable.
func (c *Client) Unavailable(response *Response, vendor *enlistv1.VendorError) *providers.Error {
	return c.retryLater(&Request{}, response, vendor, enlistv1.ErrorReason_VENDOR_UNAVAILABLE, "is temporarily unavailable")
}

// isPage reports whether a response is an HTML page. With 503 it is from a proxy, which may have
// forwarded the request before it gave up.
func isPage(response *Response) bool {
	return strings.HasPrefix(strings.ToLower(response.Header.Get("Content-Type")), "text/html") ||
		providers.IsPage(response.Body)
}

// MayBeDone returns the error for a response, at any status, that says that the vendor carried out
// the request but does not prove it. The outcome of a create request is then unknown, even at a
// status with its own reason in NotUnderstood. Only a customer that a look-up finds can settle it.
func (c *Client) MayBeDone(request *Request, response *Response, vendor *enlistv1.VendorError) *providers.Error {
	if !request.Creates {
		return c.NotUnderstood(request, response, vendor)
	}
	unknown := c.unreliable(response, vendor)
	unknown.Confirm = providers.ConfirmByCustomer
	return unknown
}

// unreliable returns the error of a create request whose response proves nothing.
func (c *Client) unreliable(response *Response, vendor *enlistv1.VendorError) *providers.Error {
	return c.outcomeUnknown(fmt.Sprintf("its response (HTTP status %d) does not prove the outcome", response.Status),
		enlistv1.SendStage_SEND_STAGE_SENT, vendor, nil)
}

// CredentialsRejected returns the error for a connection whose credentials the vendor rejects.
func (c *Client) CredentialsRejected(vendor *enlistv1.VendorError, cause error) *providers.Error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED,
		Message: "Provider " + c.provider + " rejected the credentials of this connection. An operator must fix the configuration.",
		Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor, Cause: cause,
	}
}

// retryAfter parses the Retry-After header, in seconds or as a date, and reports whether it is set.
// The wait is from one second to one hour.
func retryAfter(header http.Header) (wait time.Duration, given bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait, given = time.Duration(seconds)*time.Second, true
	} else if at, err := http.ParseTime(value); err == nil {
		wait, given = time.Until(at), true
	}
	return min(max(wait, time.Second), maxRetryAfter), given
}

// VendorError returns the vendor's error in a response, with at most one code and message.
func VendorError(response *Response, code, message string) *enlistv1.VendorError {
	vendor := &enlistv1.VendorError{HttpStatus: int32(response.Status)} //nolint:gosec // three digits
	if code != "" || message != "" {
		vendor.Messages = []*enlistv1.VendorMessage{Message(code, message)}
	}
	return vendor
}

// Message returns one message of a VendorError, cut to size.
func Message(code, message string) *enlistv1.VendorMessage {
	return &enlistv1.VendorMessage{Code: Cut(code, 100), Message: Cut(message, 500)}
}

// Cut cuts a text to a number of characters.
func Cut(text string, characters int) string {
	count := 0
	for i := range text {
		if count == characters {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
