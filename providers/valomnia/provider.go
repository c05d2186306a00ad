package valomnia

import (
	"cmp"
	"context"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Provider is a connection to a Valomnia organization.
type Provider struct {
	providers.WithoutPrivacy

	description *providers.Description
	settings    *configv1.Valomnia
	base        *url.URL
	customers   string // path of the collection: /api/v1.0/customers
	http        *vendorhttp.Client
	sessions    *vendorhttp.Session
}

// New returns a provider for a validated configuration. It sends no request.
func New(config *configv1.Provider) (*Provider, error) {
	settings := config.GetValomnia()
	client, err := vendorhttp.NewClient(config, settings.GetBaseUrl())
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(settings.GetBaseUrl())
	if err != nil {
		return nil, err
	}
	p := &Provider{
		description: &providers.Description{
			Name:       config.GetName(),
			Vendor:     enlistv1.Vendor_VENDOR_VALOMNIA,
			OnExisting: config.GetOnExisting(),
			OnExistingUnsupported: map[enlistv1.OnExisting]string{
				enlistv1.OnExisting_ON_EXISTING_UPDATE: "Valomnia documents no request that updates a customer.",
			},
			Unsupported: map[string]string{
				"ListContractors": "Valomnia documents no request that lists contractors (people who sign for a customer).",
			},
			Privacy:      providers.Privacy{Otherwise: "Export or delete the customer in Valomnia's back office, or ask Valomnia."},
			SettledAfter: vendorhttp.SettledAfter(config),
			ReadOtherwise: map[string]string{
				"customer.category":                  "Valomnia takes an id or a reference and returns the reference.",
				"customer.billing_address.lines[0]":  "Enlist sends the lines as one line, and reads one line.",
				"customer.shipping_address.lines[0]": "Enlist sends the lines as one line, and reads one line.",
			},
			Fields: providers.NewFieldTable((&valomniav1.CustomerForm{}).ProtoReflect().Descriptor()).WithSettings(settings),
			DuplicateSafety: &enlistv1.DuplicateSafety{
				Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY,
				Explanation: "Valomnia has each reference at most once, and refuses a creation with a reference in use. " +
					"Enlist looks the customer up by its reference.",
			},
		},
		settings:  settings,
		base:      base,
		customers: "/api/" + cmp.Or(settings.GetApiVersion(), "v1.0") + "/customers",
		http:      client,
	}
	p.sessions = client.NewSession(p.login)
	return p, nil
}

// Describe returns the properties and capabilities of the provider.
func (p *Provider) Describe() *providers.Description { return p.description }

// Health returns the health of the connection.
func (p *Provider) Health() *enlistv1.ProviderHealth { return p.http.Health(p.sessions) }

// Metrics returns the metrics of the connection.
func (p *Provider) Metrics() prometheus.Collector { return p.http }

// Limits returns the limits of the connection.
func (p *Provider) Limits() *limit.Gate { return p.http.Limits() }

// GetCustomer reads a customer by its reference, or by Valomnia's own number if the id has the form
// `id:256`. It also returns a customer with another form of the reference, with a warning.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	there, err := p.readByReference(ctx, request.GetCustomerId())
	if number := byNumber.FindStringSubmatch(request.GetCustomerId()); number != nil && providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		there, err = p.readByNumber(ctx, number[1])
	}
	if err != nil {
		return nil, err
	}
	return getResponse(request.GetCustomerId(), there, request.GetIncludeVendorRecord()), nil
}

// getResponse returns the response to a read of a reference.
func getResponse(reference string, there *said, includeRecord bool) *enlistv1.GetCustomerResponse {
	response := &enlistv1.GetCustomerResponse{Customer: customer(there.CustomerRecord), Warnings: warningsOf(reference, there)}
	if includeRecord {
		response.VendorRecord = wire.Record(there.body)
	}
	return response
}

// ListContractors is not supported.
func (p *Provider) ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	return nil, p.description.NotSupported("ListContractors")
}
