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

// Avvio documents no failure. Enlist assumes that an object with a status that says so, and without an account, refuses the request; unless
// its words say that the server failed, for then it may have failed half-way. Any other status may mean that something was done.
// Credentials are told by words, too, as they are refused in the same form. Where that is wrong, the vendor's words still show it.
var (
	refuses          = regexp.MustCompile(`(?i)^(err|fail|fault|ko\b|nok\b|not?([^a-z]|$)|invalid|reject|refus|deni|bad|missing|unauth|access.?deni|forbid)`)
	serverFailed     = regexp.MustCompile(`(?i)internal|server error|exception|unexpected|time[d -]*out|unavailable|try again`)
	aboutCredentials = regexp.MustCompile(`(?i)authenti|credential|unauthori[sz]|not authori[sz]|access denied|login failed|` +
		`(invalid|wrong|incorrect|bad|unknown) (user ?name|user|login)[^.]{0,8} password`)
)

// confirmation says what must confirm a refusal in Avvio's own words, or in any of the body's. A
// proxy may have sent the request twice: the copy that came first can be the reason. A refusal with
// HTTP status 500 may come from half-way.
func confirmation(status int, own, words string) providers.Confirmation {
	if status >= http.StatusInternalServerError || providers.IsAboutExisting(own) || providers.IsAboutExisting(words) {
		return providers.ConfirmAfterLag
	}
	return providers.ConfirmByLookup
}

// refusal makes the error for an answer that is no success.
func (p *Provider) refusal(call *vendorhttp.Request, response *vendorhttp.Response, answer *avviov1.Answer, secrets []string) error {
	said := wire.Record(response.Body)
	if said == nil { // an object with a member twice, say
		return p.http.NotUnderstood(call, response, nil)
	}
	vendor := vendorError(response, secrets)
	status, words := strings.TrimSpace(answer.GetStatus()), text(structpb.NewStructValue(said))
	own := "" // Avvio's own words: the rest may repeat what was sent
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
			Message: "Provider " + p.description.Name + " refused the request; see VendorError. Nothing was created.",
			Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED,
			Vendor:  vendor, Confirm: confirmation(response.Status, own, words), Alive: true,
		}
	}
}

// speaksForItself reports whether an HTTP status leaves it to the body to say what happened. Gateways answer 502 and higher.
func speaksForItself(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return status < 300 || status >= 400 && status <= http.StatusInternalServerError
}

// vendorError keeps what an answer says, without the secrets that it may repeat: the members that web services use for it, and
// where there are none the whole object.
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

// text returns a JSON value as a text: texts as they are, nothing for null, everything else as JSON.
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

// secretMembers are the members of Avvio's objects whose values people must not see.
func secretMembers() []string { return []string{"password", "userAuth"} }

// redactedRecord returns an answer as it came, without secrets by name or by value.
func redactedRecord(body []byte, secrets []string) *structpb.Struct {
	record := wire.Record(body, secretMembers()...)
	wire.RedactRecord(record, secrets...)
	return record
}
