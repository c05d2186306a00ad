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

// creation is the creation of a customer with its accounts.
type creation struct {
	*Provider
	request   *enlistv1.CreateCustomerRequest
	hierarchy *opencellv1.CrmAccountHierarchy // of the request alone; keep adds what an update keeps to a copy
	fates     []*enlistv1.FieldFate
}

// Prepare maps a request to Opencell's account hierarchy.
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

// LooksFirst reports whether the request adopts or updates a customer that exists. An account type
// that makes no customer cannot be looked up, so its update goes out without a look-up.
func (c *creation) LooksFirst() bool { return c.adopts() || c.updates() && c.makesCustomer() }

// Preview shows what would be sent. What an update sends depends on the customer that exists, so
// Preview looks that up.
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

// CreateCustomer creates the customer, or adopts the one that exists.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	create := func() (*enlistv1.CreateCustomerResponse, error) { return c.create(ctx) }
	if c.adopts() {
		return providers.CreateOrAdopt(func() (*enlistv1.CreateCustomerResponse, error) { return c.adopt(ctx) }, create)
	}
	return create()
}

// create sends the request that creates. The response names the code that Opencell holds at most:
// if it is another form of the one that was sent, that is the customer's id.
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

// createResponse returns the response to a creation that made the customer of a code.
func (c *creation) createResponse(code string, body []byte, warnings []*enlistv1.Warning) *enlistv1.CreateCustomerResponse {
	response := &enlistv1.CreateCustomerResponse{
		Customer:  c.created(code),
		Outcome:   enlistv1.Outcome_OUTCOME_CREATED,
		RequestId: c.request.GetRequestId(),
		Fields:    providers.NotAsItCame(c.fates),
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

// createRequest returns the request that creates.
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

// adopt reads the customer that exists. If it bears our own reference, an earlier attempt of this
// creation made it. A customer under nearly the same code is not adopted.
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

// adopted returns the response to a creation that left the customer that exists as it is.
func (c *creation) adopted(there *said) *enlistv1.CreateCustomerResponse {
	read := getResponse(c.Key(), there, c.request.GetIncludeVendorRecord())
	return providers.Adopted(c.request, read)
}
