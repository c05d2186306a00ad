package avvio

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Avvio documents no failures. Enlist assumes that an object refuses the request if it has such a
// status and no account. If the words say that the server failed, Avvio may have stopped halfway.
// Any other status may mean that Avvio carried out the request. Words also identify rejected
// credentials, which have the same form. VendorError shows the words, even where that assumption is
// wrong.
var (
	refuses          = regexp.MustCompile(`(?i)^(err|fail|fault|ko\b|nok\b|not?([^a-z]|$)|invalid|reject|refus|deni|bad|missing|unauth|access.?deni|forbid)`)
	serverFailed     = regexp.MustCompile(`(?i)internal|server error|exception|unexpected|time[d -]*out|unavailable|try again`)
	aboutCredentials = regexp.MustCompile(`(?i)authenti|credential|unauthori[sz]|not authori[sz]|access denied|login failed|` +
		`(invalid|wrong|incorrect|bad|unknown) (user ?name|user|login)[^.]{0,8} password`)
)

// confirmation returns what must confirm a refusal in Avvio's own words, or in any words of the
// body. A proxy may have sent the request twice, and the first copy can be the cause. With HTTP
// status 500, Avvio may have stopped halfway.
func confirmation(status int, own, words string) providers.Confirmation {
	if status >= http.StatusInternalServerError || providers.IsAboutExisting(own) || providers.IsAboutExisting(words) {
		return providers.ConfirmAfterLag
	}
	return providers.ConfirmByLookup
}

// refusal returns the error of a response that is not a success.
func (p *Provider) refusal(call *vendorhttp.Request, response *vendorhttp.Response, answer *avviov1.Answer, secrets []string) error {
	said := wire.Record(response.Body)
	if said == nil { // for example an object with a duplicate member
		return p.http.NotUnderstood(call, response, nil)
	}
	vendor := vendorError(response, secrets)
	status, words := strings.TrimSpace(answer.GetStatus()), text(structpb.NewStructValue(said))
	own := "" // Avvio's own words; the rest may repeat the request
	for _, member := range []string{"errorCode", "message", "description"} {
		own += text(said.GetFields()[member]) + " "
	}
	switch {
	case status == "", !speaksForItself(response.Status), !refuses.MatchString(status), serverFailed.MatchString(words):
		return p.http.NotUnderstood(call, response, vendor)
	case aboutCredentials.MatchString(status + " " + own):
		return p.http.CredentialsRejected(vendor, nil)
	default:
		return &providers.Error{
			Reason:  enlistv1.ErrorReason_VENDOR_REJECTED,
			Message: p.description.Refused("refused the request; see VendorError.", call.Creates),
			Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED,
			Vendor:  vendor, Confirm: confirmation(response.Status, own, words), Alive: true,
		}
	}
}

// speaksForItself reports whether an HTTP status leaves the meaning to the body. Gateways respond
// with 502 and higher.
func speaksForItself(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return status < 300 || status >= 400 && status <= http.StatusInternalServerError
}

// vendorError returns what a response says, without secrets. It uses the members that web services
// usually have for messages. Without such members, it uses the whole object.
func vendorError(response *vendorhttp.Response, secrets []string) *enlistv1.VendorError {
	record := redactedRecord(response.Body, secrets)
	says := func(member string) string { return wire.Redact(text(record.GetFields()[member]), secrets...) }
	code, said, more := says("errorCode"), says("message"), says("description")
	if said == "" && more == "" {
		said = wire.Redact(text(structpb.NewStructValue(record)), secrets...)
	}
	message := vendorhttp.Message(cmp.Or(code, says("status")), said)
	message.Description = vendorhttp.Cut(more, 200)
	return &enlistv1.VendorError{
		HttpStatus: int32(response.Status), //nolint:gosec // three digits
		Messages:   []*enlistv1.VendorMessage{message},
	}
}

// text returns a JSON value as text: strings as they are, nothing for null, and anything else as
// JSON.
func text(value *structpb.Value) string {
	switch kind := value.GetKind().(type) {
	case nil, *structpb.Value_NullValue:
		return ""
	case *structpb.Value_StringValue:
		return kind.StringValue
	default:
		encoded, err := value.MarshalJSON()
		if err != nil {
			return ""
		}
		return string(encoded)
	}
}

// secretMembers returns the members of Avvio's objects with values that people must not see.
func secretMembers() []string { return []string{"password", "userAuth"} }

// redactedRecord returns a response as received, without secrets by name or by value.
func redactedRecord(body []byte, secrets []string) *structpb.Struct {
	record := wire.Record(body, secretMembers()...)
	wire.RedactRecord(record, secrets...)
	return record
}
