package avvio

import (
	"context"
	"strconv"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// creation creates an account.
type creation struct {
	*Provider
	request *enlistv1.CreateCustomerRequest
	account *avviov1.CreateAccountRequest
	fates   []*enlistv1.FieldFate
}

// Prepare maps a create request to the body of createAccount.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	if err := p.description.CheckOnExisting(request.GetOnExisting()); err != nil {
		return nil, err
	}
	account, err := p.body(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.description.Fields.Reconcile(p.description.Name, request, account)
	if err != nil {
		return nil, err
	}
	return &creation{Provider: p, request: request, account: account, fates: fates}, nil
}

// Key returns what FindCustomer identifies an account by: the property, the email and the names.
func (c *creation) Key() string { return key(c.account.GetSiteId(), c.account.GetAccountInformation()) }

// LooksFirst returns false: a request has no id to look up, and one person may have several
// accounts.
func (c *creation) LooksFirst() bool { return false }

// Preview returns the request that CreateCustomer would send.
func (c *creation) Preview(context.Context) (*enlistv1.CreateCustomerResponse, error) {
	return &enlistv1.CreateCustomerResponse{
		Customer: written(c.request, c.fates, ""), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(),
		Fields: c.fates, VendorRequest: c.http.Preview(c.createRequest()),
	}, nil
}

// CreateCustomer creates the account.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	call := c.createRequest()
	var body []byte
	id, err := vendorhttp.Call(ctx, c.http, call, func(response *vendorhttp.Response) (int64, error) {
		body = response.Body
		return c.created(call, response, c.secrets())
	})
	if err != nil {
		return nil, err
	}
	answer := c.createResponse(id)
	if c.request.GetIncludeVendorRecord() {
		answer.VendorRecord = redactedRecord(body, c.secrets())
	}
	return answer, nil
}

// createResponse returns the response to a creation of the account with this id.
func (c *creation) createResponse(id int64) *enlistv1.CreateCustomerResponse {
	text := ""
	if id > 0 {
		text = strconv.FormatInt(id, 10)
	}
	return &enlistv1.CreateCustomerResponse{
		Customer: written(c.request, c.fates, text), Outcome: enlistv1.Outcome_OUTCOME_CREATED,
		RequestId: c.request.GetRequestId(), Fields: providers.ReportedFates(c.fates),
	}
}

// createRequest returns the create request.
func (c *creation) createRequest() *vendorhttp.Request {
	call := c.newRequest(vendorhttp.Create, c.account, c.secrets())
	call.Creates = true
	return call
}

// secrets returns the secrets in the request, which a response may repeat.
func (c *creation) secrets() []string {
	return []string{c.settings.GetPassword(), c.account.GetAccountInformation().GetPassword()}
}
