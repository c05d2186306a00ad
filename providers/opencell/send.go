package opencell

import (
	"context"
	"errors"
	"net/http"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// newRequest returns a request of the API, which send completes.
func newRequest(operation vendorhttp.Operation, method, path string) *vendorhttp.Request {
	return &vendorhttp.Request{
		Operation: operation,
		Method:    method,
		Path:      path,
		Header:    http.Header{"Accept": {"application/json"}},
		Secrets:   map[string]string{"Authorization": "Bearer $OPENCELL_TOKEN"},
	}
}

// secretMembers are the members of Opencell's records whose values people must not see.
func secretMembers() []string {
	return []string{"tokenId", "iban", "accountNumber", "cardNumber", "issueNumber"}
}

// said is what a response says, its body, and what to warn of.
type said struct {
	*opencellv1.GetCustomerAnswer
	body     []byte
	warnings []*enlistv1.Warning
	// isReferenceOdd says that the customer's externalRef1 has another type than documented.
	isReferenceOdd bool
}

// send sends a request with a token and returns what the response says, if that is a success. The
// vendor's words of an error are kept without the secrets that the request has.
//
// After a 401 the token is renewed and the request repeated, once, also a request that creates.
// The vendor does nothing before it accepts the token, but a proxy may have passed the request on
// and then responded with 401. The repeat makes no second customer even so: a strict create is
// then refused since the code exists, and a look-up shows whose customer that is. An update writes
// the same values again.
func (p *Provider) send(ctx context.Context, request *vendorhttp.Request, secrets ...string) (*said, error) {
	for renewed := false; ; renewed = true {
		token, err := p.http.Credential(ctx, p.tokens)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		hidden := append([]string{token, p.settings.GetPassword(), p.settings.GetClientSecret()}, secrets...)
		request.RedactAnswer = func(body []byte) string {
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

// understand tells a success, a refusal and anything else apart. See the package comment.
func (p *Provider) understand(request *vendorhttp.Request, response *vendorhttp.Response, secrets ...string) (*said, error) {
	understood := parse(response.Body)
	status := understood.GetActionStatus()
	vendor := vendorhttp.VendorError(response, wire.Redact(status.GetErrorCode(), secrets...), wire.Redact(status.GetMessage(), secrets...))
	switch {
	case response.Status < 300 && isDone(status):
		if status.GetStatus() == "WARNING" {
			understood.warnings = append([]*enlistv1.Warning{vendorWarning(vendor)}, understood.warnings...)
		}
		return understood, nil
	case isDone(status): // it contradicts itself
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

// parse reads a response: its status, which stands alone or as its actionStatus, and the customer,
// if there is one. It understands nothing of a body that is no JSON object.
func parse(body []byte) *said {
	understood := &said{GetCustomerAnswer: &opencellv1.GetCustomerAnswer{}, body: body}
	odd, err := wire.Read(body, understood.GetCustomerAnswer)
	isOdd := func(path string) bool {
		return slices.ContainsFunc(odd, func(member wire.Odd) bool { return member.Path == path })
	}
	// Where there may be more odd members than are listed, any may be.
	understood.isReferenceOdd = isOdd("customer.externalRef1") || len(odd) == wire.MaxOdd
	if err == nil && !isOdd("actionStatus") && understood.GetActionStatus() == nil {
		alone := &opencellv1.ActionStatus{}
		var more []wire.Odd
		if more, err = wire.Read(body, alone); err == nil {
			understood.ActionStatus, odd = alone, append(odd, more...)
		}
	}
	understood.warnings = unreadable(odd)
	return understood
}
