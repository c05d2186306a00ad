package sellandsign

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	modelPath = "/calinda/hub/selling/model"
	// tokenName is the name of the token, as a header and in the query.
	tokenName = "j_token"
)

// newRequest returns the request for an action. The parameters become its query.
func (p *Provider) newRequest(operation vendorhttp.Operation, method, path, action string, parameters url.Values) *vendorhttp.Request {
	parameters.Set("action", action)
	call := &vendorhttp.Request{
		Operation:      operation,
		Method:         method,
		Path:           modelPath + path,
		Query:          parameters,
		Header:         http.Header{"Accept": {"application/json"}},
		Secrets:        map[string]vendorhttp.Secret{tokenName: {Setting: "token"}},
		RedactResponse: func(body []byte) string { return p.withoutToken(string(body)) },
	}
	if p.settings.GetTokenInQuery() {
		parameters.Set(tokenName, p.settings.GetToken())
	} else {
		call.Header[tokenName] = []string{p.settings.GetToken()} // the documented spelling, not J_token
	}
	return call
}

// createRequest returns the create request.
func (p *Provider) createRequest(parameters *sellandsignv1.SelectOrCreateCustomer) *vendorhttp.Request {
	call := p.newRequest(vendorhttp.Create, http.MethodPost, "/customer/update", "selectOrCreateCustomer", wire.Form(parameters, true))
	call.Creates = true
	return call
}

// storedCustomer is a customer as Sell&Sign returned it.
type storedCustomer struct {
	*sellandsignv1.Customer
	odd  []wire.Odd
	body []byte
	near bool // its number is only nearly equal to the requested one
}

// isFor reports whether the record's number is equal or nearly equal to the requested one.
func (h *storedCustomer) isFor(number string) bool {
	return match.Keys(number, h.GetNumber()) != match.Different
}

// warnings reports the unreadable members and another form of the number.
func (h *storedCustomer) warnings(number string) []*enlistv1.Warning {
	_, isReadable := birthDate(h.GetBirthdate())
	return slices.Concat(providers.IDChanged(number, h.GetNumber()), providers.Unreadable(h.odd),
		providers.UnknownForm(isReadable, "customer.birth_date", "birthdate"),
		providers.UnknownForm(h.GetCreationDate() <= 0 || instant(h.GetCreationDate()) != nil, "customer.create_time", "creationDate"))
}

// send creates the customer and returns the vendor's record of it. A number and an actorId prove a
// success.
func (p *Provider) send(ctx context.Context, call *vendorhttp.Request, number string) (*storedCustomer, error) {
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*storedCustomer, error) {
		record := parseCustomer(response.Body, number)
		switch made := record != nil && record.GetActorId() != 0; { // without an actorId, the body may be a copy of the request
		case made && isSuccess(response) && record.isFor(number):
			return record, nil
		case made:
			return nil, p.http.MayBeDone(call, response, p.said(response))
		default:
			return nil, p.refused(call, response)
		}
	})
}

// read reads the customer with a number, or with a nearly equal one if Sell&Sign returns that.
func (p *Provider) read(ctx context.Context, number string) (*storedCustomer, error) {
	return p.lookUp(ctx, number, func(record *storedCustomer) bool { return record.isFor(number) })
}

// lookUp requests a number. It returns Sell&Sign's customer if the function is accepts it.
func (p *Provider) lookUp(ctx context.Context, number string, is func(*storedCustomer) bool) (*storedCustomer, error) {
	call := p.newRequest(vendorhttp.Get, http.MethodGet, "/customer/read", "getCustomer", url.Values{"number": {number}})
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*storedCustomer, error) {
		if record := parseCustomer(response.Body, number); record != nil && is(record) && isSuccess(response) {
			return record, nil
		}
		if isSuccess(response) && isNothing(response.Body) || isNotFound(response.Status) && !providers.IsPage(response.Body) {
			return nil, p.description.CustomerNotFound(p.said(response))
		}
		return nil, p.refused(call, response)
	})
}

// matchingCustomer returns the customer in a body. It returns nil if the number is neither equal
// nor nearly equal to the requested one.
func matchingCustomer(body []byte, number string) *storedCustomer {
	record := parseCustomer(body, number)
	if record == nil || !record.isFor(number) {
		return nil
	}
	return record
}

// parseCustomer returns the customer in a body, with any number. It returns nil if there is no
// customer.
func parseCustomer(body []byte, number string) *storedCustomer {
	record := &storedCustomer{Customer: &sellandsignv1.Customer{}, body: body}
	var err error
	if record.odd, err = wire.Read(body, record.Customer); err != nil || record.GetNumber() == "" {
		return nil
	}
	record.near = record.GetNumber() != number
	return record
}

func isSuccess(response *vendorhttp.Response) bool { return response.Status/100 == 2 }

// isNothing reports whether a body contains nothing.
func isNothing(body []byte) bool {
	text := bytes.TrimSpace(body)
	return len(text) == 0 || string(text) == "null"
}

// isNotFound reports whether a status may mean that a read found no customer. Sell&Sign does not
// document which status it uses.
func isNotFound(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// refused returns the error of any other response. A few statuses mean that the vendor refused.
// Their bodies are not documented, so a look-up must confirm the refusal. If an earlier copy of the
// same request may be the cause, absence counts only after the vendor's lag.
func (p *Provider) refused(call *vendorhttp.Request, response *vendorhttp.Response) error {
	vendor := p.said(response)
	switch response.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestURITooLong, http.StatusUnprocessableEntity,
		http.StatusRequestHeaderFieldsTooLarge:
		confirm := providers.ConfirmByLookup
		if response.Status == http.StatusConflict || providers.IsAboutExisting(providers.Words(response.Body)) {
			confirm = providers.ConfirmAfterLag
		}
		return &providers.Error{
			Reason:  enlistv1.ErrorReason_VENDOR_REJECTED,
			Message: p.description.Refused(fmt.Sprintf("refused the request with HTTP status %d; see VendorError.", response.Status), call.Creates),
			Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor, Confirm: confirm,
		}
	}
	return p.http.NotUnderstood(call, response, vendor)
}
