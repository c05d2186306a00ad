package caliq

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Provider is a connection to Caliq.
type Provider struct {
	providers.WithoutPrivacy

	description *providers.Description
	settings    *configv1.Caliq
	http        *vendorhttp.Client
	messages    catalogue
	secrets     *wire.Members
}

// New returns a provider for a validated configuration. It sends no request.
func New(config *configv1.Provider) (*Provider, error) {
	client, err := vendorhttp.NewClient(config, config.GetCaliq().GetBaseUrl())
	if err != nil {
		return nil, err
	}
	p := &Provider{
		description: &providers.Description{
			Name:       config.GetName(),
			Vendor:     enlistv1.Vendor_VENDOR_CALIQ,
			OnExisting: config.GetOnExisting(),

			Privacy:               providers.Privacy{Otherwise: "Ask Caliq to export or to delete the account."},
			SettledAfter:          vendorhttp.SettledAfter(config),
			OnExistingUnsupported: onExistingUnsupported(config.GetCaliq().GetAutoNumbering()),
			Unsupported: map[string]string{
				"ListContractors": "Caliq has no contractors (people who sign for a customer).",
			},
			Fields:          providers.NewFieldTable((&caliqv1.CustomerCreateParams{}).ProtoReflect().Descriptor()).WithSettings(config.GetCaliq()),
			DuplicateSafety: duplicateSafety(config.GetCaliq().GetAutoNumbering()),
		},
		settings: config.GetCaliq(),
		http:     client,
		secrets:  wire.NewMembers("apiKey"),
	}
	p.messages.fetch = p.fetchMessages
	return p, nil
}

func duplicateSafety(autoNumbering bool) *enlistv1.DuplicateSafety {
	if autoNumbering {
		return &enlistv1.DuplicateSafety{
			Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_NONE,
			Explanation: "Caliq assigns the account numbers, so a request has no key, and its list of accounts has numbers and ids only. " +
				"Caliq does not document that it refuses a second account.",
		}
	}
	return &enlistv1.DuplicateSafety{
		Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_KEY,
		Explanation: "Caliq does not document that it refuses an account number in use, but it lists all numbers. " +
			"So Enlist looks up the number before each creation, and after an unknown outcome.",
	}
}

// Describe returns the properties and capabilities of the provider.
func (p *Provider) Describe() *providers.Description { return p.description }

// Health returns the health of the connection.
func (p *Provider) Health() *enlistv1.ProviderHealth { return p.http.Health(nil) }

// Metrics returns the metrics of the connection.
func (p *Provider) Metrics() prometheus.Collector { return p.http }

// Limits returns the limits of the connection.
func (p *Provider) Limits() *limit.Gate { return p.http.Limits() }

func onExistingUnsupported(autoNumbering bool) map[enlistv1.OnExisting]string {
	unsupported := map[enlistv1.OnExisting]string{
		enlistv1.OnExisting_ON_EXISTING_UPDATE: "Caliq documents no request that changes a customer.",
	}
	if autoNumbering {
		unsupported[enlistv1.OnExisting_ON_EXISTING_ADOPT] = "Caliq assigns the account numbers, so a request has no number to look up."
	}
	return unsupported
}

// GetCustomer returns whether an account exists, with its id. Caliq documents no request that
// returns more. If no account has the number, but exactly one has another form of it, GetCustomer
// returns that one with a warning.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	found, err := p.find(ctx, request.GetCustomerId())
	if err != nil {
		return nil, err
	}
	switch {
	case len(found.exact) > 0:
		return p.read(found.exact, request.GetIncludeVendorRecord()), nil
	case len(found.near) == 1:
		response := p.read(found.near, request.GetIncludeVendorRecord())
		response.Warnings = append(response.Warnings, providers.IDChanged(request.GetCustomerId(), response.GetCustomer().GetId())...)
		return response, nil
	}
	return nil, p.description.CustomerNotFound(nil)
}

// ListContractors is not supported.
func (p *Provider) ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	return nil, p.description.NotSupported("ListContractors")
}
