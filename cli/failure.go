package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

const (
	// exitNotSettled is the exit status of a creation whose outcome is not known yet.
	exitNotSettled = 2
	// exitNeedsPerson is the exit status of a creation on whose outcome a person must decide.
	exitNeedsPerson = 3
	// exitUsage is the exit status for arguments that are not understood, as kong has it.
	exitUsage = 80
)

// failure is an error with an exit status of its own.
type failure struct {
	error

	status int
}

func (f *failure) Unwrap() error { return f.error }

var onExistingValue = regexp.MustCompile(`\bON_EXISTING_[A-Z]+\b`)

// explain returns an error of a request as text for a person: the reason, the message, each field
// violation, and the vendor's words. The flags say how a field is set on the command line.
func (r *serverFlags) explain(err error, flags map[string]string) error {
	var text strings.Builder
	said := status.Convert(err)
	reason := client.Reason(err)
	violations := client.Detail[*errdetails.BadRequest](err).GetFieldViolations()
	switch {
	case len(violations) > 0:
		fmt.Fprintf(&text, "%v", reason)
	case reason != enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED:
		message := said.Message()
		if flag := flags["on_existing"]; flag != "" {
			message = onExistingValue.ReplaceAllStringFunc(message, func(value string) string {
				return value + " (" + flag + "=" + plainName(strings.TrimPrefix(value, "ON_EXISTING_")) + ")"
			})
		}
		fmt.Fprintf(&text, "%v: %s", reason, printable(message))
	case said.Code() == codes.Unavailable, said.Code() == codes.DeadlineExceeded:
		fmt.Fprintf(&text, "the server at %s does not respond: %s\n  %s", r.Server, r.remedy(said.Message()), printable(said.Message()))
	case said.Code() == codes.Unimplemented:
		fmt.Fprintf(&text, "%s is not the gRPC port of Enlist, or its version does not know this request: %s", r.Server, printable(said.Message()))
	default:
		fmt.Fprintf(&text, "%v: %s", said.Code(), printable(said.Message()))
	}
	if reason == enlistv1.ErrorReason_CREDENTIALS_MISSING {
		text.WriteString("\n  Set ENLIST_API_KEY to an API key or token.")
	}
	for _, violation := range violations {
		field := violation.GetField()
		if flag := flags[field]; flag != "" {
			field += " (" + flag + ")"
		}
		fmt.Fprintf(&text, "\n  %s: %s", printable(field), printable(violation.GetDescription()))
	}
	for _, message := range client.Detail[*enlistv1.VendorError](err).GetMessages() {
		words := []string{message.GetCode(), message.GetMessage(), message.GetExtra(), message.GetDescription()}
		words = slices.DeleteFunc(words, func(word string) bool { return word == "" })
		fmt.Fprintf(&text, "\n  vendor: %s", printable(strings.Join(words, ": ")))
	}
	return errors.New(text.String())
}

// remedy says what to do about a connection that failed.
func (r *serverFlags) remedy(cause string) string {
	address, secure, _ := r.address()
	for part, remedy := range map[string]string{
		"does not look like a TLS handshake": "if it has no TLS, write --server http://" + address,
		"looked like an HTTP/1.1 header":     "name its gRPC port with --server (ENLIST_SERVER), not its REST port",
		"unknown authority":                  "name the authority of its certificate with --ca-file",
		"certificate is valid for":           "name it with --server (ENLIST_SERVER) as its certificate does",
		"certificate required":               "it needs a certificate of this client: set --cert-file and --key-file",
	} {
		if strings.Contains(cause, part) {
			return remedy
		}
	}
	if !secure && strings.Contains(cause, "EOF") {
		return "if it has TLS, write --server https://" + address
	}
	return "start it, or name another one with --server (ENLIST_SERVER)"
}
