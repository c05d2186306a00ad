package opencell

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	apiPath      = "/opencell/api/rest"
	createPath   = apiPath + "/account/accountHierarchy/createCRMAccountHierarchy"
	upsertPath   = apiPath + "/account/accountHierarchy/createOrUpdateCRMAccountHierarchy"
	customerPath = apiPath + "/account/customer"
)

// Provider is a connection to an Opencell.
type Provider struct {
	description *providers.Description
	settings    *configv1.Opencell
	http        *vendorhttp.Client
	tokens      *vendorhttp.Session
	secrets     *wire.Members
}

// New makes a provider of a validated configuration. It makes no request.
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
				"ListContractors": "Opencell keeps no contractors (people who sign for a customer).",
			},
			SettledAfter: vendorhttp.SettledAfter(config),
			ReadOtherwise: map[string]string{
				"customer.name.title":    "Opencell returns its title code.",
				"customer.language_code": "Opencell keeps the base language only.",
			},
			Fields: providers.NewFieldTable((&opencellv1.CrmAccountHierarchy{}).ProtoReflect().Descriptor()),
			DuplicateSafety: &enlistv1.DuplicateSafety{
				Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY,
				Explanation: "Opencell holds each code once: a strict create of a code that exists is refused, an update merges into it, " +
					"and the customer can be read by its code.",
			},
		},
		settings: config.GetOpencell(),
		http:     client,
		secrets:  wire.NewMembers(secretMembers()...),
	}
	p.tokens = client.NewSession(p.fetchToken)
	return p, nil
}

// Describe returns what Opencell is and can do.
func (p *Provider) Describe() *providers.Description { return p.description }

// Health returns how the connection fares.
func (p *Provider) Health() *enlistv1.ProviderHealth { return p.http.Health(p.tokens) }

// Metrics are those of the connection.
func (p *Provider) Metrics() prometheus.Collector { return p.http }

// GetCustomer reads a customer by its code.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	record, body, err := p.read(ctx, request.GetCustomerId())
	if err != nil {
		return nil, err
	}
	return answer(record, body, request.GetIncludeVendorRecord()), nil
}

func (p *Provider) read(ctx context.Context, code string) (*opencellv1.CustomerRecord, []byte, error) {
	call := requestOf(vendorhttp.Get, http.MethodGet, customerPath)
	call.Query = url.Values{"customerCode": {code}}
	answer, err := p.send(ctx, call)
	if err != nil {
		return nil, nil, err
	}
	if !strings.EqualFold(answer.GetCustomer().GetCode(), code) {
		return nil, nil, p.http.NotUnderstood(call, &vendorhttp.Response{Status: http.StatusOK}, nil)
	}
	return answer.GetCustomer(), answer.body, nil
}

func answer(record *opencellv1.CustomerRecord, body []byte, includeRecord bool) *enlistv1.GetCustomerResponse {
	response := &enlistv1.GetCustomerResponse{Customer: customer(record)}
	if includeRecord {
		response.VendorRecord = wire.Record(body, secretMembers()...)
	}
	return response
}

// ListContractors is not supported.
func (p *Provider) ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	return nil, p.description.NotSupported("ListContractors")
}
