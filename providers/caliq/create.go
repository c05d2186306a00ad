package caliq

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// creation creates an account with its address and contact.
type creation struct {
	*Provider
	request *enlistv1.CreateCustomerRequest
	params  *caliqv1.CustomerCreateParams
	fates   []*enlistv1.FieldFate
}

// Prepare maps a create request to the body of CustomerCreate.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	if err := p.description.CheckOnExisting(request.GetOnExisting()); err != nil {
		return nil, err
	}
	params, err := p.params(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.reconcileFields(request, params)
	if err != nil {
		return nil, err
	}
	return &creation{Provider: p, request: request, params: params, fates: fates}, nil
}

// Key returns the account number. It is empty if Caliq assigns the numbers.
func (c *creation) Key() string { return c.params.GetAccountNo() }

// LooksFirst returns true if the request has a number: Caliq may create a second account with it.
func (c *creation) LooksFirst() bool { return c.Key() != "" }

// Preview returns the request that CreateCustomer would send.
func (c *creation) Preview(context.Context) (*enlistv1.CreateCustomerResponse, error) {
	return &enlistv1.CreateCustomerResponse{
		Customer: written(c.request, c.fates, &caliqv1.CustomerCreateData{AccountNo: c.Key()}),
		Outcome:  enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(), Fields: c.fates, VendorRequest: c.http.Preview(c.createRequest()),
	}, nil
}

// CreateCustomer creates the account, after a look-up of its number.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	if there, err := c.existing(ctx); there != nil || err != nil {
		return there, err
	}
	call := c.createRequest()
	made, err := vendorhttp.Call(ctx, c.http, call, func(response *vendorhttp.Response) (*result, error) {
		return c.created(ctx, call, response, c.Key())
	})
	if err != nil {
		return nil, err
	}
	answer := c.createResponse(made.data)
	answer.Warnings = made.warnings
	if c.request.GetIncludeVendorRecord() {
		answer.VendorRecord = c.record(made.body)
	}
	return answer, nil
}

// createResponse returns the response to a creation, with the values that Caliq assigned.
func (c *creation) createResponse(data *caliqv1.CustomerCreateData) *enlistv1.CreateCustomerResponse {
	return &enlistv1.CreateCustomerResponse{
		Customer: written(c.request, c.fates, data), Outcome: enlistv1.Outcome_OUTCOME_CREATED, RequestId: c.request.GetRequestId(),
		Fields: providers.ReportedFates(c.fates),
	}
}

// createRequest returns the create request.
func (c *creation) createRequest() *vendorhttp.Request {
	call := c.newRequest(vendorhttp.Create, createPath, c.params)
	call.Creates = true
	return call
}

// existing looks up the account. It returns the adopted customer, an error, or neither if the
// creation can go ahead.
func (c *creation) existing(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	if !c.LooksFirst() {
		return nil, nil //nolint:nilnil // said above
	}
	found, err := c.find(ctx, c.Key())
	switch {
	case err != nil:
		return nil, providers.NotSent(err)
	case len(found.exact) > 0 && c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT:
		return providers.Adopted(c.request, c.read(found.exact, c.request.GetIncludeVendorRecord())), nil
	case len(found.exact) > 0:
		return nil, c.description.CustomerExists(nil)
	case len(found.near) > 0:
		return nil, c.description.CustomerNearlyExists()
	}
	return nil, nil //nolint:nilnil // said above
}
