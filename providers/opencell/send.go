package opencell

import (
	"context"
	"errors"
	"net/http"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// newRequest returns a request to the API. send completes it.
func newRequest(operation vendorhttp.Operation, method, path string) *vendorhttp.Request {
	return &vendorhttp.Request{
		Operation: operation,
		Method:    method,
		Path:      path,
		Header:    http.Header{"Accept": {"application/json"}},
		Secrets:   map[string]vendorhttp.Secret{"Authorization": {Before: "Bearer ", Setting: "token"}},
	}
}

// secretMembers are the members of Opencell's records with values that people must not see.
func secretMembers() []string {
	return []string{"tokenId", "iban", "accountNumber", "cardNumber", "issueNumber"}
}

// said is a response, with its body and its warnings.
type said struct {
	*opencellv1.GetCustomerAnswer
	body     []byte
	warnings []*enlistv1.Warning
	odd      []wire.Odd
}

// isOdd reports whether a member may have an undocumented type.
func (s *said) isOdd(path string) bool { return wire.MayBeOdd(s.odd, path) }

// send sends a request with a token and returns the response if it is a success. It removes the
// request's secrets from the vendor's words in an error.
//
// After a 401, send renews the token and repeats the request once, also a create request. The
// vendor does nothing before it accepts the token, but a proxy may have forwarded the request
// before it responded with 401. Even then the repeat creates no second customer: Opencell refuses a
// strict creation because the code exists, and a look-up shows whose customer it is. An update
// writes the same values again.
func (p *Provider) send(ctx context.Context, request *vendorhttp.Request, secrets ...string) (*said, error) {
	for renewed := false; ; renewed = true {
		token, err := p.http.Credential(ctx, p.tokens)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		hidden := append([]string{token, p.settings.GetPassword(), p.settings.GetClientSecret()}, secrets...)
		request.RedactResponse = func(body []byte) string {
			return wire.Redact(p.secrets.Redact(string(body)), hidden...)
		}
		understood, err := vendorhttp.Call(ctx, p.http, request, func(response *vendorhttp.Response) (*said, error) {
			if response.Status == http.StatusUnauthorized && !renewed && !isDone(parse(response.Body).GetActionStatus()) {
				return nil, vendorhttp.ErrRenew
			}
			return p.understand(request, response, hidden...)
		})
		if !errors.Is(err, vendorhttp.ErrRenew) {
			return understood, err
		}
		p.tokens.Discard(token)
	}
}

// understand classifies a response as a success, a refusal or anything else. See the package
// comment.
func (p *Provider) understand(request *vendorhttp.Request, response *vendorhttp.Response, secrets ...string) (*said, error) {
	understood := parse(response.Body)
	status := understood.GetActionStatus()
	vendor := vendorhttp.VendorError(response, wire.Redact(status.GetErrorCode(), secrets...), wire.Redact(status.GetMessage(), secrets...))
	switch {
	case isExport(request, response):
		return understood, nil
	case request.Operation == vendorhttp.ExportCustomer && isDone(status): // the file is missing
		return nil, p.http.NotUnderstood(request, response, vendor)
	case response.Status < 300 && isDone(status):
		if status.GetStatus() == "WARNING" {
			understood.warnings = append([]*enlistv1.Warning{vendorWarning(vendor)}, understood.warnings...)
		}
		return understood, nil
	case isDone(status): // the statuses contradict each other
		return nil, p.http.MayBeDone(request, response, vendor)
	case isRefusal(status) && response.Status != http.StatusTooManyRequests:
		return nil, p.refusal(request, response, status.GetErrorCode(), vendor)
	default:
		return nil, p.http.NotUnderstood(request, response, vendor)
	}
}

func isDone(status *opencellv1.ActionStatus) bool {
	return status.GetStatus() == "SUCCESS" || status.GetStatus() == "WARNING"
}

// parse reads a response: its status, at the top or in actionStatus, and the customer, if any. It
// returns nothing for a body that is not a JSON object.
func parse(body []byte) *said {
	understood := &said{GetCustomerAnswer: &opencellv1.GetCustomerAnswer{}, body: body}
	odd, err := wire.Read(body, understood.GetCustomerAnswer)
	understood.odd = odd
	if err == nil && !understood.isOdd("actionStatus") && understood.GetActionStatus() == nil {
		alone := &opencellv1.ActionStatus{}
		if more, err := wire.Read(body, alone); err == nil {
			understood.ActionStatus, understood.odd = alone, append(odd, more...)
		}
	}
	understood.warnings = append(unreadable(understood.odd), unreadableDates(understood.GetCustomer())...)
	return understood
}
