package vendorhttp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/enlist-dev/enlist/providers"
)

// mostTold is the greatest number of characters of an exchange's error.
const mostTold = 512

// told returns what an error says of one exchange: its message without the advice to callers, why
// no response arrived, and the vendor's words.
func told(failure *providers.Error) string {
	text := providers.WithoutAdvice(failure.Message)
	for _, advice := range []string{lookUpFirst, thenCallAgain, "The customer may exist or not.", "Call again with a longer deadline."} {
		text = strings.ReplaceAll(text, advice, "")
	}
	text = strings.Join(strings.Fields(text), " ")
	if cause := why(failure.Cause); cause != "" {
		text += " " + cause
	}
	for _, message := range failure.Vendor.GetMessages() {
		words := strings.Join(strings.Fields(strings.Join([]string{
			message.GetCode(), message.GetMessage(), message.GetExtra(), message.GetDescription(),
		}, " ")), " ")
		if words != "" {
			text += " The vendor says: " + words
		}
	}
	return Cut(strings.ToValidUTF8(text, "\uFFFD"), mostTold)
}

// why says why no response arrived, in a sentence without the addresses in an error of net/http. It
// returns "" if it does not know the cause.
func why(cause error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case cause == nil:
		return ""
	case errors.Is(cause, context.DeadlineExceeded):
		return "The timeout passed."
	case errors.Is(cause, context.Canceled):
		return "The caller left, or Enlist stopped."
	case errors.Is(cause, syscall.ECONNREFUSED):
		return "The server refused the connection."
	case errors.As(cause, &dns):
		return "The host name was not found."
	case errors.As(cause, &certificate):
		return "The server's certificate is not valid."
	case errors.Is(cause, io.EOF), errors.Is(cause, io.ErrUnexpectedEOF), errors.Is(cause, syscall.ECONNRESET), errors.Is(cause, syscall.EPIPE):
		return "The connection was closed."
	}
	return ""
}
