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

// creation is the create of a customer.
type creation struct {
	*Provider
	request *enlistv1.CreateCustomerRequest
	form    *valomniav1.CustomerForm
	fates   []*enlistv1.FieldFate
	image   *wire.File
}

// Prepare maps a create to Valomnia's form.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	if err := p.description.CheckOnExisting(request.GetOnExisting()); err != nil {
		return nil, err
	}
	form, err := p.form(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.description.Fields.Account(p.description.Name, request, form)
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

// LooksFirst is true where what is there is adopted.
func (c *creation) LooksFirst() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT
}

// Preview shows what would be sent.
func (c *creation) Preview(context.Context) (*enlistv1.CreateCustomerResponse, error) {
	call := c.call()
	call.Header.Set("Cookie", "")
	return &enlistv1.CreateCustomerResponse{
		Customer: planned(c.request, c.form, c.fates), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(),
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
	record, body, err := c.sendCreation(ctx, c.call(), c.form.GetReference())
	if err != nil {
		return nil, err
	}
	return c.answer(record, body), nil
}

// answer makes the answer to a create that made the customer of a record.
func (c *creation) answer(record *valomniav1.CustomerRecord, body []byte) *enlistv1.CreateCustomerResponse {
	response := &enlistv1.CreateCustomerResponse{
		Customer: customer(record), Outcome: enlistv1.Outcome_OUTCOME_CREATED, RequestId: c.request.GetRequestId(),
		Fields: providers.NotAsItCame(c.fates),
	}
	if c.request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(body)
	}
	return response
}

// call makes the request that creates.
func (c *creation) call() *vendorhttp.Request {
	call := c.requestOf(vendorhttp.Create, http.MethodPost, "")
	call.Creates = true
	if c.image == nil {
		call.ContentType, call.Body = formType, []byte(wire.Form(c.form, false).Encode())
		return call
	}
	contentType, body, shown := wire.Multipart(wire.Form(c.form, false), *c.image)
	call.ContentType, call.Body, call.RedactedBody = contentType, body, func() []byte { return shown }
	return call
}

// adopt reads the customer that is there, by its reference only.
func (c *creation) adopt(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	record, body, err := c.readByReference(ctx, c.form.GetReference())
	if err != nil {
		return nil, err
	}
	return providers.Adopted(c.request, answer(record, body, c.request.GetIncludeVendorRecord())), nil
}
