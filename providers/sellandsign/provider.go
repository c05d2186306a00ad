package sellandsign

import (
	"context"
	"regexp"
	"slices"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Provider is a connection to a Sell&Sign licence.
type Provider struct {
	description *providers.Description
	settings    *configv1.SellAndSign
	http        *vendorhttp.Client
	token       *regexp.Regexp // the token in any escaping
}

// New makes a provider of a validated configuration. It calls nobody yet.
func New(config *configv1.Provider) (*Provider, error) {
	client, err := vendorhttp.NewClient(config, config.GetSellAndSign().GetBaseUrl())
	if err != nil {
		return nil, err
	}
	return &Provider{
		description: &providers.Description{
			Name:       config.GetName(),
			Vendor:     enlistv1.Vendor_VENDOR_SELL_AND_SIGN,
			OnExisting: config.GetOnExisting(),
			Fields:     providers.NewFieldTable((&sellandsignv1.SelectOrCreateCustomer{}).ProtoReflect().Descriptor()),
			DuplicateSafety: &enlistv1.DuplicateSafety{
				Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY,
				Explanation: "Sell&Sign holds each number once: a second create merges into the customer that has it, " +
					"which can be read by its number, and is read first unless the create may update.",
			},
		},
		settings: config.GetSellAndSign(),
		http:     client,
		token:    anyEscaping(config.GetSellAndSign().GetToken()),
	}, nil
}

// Describe returns what Sell&Sign is and can do.
func (p *Provider) Describe() *providers.Description { return p.description }

// CreateCustomer creates a customer, or updates the one with its number, and then sets its free properties.
func (p *Provider) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	parameters := p.parameters(request)
	fates, err := p.account(request, parameters)
	if err != nil {
		return nil, err
	}
	there, err := p.keep(ctx, request, parameters)
	if err != nil {
		return nil, providers.NotSent(err)
	}
	if parameters.GetCustomerCode() != parameters.GetNumber() { // the number is not sent as the code, but the code that is there
		fates = slices.DeleteFunc(fates, isNumberAsCode)
	}
	if request.GetValidateOnly() {
		customer := providers.Kept(request, fates)
		customer.Id, customer.Source = parameters.GetNumber(), enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
		return &enlistv1.CreateCustomerResponse{
			Customer: customer, Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: request.GetRequestId(),
			Fields: fates, VendorRequest: p.http.Preview(p.creation(parameters)),
		}, nil
	}
	if adopted, err := p.lookFirst(ctx, request, parameters.GetNumber()); adopted != nil || err != nil {
		return adopted, err
	}
	record, body, err := p.send(ctx, parameters)
	if err != nil {
		return nil, err
	}
	response := &enlistv1.CreateCustomerResponse{Customer: customer(record), Outcome: outcome(record), RequestId: request.GetRequestId()}
	if there {
		response.Outcome = enlistv1.Outcome_OUTCOME_UPDATED
	}
	if len(parameters.GetProperties()) > 0 {
		response.Customer.Properties = p.setProperties(ctx, parameters.GetProperties(), fates)
	}
	response.Fields = providers.NotAsItCame(fates)
	if request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(body, tokenName)
	}
	return response, nil
}

// lookFirst reads the customer when a create must leave one that is there unchanged. It returns nil and nil when the create may go.
func (p *Provider) lookFirst(ctx context.Context, request *enlistv1.CreateCustomerRequest, number string) (*enlistv1.CreateCustomerResponse, error) {
	var response *enlistv1.CreateCustomerResponse
	var err error
	switch request.GetOnExisting() {
	case enlistv1.OnExisting_ON_EXISTING_UPDATE:
		return nil, nil //nolint:nilnil // nothing was looked for
	case enlistv1.OnExisting_ON_EXISTING_ADOPT:
		response, err = p.adopt(ctx, request, number)
	default:
		if _, _, err = p.read(ctx, number); err == nil {
			return nil, p.description.CustomerExists(nil)
		}
	}
	if providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return nil, nil //nolint:nilnil // nothing is there
	}
	return response, providers.NotSent(err)
}

// adopt reads the customer that is there.
func (p *Provider) adopt(ctx context.Context, request *enlistv1.CreateCustomerRequest, number string) (*enlistv1.CreateCustomerResponse, error) {
	there, err := p.GetCustomer(ctx, &enlistv1.GetCustomerRequest{
		Provider: request.GetProvider(), CustomerId: number, IncludeVendorRecord: request.GetIncludeVendorRecord(),
	})
	if err != nil {
		return nil, err
	}
	return providers.Adopted(request, there), nil
}

// sameMoment is how far apart the two times of a new customer may be stamped. It is assumed: the sample has them equal.
const sameMoment = time.Second

// outcome tells a new customer from one that was there, as far as the answer's two times do.
func outcome(record *sellandsignv1.Customer) enlistv1.Outcome {
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

// GetCustomer reads a customer by its number, with its free properties.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	record, body, err := p.read(ctx, request.GetCustomerId())
	if err != nil {
		return nil, err
	}
	response := &enlistv1.GetCustomerResponse{Customer: customer(record)}
	properties, err := p.listProperties(ctx, request.GetCustomerId())
	if err != nil {
		return nil, err
	}
	response.Customer.Properties = map[string]string{}
	for _, property := range properties {
		response.Customer.Properties[property.GetKey()] = property.GetValue()
	}
	if request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(body, tokenName)
	}
	return response, nil
}
