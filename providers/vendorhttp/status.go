package vendorhttp

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const maxRetryAfter = time.Hour

// NotUnderstood makes the error for an answer that is not the vendor's own words as documented, or a server error.
//
// A status that HTTP gives to requests which were not carried out (401, 403, 404, 405, 413, 415, 429, or 503 with Retry-After and no page
// of a proxy's) is believed. After anything else a create may have been carried out: its outcome is unknown.
// vendor is what could be made out of the answer; nil for nothing.
func (c *Client) NotUnderstood(request *Request, response *Response, vendor *enlistv1.VendorError) *providers.Error {
	if vendor == nil {
		vendor = VendorError(response, "", "")
	}
	answered := func(reason enlistv1.ErrorReason, message string) *providers.Error {
		return &providers.Error{
			Reason: reason, Message: message, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
		}
	}
	status := fmt.Sprintf("HTTP status %d", response.Status)
	wait, hasWait := retryAfter(response.Header)
	switch {
	case response.Status == http.StatusUnauthorized, response.Status == http.StatusForbidden:
		return c.CredentialsRejected(vendor, nil)
	case response.Status == http.StatusTooManyRequests:
		limited := answered(enlistv1.ErrorReason_VENDOR_RATE_LIMITED,
			"Provider "+c.provider+" asks for fewer calls, and nothing was done. Call again after the time in RetryInfo.")
		limited.RetryAfter = wait
		return limited
	case response.Status == http.StatusServiceUnavailable && hasWait && (!request.Creates || !isPage(response)):
		unavailable := answered(enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
			"Provider "+c.provider+" says that it is not available, and nothing was done. Call again after the time in RetryInfo.")
		unavailable.RetryAfter = wait
		return unavailable
	case response.Status == http.StatusNotFound, response.Status == http.StatusMethodNotAllowed,
		response.Status == http.StatusRequestEntityTooLarge, response.Status == http.StatusUnsupportedMediaType:
		return answered(enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID,
			"Provider "+c.provider+" answered with "+status+" to a documented call, and nothing was done. "+
				"An operator must check the connection's base_url and what stands between.")
	case request.Creates:
		return c.MayBeDone(request, response, vendor)
	case response.Status >= http.StatusInternalServerError:
		failed := answered(enlistv1.ErrorReason_VENDOR_UNAVAILABLE, "Provider "+c.provider+" failed with "+status+". Call again later.")
		failed.RetryAfter = time.Second
		return failed
	default:
		return answered(enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID,
			"Provider "+c.provider+" answered with "+status+" and a body that its documentation does not allow for. An operator must look.")
	}
}

// isPage reports whether an answer is a page for people. With 503 that is a proxy's, which may have passed the request on before it gave up.
func isPage(response *Response) bool {
	return strings.HasPrefix(strings.ToLower(response.Header.Get("Content-Type")), "text/html") ||
		bytes.HasPrefix(bytes.TrimSpace(response.Body), []byte("<"))
}

// MayBeDone makes the error for an answer that shows, at whatever status, that what was asked for may have been done: a create's
// outcome is then unknown even at a status that NotUnderstood believes.
func (c *Client) MayBeDone(request *Request, response *Response, vendor *enlistv1.VendorError) *providers.Error {
	if !request.Creates {
		return c.NotUnderstood(request, response, vendor)
	}
	return c.unknown(fmt.Sprintf("it answered with HTTP status %d and nothing that can be relied on", response.Status),
		enlistv1.SendStage_SEND_STAGE_SENT, vendor, nil)
}

// CredentialsRejected makes the error for a connection whose credentials the vendor refuses.
func (c *Client) CredentialsRejected(vendor *enlistv1.VendorError, cause error) *providers.Error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED,
		Message: "Provider " + c.provider + " refuses the credentials of this connection, and nothing was done. " +
			"An operator must mend the configuration.",
		Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor, Cause: cause,
	}
}

// retryAfter reads the Retry-After header, in seconds or as a date. The wait is at least a second and at most an hour.
func retryAfter(header http.Header) (wait time.Duration, given bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait, given = time.Duration(seconds)*time.Second, true
	} else if at, err := http.ParseTime(value); err == nil {
		wait, given = time.Until(at), true
	}
	return min(max(wait, time.Second), maxRetryAfter), given
}

// VendorError makes what the vendor said of an answer with at most one code and message.
func VendorError(response *Response, code, message string) *enlistv1.VendorError {
	vendor := &enlistv1.VendorError{HttpStatus: int32(response.Status)} //nolint:gosec // three digits
	if code != "" || message != "" {
		vendor.Messages = []*enlistv1.VendorMessage{Message(code, message)}
	}
	return vendor
}

// Message makes one message of a VendorError, cut to size.
func Message(code, message string) *enlistv1.VendorMessage {
	return &enlistv1.VendorMessage{Code: Cut(code, 100), Message: Cut(message, 500)}
}

// Cut shortens a text to a number of characters.
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
