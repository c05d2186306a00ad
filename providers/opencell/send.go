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

// send makes a call with a token and returns the body of a successful answer. A 401 says that nothing was done, so the token is
// renewed and the call repeated, once. The vendor's words of an error are kept without the secrets that the call has sent.
func (p *Provider) send(ctx context.Context, call *vendorhttp.Request, secrets ...string) ([]byte, error) {
	for renewed := false; ; renewed = true {
		token, err := p.http.Credential(ctx, p.tokens)
		if err != nil {
			return nil, err
		}
		call.Header.Set("Authorization", "Bearer "+token)
		hidden := append([]string{token, p.settings.GetPassword(), p.settings.GetClientSecret()}, secrets...)
		call.RedactAnswer = func(body []byte) string {
			return wire.Redact(wire.RedactMembers(string(body), secretMembers()...), hidden...)
		}
		body, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) ([]byte, error) {
			if response.Status == http.StatusUnauthorized && !isDone(actionStatus(response.Body)) && !renewed {
				return nil, vendorhttp.ErrRenew
			}
			return p.understand(call, response, hidden...)
		})
		if !errors.Is(err, vendorhttp.ErrRenew) {
			return body, err
		}
		p.tokens.Discard(token)
	}
}

// understand tells a success from each kind of failure.
func (p *Provider) understand(call *vendorhttp.Request, response *vendorhttp.Response, secrets ...string) ([]byte, error) {
	status := actionStatus(response.Body)
	name := p.description.Name
	vendor := vendorhttp.VendorError(response, wire.Redact(status.GetErrorCode(), secrets...), wire.Redact(status.GetMessage(), secrets...))
	refused := func(reason enlistv1.ErrorReason, message string) error {
		return &providers.Error{Reason: reason, Message: message, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor}
	}
	switch code := status.GetErrorCode(); {
	case response.Status < 300 && isDone(status):
		return response.Body, nil
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

// actionStatus reads the status of an answer, which stands alone or as its actionStatus. It is empty for any other body.
func actionStatus(body []byte) *opencellv1.ActionStatus {
	alone, within := &opencellv1.ActionStatus{}, &opencellv1.GetCustomerAnswer{}
	if err := wire.Unmarshal(body, within); err == nil && within.GetActionStatus() != nil {
		return within.GetActionStatus()
	}
	if err := wire.Unmarshal(body, alone); err != nil {
		return &opencellv1.ActionStatus{}
	}
	return alone
}
