package opencell

import (
	"context"
	"net/http"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// creation creates a customer with its accounts.
type creation struct {
	*Provider
	request   *enlistv1.CreateCustomerRequest
	hierarchy *opencellv1.CrmAccountHierarchy // of the request alone; keep adds the kept values to a copy
	fates     []*enlistv1.FieldFate
}

// Prepare maps a create request to Opencell's account hierarchy.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	hierarchy, err := p.hierarchy(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.reconcileFields(request, hierarchy)
	if err != nil {
		return nil, err
	}
	return &creation{Provider: p, request: request, hierarchy: hierarchy, fates: fates}, nil
}

// Key returns the code.
func (c *creation) Key() string { return c.hierarchy.GetCode() }

// LooksFirst reports whether the request adopts or updates an existing customer. Opencell has no
// look-up for an account type without a customer, so such an update is sent without one.
func (c *creation) LooksFirst() bool { return c.adopts() || c.updates() && c.makesCustomer() }

// Preview returns the request that CreateCustomer would send. It looks up the customer for an
// update, because the request depends on it.
func (c *creation) Preview(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	sent, err := c.keep(ctx)
	if err != nil {
		return nil, err
	}
	request := c.createRequest(sent)
	request.Header.Set("Authorization", "")
	return &enlistv1.CreateCustomerResponse{
		Customer: c.created(c.Key()), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(),
		Fields: c.fates, VendorRequest: c.http.Preview(request),
	}, nil
}

// CreateCustomer creates the customer, or adopts the existing one.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	create := func() (*enlistv1.CreateCustomerResponse, error) { return c.create(ctx) }
	if c.adopts() {
		return providers.CreateOrAdopt(func() (*enlistv1.CreateCustomerResponse, error) { return c.adopt(ctx) }, create)
	}
	return create()
}

// create sends the create request. The response contains at most Opencell's form of the code. If
// that differs from the code that was sent, it is the customer's id.
func (c *creation) create(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	sent, err := c.keep(ctx)
	if err != nil {
		return nil, err
	}
	said, err := c.send(ctx, c.createRequest(sent), secrets(c.hierarchy)...)
	if err != nil {
		return nil, c.withViolations(err)
	}
	code := c.Key()
	if held := said.GetActionStatus().GetEntityCode(); match.Keys(code, held) == match.Near {
		code = held
	}
	response := c.createResponse(code, said.body, said.warnings)
	if sent.shown {
		response.Outcome = enlistv1.Outcome_OUTCOME_UPDATED
	}
	return response, nil
}

// createResponse returns the response to a creation of the customer with a code.
func (c *creation) createResponse(code string, body []byte, warnings []*enlistv1.Warning) *enlistv1.CreateCustomerResponse {
	response := &enlistv1.CreateCustomerResponse{
		Customer:  c.created(code),
		Outcome:   enlistv1.Outcome_OUTCOME_CREATED,
		RequestId: c.request.GetRequestId(),
		Fields:    providers.ReportedFates(c.fates),
		Warnings:  append(warnings, providers.IDChanged(c.Key(), code)...),
	}
	if c.updates() {
		response.Outcome = enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	}
	if c.request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(body, secretMembers()...)
	}
	return response
}

// createRequest returns the create request.
func (c *creation) createRequest(sent kept) *vendorhttp.Request {
	path := createPath
	if c.updates() {
		path = upsertPath
	}
	request := newRequest(vendorhttp.Create, http.MethodPost, path)
	request.ContentType = "application/json"
	request.Body, request.RedactedBody = wire.Body(sent.hierarchy)
	request.Creates, request.Shown = true, sent.shown
	return request
}

// adopt reads the existing customer. If it has our own reference, an earlier attempt of this
// creation made it. adopt does not adopt a customer with a nearly equal code.
func (c *creation) adopt(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	there, err := c.read(ctx, c.Key(), c.ownReference())
	switch {
	case err != nil:
		return nil, err
	case c.bearsOwnReference(there.GetCustomer()):
		return c.createResponse(there.GetCustomer().GetCode(), there.body, nil), nil
	case there.GetCustomer().GetCode() != c.Key():
		return nil, c.description.CustomerNearlyExists()
	}
	return c.adopted(there), nil
}

// adopted returns the response to a creation that left the existing customer unchanged.
func (c *creation) adopted(there *said) *enlistv1.CreateCustomerResponse {
	read := getResponse(c.Key(), there, c.request.GetIncludeVendorRecord())
	return providers.Adopted(c.request, read)
}
