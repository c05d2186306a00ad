package avvio

import (
	"context"
	"strconv"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// creation is the create of an account.
type creation struct {
	*Provider
	request *enlistv1.CreateCustomerRequest
	account *avviov1.CreateAccountRequest
	fates   []*enlistv1.FieldFate
}

// Prepare maps a create to the body of createAccount.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	if err := p.description.CheckOnExisting(request.GetOnExisting()); err != nil {
		return nil, err
	}
	account, err := p.body(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.description.Fields.Account(p.description.Name, request, account)
	if err != nil {
		return nil, err
	}
	return &creation{Provider: p, request: request, account: account, fates: fates}, nil
}

// Key returns what FindCustomer tells an account by: the email and the names, at the property.
func (c *creation) Key() string { return key(c.account.GetSiteId(), c.account.GetAccountInformation()) }

// LooksFirst is false: there is no id to look for, and Avvio lets one person have several accounts.
func (c *creation) LooksFirst() bool { return false }

// Preview shows what would be sent.
func (c *creation) Preview(context.Context) (*enlistv1.CreateCustomerResponse, error) {
	return &enlistv1.CreateCustomerResponse{
		Customer: written(c.request, c.fates, ""), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(),
		Fields: c.fates, VendorRequest: c.http.Preview(c.call()),
	}, nil
}

// CreateCustomer creates the account.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	call := c.call()
	var body []byte
	id, err := vendorhttp.Call(ctx, c.http, call, func(response *vendorhttp.Response) (int64, error) {
		body = response.Body
		return c.created(call, response, c.secrets())
	})
	if err != nil {
		return nil, err
	}
	answer := c.answer(id)
	if c.request.GetIncludeVendorRecord() {
		answer.VendorRecord = redactedRecord(body, c.secrets())
	}
	return answer, nil
}

// answer makes the answer to a create that made the account with an id.
func (c *creation) answer(id int64) *enlistv1.CreateCustomerResponse {
	text := ""
	if id > 0 {
		text = strconv.FormatInt(id, 10)
	}
	return &enlistv1.CreateCustomerResponse{
		Customer: written(c.request, c.fates, text), Outcome: enlistv1.Outcome_OUTCOME_CREATED,
		RequestId: c.request.GetRequestId(), Fields: providers.NotAsItCame(c.fates),
	}
}

// call makes the request that creates.
func (c *creation) call() *vendorhttp.Request {
	call := c.Provider.call(vendorhttp.Create, c.account, c.secrets())
	call.Creates = true
	return call
}

// secrets returns what answers may repeat of what was sent.
func (c *creation) secrets() []string {
	return []string{c.settings.GetPassword(), c.account.GetAccountInformation().GetPassword()}
}
