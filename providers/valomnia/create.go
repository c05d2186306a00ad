package valomnia

import (
	"context"
	"net/http"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// creation creates a customer.
type creation struct {
	*Provider
	request *enlistv1.CreateCustomerRequest
	form    *valomniav1.CustomerForm
	fates   []*enlistv1.FieldFate
	image   *wire.File
}

// Prepare maps a request to Valomnia's form.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	if err := p.description.CheckOnExisting(request.GetOnExisting()); err != nil {
		return nil, err
	}
	form, err := p.form(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.description.Fields.Reconcile(p.description.Name, request, form)
	if err != nil {
		return nil, err
	}
	c := &creation{Provider: p, request: request, form: form, fates: fates}
	if file := form.GetImageFile(); file != nil {
		image, err := p.image(file)
		if err != nil {
			return nil, err
		}
		c.image = &image
	}
	return c, nil
}

// Key returns the reference.
func (c *creation) Key() string { return c.form.GetReference() }

// LooksFirst reports whether the request adopts a customer that exists.
func (c *creation) LooksFirst() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT
}

// Preview returns the request that CreateCustomer would send.
func (c *creation) Preview(context.Context) (*enlistv1.CreateCustomerResponse, error) {
	request := c.createRequest()
	request.Header.Set("Cookie", "")
	return &enlistv1.CreateCustomerResponse{
		Customer: planned(c.request, c.form, c.fates), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(),
		Fields: c.fates, VendorRequest: c.http.Preview(request),
	}, nil
}

// CreateCustomer creates the customer, or adopts the one that exists.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	create := func() (*enlistv1.CreateCustomerResponse, error) { return c.create(ctx) }
	if c.LooksFirst() {
		return providers.CreateOrAdopt(func() (*enlistv1.CreateCustomerResponse, error) { return c.adopt(ctx) }, create)
	}
	return create()
}

// create sends the create request.
func (c *creation) create(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	created, err := c.sendCreation(ctx, c.createRequest(), c.Key())
	if err != nil {
		return nil, c.withViolations(err)
	}
	return c.createResponse(created), nil
}

// createResponse returns the response to a creation of a record's customer. The customer's id is
// the reference in the vendor's form.
func (c *creation) createResponse(created *said) *enlistv1.CreateCustomerResponse {
	response := &enlistv1.CreateCustomerResponse{
		Customer: customer(created.CustomerRecord), Outcome: enlistv1.Outcome_OUTCOME_CREATED, RequestId: c.request.GetRequestId(),
		Fields: providers.ReportedFates(c.fates), Warnings: warningsOf(c.Key(), created),
	}
	if c.request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(created.body)
	}
	return response
}

// createRequest returns the create request.
func (c *creation) createRequest() *vendorhttp.Request {
	request := c.newRequest(vendorhttp.Create, http.MethodPost, "")
	request.Creates = true
	if c.image == nil {
		request.ContentType, request.Body = formType, []byte(wire.Form(c.form, false).Encode())
		return request
	}
	contentType, body, shown := wire.Multipart(wire.Form(c.form, false), *c.image)
	request.ContentType, request.Body, request.RedactedBody = contentType, body, func(wire.Placeholders) []byte { return shown }
	return request
}

// adopt reads the customer that exists, by its reference only. A customer under nearly the same
// reference is not adopted.
func (c *creation) adopt(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	there, err := c.readByReference(ctx, c.Key())
	switch {
	case err != nil:
		return nil, err
	case there.GetReference() != c.Key():
		return nil, c.description.CustomerNearlyExists()
	}
	return c.adopted(there), nil
}

// adopted returns the response to a creation that left the existing customer unchanged.
func (c *creation) adopted(there *said) *enlistv1.CreateCustomerResponse {
	read := getResponse(c.Key(), there, c.request.GetIncludeVendorRecord())
	return providers.Adopted(c.request, read)
}
