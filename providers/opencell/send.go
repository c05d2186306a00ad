package opencell

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Opencell's own codes that have a meaning here; the others are passed on as the vendor's refusal.
const (
	alreadyExists = "ENTITY_ALREADY_EXISTS_EXCEPTION"
	doesNotExist  = "ENTITY_DOES_NOT_EXISTS_EXCEPTION"
	notAuthorized = "AUTHENTICATION_AUTHORIZATION_EXCEPTION"
	anyFailure    = "GENERIC_API_EXCEPTION" // of what Opencell did not foresee: nobody knows how far it had got
)

// requestOf makes a call of the API, as which send completes it.
func requestOf(operation vendorhttp.Operation, method, path string) *vendorhttp.Request {
	return &vendorhttp.Request{
		Operation: operation,
		Method:    method,
		Path:      path,
		Header:    http.Header{"Accept": {"application/json"}},
		Secrets:   map[string]string{"Authorization": "Bearer $OPENCELL_TOKEN"},
	}
}

// secretMembers are the members of Opencell's records whose values people must not see.
func secretMembers() []string { return []string{"tokenId", "iban"} }

// said is a successful answer: what was understood of it, and its body.
type said struct {
	*opencellv1.GetCustomerAnswer
	body []byte
}

// send makes a call with a token and returns the answer, if it is a success. A 401 says that nothing was done, so the token is
// renewed and the call repeated, once. The vendor's words of an error are kept without the secrets that the call has sent.
func (p *Provider) send(ctx context.Context, call *vendorhttp.Request, secrets ...string) (*said, error) {
	for renewed := false; ; renewed = true {
		token, err := p.http.Credential(ctx, p.tokens)
		if err != nil {
			return nil, err
		}
		call.Header.Set("Authorization", "Bearer "+token)
		hidden := append([]string{token, p.settings.GetPassword(), p.settings.GetClientSecret()}, secrets...)
		call.RedactAnswer = func(body []byte) string {
			return wire.Redact(p.secrets.Redact(string(body)), hidden...)
		}
		answer, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*said, error) {
			if response.Status == http.StatusUnauthorized && !renewed && !isDone(parse(response.Body).GetActionStatus()) {
				return nil, vendorhttp.ErrRenew
			}
			return p.understand(call, response, hidden...)
		})
		if !errors.Is(err, vendorhttp.ErrRenew) {
			return answer, err
		}
		p.tokens.Discard(token)
	}
}

// understand tells a success from each kind of failure.
func (p *Provider) understand(call *vendorhttp.Request, response *vendorhttp.Response, secrets ...string) (*said, error) {
	answer := parse(response.Body)
	status := answer.GetActionStatus()
	name := p.description.Name
	vendor := vendorhttp.VendorError(response, wire.Redact(status.GetErrorCode(), secrets...), wire.Redact(status.GetMessage(), secrets...))
	refused := func(reason enlistv1.ErrorReason, message string) error {
		return &providers.Error{Reason: reason, Message: message, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor}
	}
	switch code := status.GetErrorCode(); {
	case response.Status < 300 && isDone(status):
		return answer, nil
	case isDone(status):
		return nil, p.http.MayBeDone(call, response, vendor)
	case status.GetStatus() != "FAIL" && code == "", response.Status >= http.StatusInternalServerError,
		response.Status == http.StatusTooManyRequests, code == anyFailure:
		return nil, p.http.NotUnderstood(call, response, vendor)
	case code == alreadyExists && call.Creates:
		return nil, p.description.CustomerExists(vendor)
	case code == doesNotExist && !call.Creates:
		return nil, p.description.CustomerNotFound(vendor)
	case code == doesNotExist && call.Path == upsertPath:
		return nil, refused(enlistv1.ErrorReason_VENDOR_REJECTED, "Provider "+name+" says that something the request refers to does not exist; "+
			"see VendorError. It is a code that is not set up there, or the customer exists without its lower accounts. Nothing was created.")
	case code == doesNotExist:
		return nil, refused(enlistv1.ErrorReason_VENDOR_REJECTED, "Provider "+name+" says that a code in the request is not set up there; "+
			"see VendorError. Nothing was created.")
	case code == notAuthorized, response.Status == http.StatusUnauthorized:
		return nil, p.http.CredentialsRejected(vendor, nil)
	default:
		return nil, refused(enlistv1.ErrorReason_VENDOR_REJECTED,
			"Provider "+name+" refused the request with "+cmp.Or(vendorCode(vendor), "no code")+"; see VendorError. Nothing was created.")
	}
}

func vendorCode(vendor *enlistv1.VendorError) string {
	for _, message := range vendor.GetMessages() {
		return message.GetCode()
	}
	return ""
}

func isDone(status *opencellv1.ActionStatus) bool {
	return status.GetStatus() == "SUCCESS" || status.GetStatus() == "WARNING"
}

// parse reads an answer: its status, which stands alone or as its actionStatus, and the customer, if there is one. Of any other body nothing
// is understood.
func parse(body []byte) *said {
	answer := &said{&opencellv1.GetCustomerAnswer{}, body}
	if err := wire.Unmarshal(body, answer); err != nil {
		answer.Reset()
	}
	if alone := (&opencellv1.ActionStatus{}); answer.GetActionStatus() == nil && wire.Unmarshal(body, alone) == nil {
		answer.ActionStatus = alone
	}
	return answer
}
