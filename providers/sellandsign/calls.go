package sellandsign

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	modelPath = "/calinda/hub/selling/model"
	// tokenName is the name of the token, as a header and in the query.
	tokenName = "j_token"
)

// call makes the request for an action. The parameters become its query.
func (p *Provider) call(operation vendorhttp.Operation, method, path, action string, parameters url.Values) *vendorhttp.Request {
	parameters.Set("action", action)
	call := &vendorhttp.Request{
		Operation:    operation,
		Method:       method,
		Path:         modelPath + path,
		Query:        parameters,
		Header:       http.Header{"Accept": {"application/json"}},
		Secrets:      map[string]string{tokenName: "$J_TOKEN"},
		RedactAnswer: func(body []byte) string { return p.withoutToken(string(body)) },
	}
	if p.settings.GetTokenInQuery() {
		parameters.Set(tokenName, p.settings.GetToken())
	} else {
		call.Header[tokenName] = []string{p.settings.GetToken()} // spelled as documented, not as J_token
	}
	return call
}

// creation makes the request that creates.
func (p *Provider) creation(parameters *sellandsignv1.SelectOrCreateCustomer) *vendorhttp.Request {
	call := p.call(vendorhttp.Create, http.MethodPost, "/customer/update", "selectOrCreateCustomer", wire.Form(parameters, true))
	call.Creates = true
	return call
}

// send creates the customer and returns the vendor's record of it.
func (p *Provider) send(ctx context.Context, parameters *sellandsignv1.SelectOrCreateCustomer) (*sellandsignv1.Customer, []byte, error) {
	call := p.creation(parameters)
	var body []byte
	record, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*sellandsignv1.Customer, error) {
		body = response.Body
		record := recordIn(body, parameters.GetNumber())
		switch made := record.GetActorId() != 0; { // without that, it may as well be what was sent, repeated
		case made && isSuccess(response):
			return record, nil
		case made:
			return nil, p.http.MayBeDone(call, response, p.said(response))
		default:
			return nil, p.refused(call, response)
		}
	})
	return record, body, err
}

// read reads the customer with a number.
func (p *Provider) read(ctx context.Context, number string) (*sellandsignv1.Customer, []byte, error) {
	call := p.call(vendorhttp.Get, http.MethodGet, "/customer/read", "getCustomer", url.Values{"number": {number}})
	var body []byte
	record, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*sellandsignv1.Customer, error) {
		body = response.Body
		if record := recordIn(body, number); record != nil && isSuccess(response) {
			return record, nil
		}
		if isSuccess(response) && isNothing(body) || isNotFound(response.Status) {
			return nil, p.description.CustomerNotFound(p.said(response))
		}
		return nil, p.refused(call, response)
	})
	return record, body, err
}

// recordIn returns the customer that a body holds, and nil when that is not the one with the number that was sent.
func recordIn(body []byte, number string) *sellandsignv1.Customer {
	record := &sellandsignv1.Customer{}
	if wire.Unmarshal(body, record) != nil || record.GetNumber() != number {
		return nil
	}
	return record
}

func isSuccess(response *vendorhttp.Response) bool { return response.Status/100 == 2 }

// isNothing reports whether a body says that there is nothing.
func isNothing(body []byte) bool {
	text := bytes.TrimSpace(body)
	return len(text) == 0 || string(text) == "null"
}

// isNotFound reports whether a status may say of a read that what was asked for is not there. Which one Sell&Sign uses, if any, is
// not documented.
func isNotFound(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// refused makes the error for an answer that is not what was asked for. A few statuses say that the vendor would not do it.
func (p *Provider) refused(call *vendorhttp.Request, response *vendorhttp.Response) error {
	vendor := p.said(response)
	switch response.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestURITooLong, http.StatusUnprocessableEntity,
		http.StatusRequestHeaderFieldsTooLarge:
		return &providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_REJECTED,
			Message: fmt.Sprintf("Provider %s refused the request with HTTP status %d; see VendorError. Nothing was done.",
				p.description.Name, response.Status),
			Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor,
		}
	}
	return p.http.NotUnderstood(call, response, vendor)
}
