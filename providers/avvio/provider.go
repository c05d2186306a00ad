package avvio

import (
	"context"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Provider is a connection to Avvio.
type Provider struct {
	providers.WithoutPrivacy

	description *providers.Description
	settings    *configv1.Avvio
	http        *vendorhttp.Client
	secrets     *wire.Members
}

// New returns a provider for a validated configuration. It sends no request.
func New(config *configv1.Provider) (*Provider, error) {
	client, err := vendorhttp.NewClient(config, config.GetAvvio().GetBaseUrl())
	if err != nil {
		return nil, err
	}
	return &Provider{
		description: &providers.Description{
			Name:       config.GetName(),
			Vendor:     enlistv1.Vendor_VENDOR_AVVIO,
			OnExisting: config.GetOnExisting(),
			OnExistingUnsupported: map[enlistv1.OnExisting]string{
				enlistv1.OnExisting_ON_EXISTING_UPDATE: "Avvio documents no request that changes an account.",
				enlistv1.OnExisting_ON_EXISTING_ADOPT:  "Avvio assigns the ids, so a request has no id to look up.",
			},
			Unsupported: map[string]string{
				"ListContractors": "Avvio has no contractors (people who sign for a customer).",
			},
			Privacy:      providers.Privacy{Otherwise: "Ask Avvio/SHR to export or to delete the account."},
			SettledAfter: vendorhttp.SettledAfter(config),
			Fields: providers.NewFieldTable((&avviov1.CreateAccountRequest{}).ProtoReflect().Descriptor()).WithSettings(config.GetAvvio()).
				Without("customer.id", "Avvio assigns the id (accountID) and returns it. Leave this field empty"),
			DuplicateSafety: &enlistv1.DuplicateSafety{
				Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_MATCH,
				Explanation: "Avvio creates a new account with a new id for each request and takes no key from the caller. " +
					"But it lists all accounts, and Enlist compares them by email, name and time.",
			},
		},
		settings: config.GetAvvio(),
		http:     client,
		secrets:  wire.NewMembers(secretMembers()...),
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

// GetCustomer reads an account by its id.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	id, err := strconv.ParseInt(request.GetCustomerId(), 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != request.GetCustomerId() {
		return nil, providers.InvalidField(p.description.Name, "customer_id",
			"must be an accountID of Avvio, as CreateCustomer returned it: a whole number above 0, without leading zeros")
	}
	found, err := p.find(ctx, id)
	if err != nil {
		return nil, err
	}
	response := &enlistv1.GetCustomerResponse{Customer: customer(found.account), Warnings: found.warnings()}
	if request.GetIncludeVendorRecord() {
		response.VendorRecord = found.record([]string{p.settings.GetPassword()})
	}
	return response, nil
}

// ListContractors is not supported.
func (p *Provider) ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	return nil, p.description.NotSupported("ListContractors")
}
