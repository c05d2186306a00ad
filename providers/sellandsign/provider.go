package sellandsign

import (
	"context"
	"regexp"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Provider is a connection to a Sell&Sign licence.
type Provider struct {
	providers.WithoutPrivacy

	description *providers.Description
	settings    *configv1.SellAndSign
	http        *vendorhttp.Client
	token       *regexp.Regexp // the token with any escaping
}

// New returns a provider for a validated configuration. It sends no request.
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
			Fields: providers.NewFieldTable((&sellandsignv1.SelectOrCreateCustomer{}).ProtoReflect().Descriptor()).
				WithSettings(config.GetSellAndSign()).KeepSent(),
			Privacy:      providers.Privacy{Otherwise: "Ask Sell&Sign to export or to delete the customer, and the contracts that it signed."},
			SettledAfter: vendorhttp.SettledAfter(config),
			ReadOtherwise: map[string]string{
				"customer.name.title": "Sell&Sign returns its civility.",
				"customer.mobile":     "The number is sent without separators.",
			},
			DuplicateSafety: &enlistv1.DuplicateSafety{
				Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY,
				Explanation: "Sell&Sign has each number at most once, and merges a second creation into the customer with that number. " +
					"So Enlist looks the customer up by its number first, unless the request may update it.",
			},
		},
		settings: config.GetSellAndSign(),
		http:     client,
		token:    anyEscaping(config.GetSellAndSign().GetToken()),
	}, nil
}

// Describe returns the properties and capabilities of the provider.
func (p *Provider) Describe() *providers.Description { return p.description }

// Health returns the health of the connection.
func (p *Provider) Health() *enlistv1.ProviderHealth { return p.http.Health(nil) }

// Metrics returns the metrics of the connection.
func (p *Provider) Metrics() prometheus.Collector { return p.http }

// Limits returns the limits of the connection.
func (p *Provider) Limits() *limit.Gate { return p.http.Limits() }

// GetCustomer reads a customer by its number, with its free properties.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	record, err := p.read(ctx, request.GetCustomerId())
	if err != nil {
		return nil, err
	}
	return p.withProperties(ctx, record, request)
}

// withProperties returns the response to a read of a record's customer.
func (p *Provider) withProperties(ctx context.Context, record *storedCustomer, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	response := &enlistv1.GetCustomerResponse{Customer: customer(record.Customer), Warnings: record.warnings(request.GetCustomerId())}
	properties, _, warnings, err := p.listProperties(ctx, record.GetNumber())
	if err != nil {
		return nil, err
	}
	response.Warnings = append(response.Warnings, warnings...)
	response.Customer.Properties = map[string]string{}
	for _, property := range properties {
		response.Customer.Properties[property.GetKey()] = property.GetValue()
	}
	if request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(record.body, tokenName)
	}
	return response, nil
}
