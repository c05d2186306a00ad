package opencell

import (
	"context"
	"net/http"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// creation is the create of a customer with its accounts.
type creation struct {
	*Provider
	request   *enlistv1.CreateCustomerRequest
	hierarchy *opencellv1.CrmAccountHierarchy
	fates     []*enlistv1.FieldFate
}

// Prepare maps a create to Opencell's account hierarchy.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	hierarchy, err := p.hierarchy(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.account(request, hierarchy)
	if err != nil {
		return nil, err
	}
	return &creation{Provider: p, request: request, hierarchy: hierarchy, fates: fates}, nil
}

// Key returns the code.
func (c *creation) Key() string { return c.hierarchy.GetCode() }

// LooksFirst is true where what is there is adopted.
func (c *creation) LooksFirst() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT
}

// Preview shows what would be sent.
func (c *creation) Preview(context.Context) (*enlistv1.CreateCustomerResponse, error) {
	call := c.call()
	call.Header.Set("Authorization", "")
	return &enlistv1.CreateCustomerResponse{
		Customer: created(c.request, c.hierarchy, c.fates), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(),
		Fields: c.fates, VendorRequest: c.http.Preview(call),
	}, nil
}

// CreateCustomer creates the customer, or adopts the one that is there.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	create := func() (*enlistv1.CreateCustomerResponse, error) { return c.create(ctx) }
	if c.LooksFirst() {
		return providers.CreateOrAdopt(func() (*enlistv1.CreateCustomerResponse, error) { return c.adopt(ctx) }, create)
	}
	return create()
}

// create sends the request that creates, and makes the answer.
func (c *creation) create(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	answer, err := c.send(ctx, c.call(), secrets(c.hierarchy)...)
	if err != nil {
		return nil, err
	}
	return c.answer(answer.body), nil
}

// answer makes the answer to a create that was carried out. Opencell's own does not tell more than that.
func (c *creation) answer(body []byte) *enlistv1.CreateCustomerResponse {
	response := &enlistv1.CreateCustomerResponse{
		Customer:  created(c.request, c.hierarchy, c.fates),
		Outcome:   enlistv1.Outcome_OUTCOME_CREATED,
		RequestId: c.request.GetRequestId(),
		Fields:    providers.NotAsItCame(c.fates),
	}
	if c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE {
		response.Outcome = enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	}
	if c.request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(body, secretMembers()...)
	}
	return response
}

// call makes the request that creates.
func (c *creation) call() *vendorhttp.Request {
	path := createPath
	if c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE {
		path = upsertPath
	}
	call := requestOf(vendorhttp.Create, http.MethodPost, path)
	call.ContentType = "application/json"
	call.Body, call.RedactedBody = wire.Body(c.hierarchy)
	call.Creates = true
	return call
}

// adopt reads the customer that is there.
func (c *creation) adopt(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	record, body, err := c.read(ctx, c.hierarchy.GetCode())
	if err != nil {
		return nil, err
	}
	return providers.Adopted(c.request, answer(record, body, c.request.GetIncludeVendorRecord())), nil
}
