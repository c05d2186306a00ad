package opencell

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	apiPath      = "/opencell/api/rest"
	createPath   = apiPath + "/account/accountHierarchy/createCRMAccountHierarchy"
	upsertPath   = apiPath + "/account/accountHierarchy/createOrUpdateCRMAccountHierarchy"
	customerPath = apiPath + "/account/customer"
)

// Provider is a connection to Opencell.
type Provider struct {
	description *providers.Description
	settings    *configv1.Opencell
	http        *vendorhttp.Client
	tokens      *vendorhttp.Session
	secrets     *wire.Members
}

// New returns a provider for a validated configuration. It sends no request.
func New(config *configv1.Provider) (*Provider, error) {
	if problem := accountTypeProblem(config.GetOpencell().GetDefaults().GetCrmAccountType(), config.GetOpencell()); problem != "" {
		return nil, errors.New("defaults.crm_account_type: " + problem)
	}
	client, err := vendorhttp.NewClient(config, config.GetOpencell().GetBaseUrl())
	if err != nil {
		return nil, err
	}
	p := &Provider{
		description: &providers.Description{
			Name:       config.GetName(),
			Vendor:     enlistv1.Vendor_VENDOR_OPENCELL,
			OnExisting: config.GetOnExisting(),
			Unsupported: map[string]string{
				"ListContractors": "Opencell has no contractors (people who sign for a customer).",
			},
			Privacy: providers.Privacy{
				Export: "Opencell's export is a ZIP file with a JSON file and the invoices as PDF files.",
				Erasure: "Opencell replaced names, addresses and contact data by a random code. It keeps the customer's code, the description " +
					"(to which Enlist sends the display name), the external reference, the job title, the VAT and registration numbers, " +
					"custom fields that are not marked for it, and what invoices and accounts need.",
			},
			SettledAfter: vendorhttp.SettledAfter(config),
			ReadOtherwise: map[string]string{
				"customer.name.title":    "Opencell returns its title code.",
				"customer.language_code": "Opencell stores the base language only.",
			},
			Fields: providers.NewFieldTable((&opencellv1.CrmAccountHierarchy{}).ProtoReflect().Descriptor()).WithSettings(config.GetOpencell()),
			DuplicateSafety: &enlistv1.DuplicateSafety{
				Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY,
				Explanation: "Opencell has each code at most once. It refuses to create a code that exists, and merges an update into it. " +
					"Enlist looks the customer up by its code.",
			},
		},
		settings: config.GetOpencell(),
		http:     client,
		secrets:  wire.NewMembers(secretMembers()...),
	}
	p.tokens = client.NewSession(p.fetchToken)
	return p, nil
}

// Describe returns the properties and capabilities of the provider.
func (p *Provider) Describe() *providers.Description { return p.description }

// Health returns the health of the connection.
func (p *Provider) Health() *enlistv1.ProviderHealth { return p.http.Health(p.tokens) }

// Metrics returns the metrics of the connection.
func (p *Provider) Metrics() prometheus.Collector { return p.http }

// Limits returns the limits of the connection.
func (p *Provider) Limits() *limit.Gate { return p.http.Limits() }

// GetCustomer reads a customer by its code. It also returns a customer with another form of the
// code, with a warning.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	there, err := p.read(ctx, request.GetCustomerId(), "")
	if err != nil {
		return nil, err
	}
	return getResponse(request.GetCustomerId(), there, request.GetIncludeVendorRecord()), nil
}

// read reads the customer with a code, or with a nearly equal code. Any other customer counts only
// if it has ownReference, unless that is "".
func (p *Provider) read(ctx context.Context, code, ownReference string) (*said, error) {
	there, err := p.lookUp(ctx, code)
	if err != nil {
		return nil, err
	}
	record := there.GetCustomer()
	isOurs := ownReference != "" && record.GetExternalRef1() == ownReference
	if match.Keys(code, record.GetCode()) == match.Different && !isOurs {
		return nil, p.http.NotUnderstood(newRequest(vendorhttp.Get, http.MethodGet, customerPath), &vendorhttp.Response{Status: http.StatusOK}, nil)
	}
	return there, nil
}

// lookUp requests a code, and returns the response of Opencell.
func (p *Provider) lookUp(ctx context.Context, code string) (*said, error) {
	request := newRequest(vendorhttp.Get, http.MethodGet, customerPath)
	// From version 11 on, the response has the accounts only with this parameter. Version 10
	// ignores it.
	request.Query = url.Values{"customerCode": {code}, "includeCustomerAccounts": {"true"}}
	there, err := p.send(ctx, request)
	if err == nil && there.GetCustomer().GetCode() == "" {
		return nil, p.http.NotUnderstood(request, &vendorhttp.Response{Status: http.StatusOK}, nil)
	}
	return there, err
}

// getResponse returns the response to a read of a code.
func getResponse(code string, there *said, includeRecord bool) *enlistv1.GetCustomerResponse {
	record := there.GetCustomer()
	response := &enlistv1.GetCustomerResponse{Customer: customer(record)}
	response.Warnings = slices.Concat(there.warnings, providers.IDChanged(code, record.GetCode()), unrepresented(record, response.GetCustomer()))
	if includeRecord {
		response.VendorRecord = wire.Record(there.body, secretMembers()...)
	}
	return response
}

// ListContractors is not supported.
func (p *Provider) ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	return nil, p.description.NotSupported("ListContractors")
}
