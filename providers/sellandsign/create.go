package sellandsign

import (
	"context"
	"net/http"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// creation creates a customer, and then sets its free properties.
type creation struct {
	*Provider
	request    *enlistv1.CreateCustomerRequest
	parameters *sellandsignv1.SelectOrCreateCustomer // of the request alone; an update adds the kept values to a copy
	fates      []*enlistv1.FieldFate                 // likewise; a copy records which properties were set
}

// Prepare maps a create request to Sell&Sign's parameters.
func (p *Provider) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	parameters := p.parameters(request)
	fates, err := p.reconcileFields(request, parameters)
	if err != nil {
		return nil, err
	}
	return &creation{Provider: p, request: request, parameters: parameters, fates: fates}, nil
}

// Key returns the number.
func (c *creation) Key() string { return c.parameters.GetNumber() }

// LooksFirst returns true: Sell&Sign overwrites a customer, so Enlist reads it before every send.
func (c *creation) LooksFirst() bool { return true }

// Preview returns the request that CreateCustomer would send. It reads the customer for an update,
// because the parameters depend on it.
func (c *creation) Preview(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	update, err := c.keep(ctx)
	if err != nil {
		return nil, providers.NotSent(err)
	}
	return &enlistv1.CreateCustomerResponse{
		Customer: c.planned(update.fates), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: c.request.GetRequestId(),
		Fields: update.fates, VendorRequest: c.http.Preview(c.createRequest(update.parameters)),
	}, nil
}

// planned returns the customer that the request would write.
func (c *creation) planned(fates []*enlistv1.FieldFate) *enlistv1.Customer {
	customer := providers.WithoutDropped(c.request, fates)
	customer.Id, customer.Source = c.parameters.GetNumber(), enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	return customer
}

// CreateCustomer creates the customer, or updates the one with its number, and then sets its free
// properties.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	update, err := c.keep(ctx)
	if err != nil {
		return nil, providers.NotSent(err)
	}
	if adopted, err := c.lookFirst(ctx); adopted != nil || err != nil {
		return adopted, err
	}
	call := c.createRequest(update.parameters)
	call.Shown = update.there
	record, err := c.send(ctx, call, c.Key())
	if err != nil {
		return nil, err
	}
	outcome := outcomeOf(record.Customer)
	if update.there {
		outcome = enlistv1.Outcome_OUTCOME_UPDATED
	}
	response := c.complete(ctx, record, outcome, update.fates)
	if ctx.Err() != nil { // FindCustomer completes what the end of the context interrupts
		return nil, c.http.MayBeDone(c.createRequest(update.parameters), &vendorhttp.Response{Status: http.StatusOK}, nil)
	}
	return response, nil
}

// complete sets the free properties of the new customer, and returns the response to the creation.
func (c *creation) complete(
	ctx context.Context, record *storedCustomer, outcome enlistv1.Outcome, fates []*enlistv1.FieldFate,
) *enlistv1.CreateCustomerResponse {
	wanted := c.parameters.GetProperties()
	if len(wanted) == 0 {
		return c.createResponse(record, outcome, fates)
	}
	fates = cloned(fates)
	properties := c.setProperties(providers.WithoutCreation(ctx), wanted, fates)
	response := c.createResponse(record, outcome, fates)
	response.Customer.Properties = properties
	return response
}

// createResponse returns the response to a creation that wrote the customer of a record.
func (c *creation) createResponse(
	record *storedCustomer, outcome enlistv1.Outcome, fates []*enlistv1.FieldFate,
) *enlistv1.CreateCustomerResponse {
	response := &enlistv1.CreateCustomerResponse{
		Customer: customer(record.Customer), Outcome: outcome, RequestId: c.request.GetRequestId(), Fields: providers.ReportedFates(fates),
		Warnings: record.warnings(c.Key()),
	}
	if c.request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(record.body, tokenName)
	}
	return response
}

func cloned(fates []*enlistv1.FieldFate) []*enlistv1.FieldFate {
	clones := make([]*enlistv1.FieldFate, len(fates))
	for i, fate := range fates {
		clones[i], _ = proto.Clone(fate).(*enlistv1.FieldFate)
	}
	return clones
}

// lookFirst reads the customer if the request must not change an existing one. It returns nil and
// nil if the creation can go ahead.
func (c *creation) lookFirst(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	if c.updates() {
		return nil, nil //nolint:nilnil // nothing was looked for
	}
	there, err := c.read(ctx, c.Key())
	switch {
	case providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
		return nil, nil //nolint:nilnil // nothing is there
	case err != nil:
		return nil, providers.NotSent(err)
	case there.near:
		return nil, c.description.CustomerNearlyExists()
	case c.request.GetOnExisting() != enlistv1.OnExisting_ON_EXISTING_ADOPT:
		return nil, c.description.CustomerExists(nil)
	}
	adopted, err := c.adopt(ctx, there)
	return adopted, providers.NotSent(err)
}

// adopt returns the response to a creation that found an existing customer.
func (c *creation) adopt(ctx context.Context, there *storedCustomer) (*enlistv1.CreateCustomerResponse, error) {
	read, err := c.withProperties(ctx, there, &enlistv1.GetCustomerRequest{
		Provider: c.request.GetProvider(), CustomerId: c.Key(), IncludeVendorRecord: c.request.GetIncludeVendorRecord(),
	})
	if err != nil {
		return nil, err
	}
	return providers.Adopted(c.request, read), nil
}

// sameMoment is the greatest difference between the two times of a new customer. It is an
// assumption: they are equal in the sample.
const sameMoment = time.Second

// outcomeOf tells a new customer from an existing one, by the two times of the response.
func outcomeOf(record *sellandsignv1.Customer) enlistv1.Outcome {
	created, synced := record.GetCreationDate(), record.GetSyncTimer()
	switch {
	case created <= 0 || synced <= 0:
		return enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	case created == synced:
		return enlistv1.Outcome_OUTCOME_CREATED
	case created < synced-sameMoment.Milliseconds():
		return enlistv1.Outcome_OUTCOME_UPDATED
	default:
		return enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	}
}
