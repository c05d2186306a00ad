package opencell

import (
	"context"
	"net/http"
	"net/url"
	"strings"

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
}

// New makes a provider of a validated configuration. It calls nobody yet.
func New(config *configv1.Provider) (*Provider, error) {
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
			Fields: providers.NewFieldTable((&opencellv1.CrmAccountHierarchy{}).ProtoReflect().Descriptor()),
			DuplicateSafety: &enlistv1.DuplicateSafety{
				Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY,
				Explanation: "Opencell holds each code once: a strict create of a code that exists is refused, an update merges into it, " +
					"and the customer can be read by its code.",
			},
		},
		settings: config.GetOpencell(),
		http:     client,
	}
	p.tokens = vendorhttp.NewSession(config.GetTimeout().AsDuration(), p.fetchToken)
	return p, nil
}

// Describe returns what Opencell is and can do.
func (p *Provider) Describe() *providers.Description { return p.description }

// CreateCustomer creates a customer with its accounts.
func (p *Provider) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	hierarchy, err := p.hierarchy(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.account(request, hierarchy)
	if err != nil {
		return nil, err
	}
	call := p.creation(request.GetOnExisting(), hierarchy)
	if request.GetValidateOnly() {
		return &enlistv1.CreateCustomerResponse{
			Customer: created(request, hierarchy, fates), Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: request.GetRequestId(),
			Fields: fates, VendorRequest: p.preview(call),
		}, nil
	}
	create := func() (*enlistv1.CreateCustomerResponse, error) {
		return p.create(ctx, request, hierarchy, fates, call)
	}
	if request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT {
		adopt := func() (*enlistv1.CreateCustomerResponse, error) { return p.adopt(ctx, request, hierarchy.GetCode()) }
		return providers.CreateOrAdopt(adopt, create)
	}
	return create()
}

// create sends the request that creates, and makes the answer.
func (p *Provider) create(
	ctx context.Context, request *enlistv1.CreateCustomerRequest, hierarchy *opencellv1.CrmAccountHierarchy, fates []*enlistv1.FieldFate,
	call *vendorhttp.Request,
) (*enlistv1.CreateCustomerResponse, error) {
	body, err := p.send(ctx, call, secrets(hierarchy)...)
	if err != nil {
		return nil, err
	}
	response := &enlistv1.CreateCustomerResponse{
		Customer:  created(request, hierarchy, fates),
		Outcome:   enlistv1.Outcome_OUTCOME_CREATED,
		RequestId: request.GetRequestId(),
		Fields:    providers.NotAsItCame(fates),
	}
	if request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE {
		response.Outcome = enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	}
	if request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(body)
	}
	return response, nil
}

// creation makes the request that creates.
func (p *Provider) creation(onExisting enlistv1.OnExisting, hierarchy *opencellv1.CrmAccountHierarchy) *vendorhttp.Request {
	path := createPath
	if onExisting == enlistv1.OnExisting_ON_EXISTING_UPDATE {
		path = upsertPath
	}
	return &vendorhttp.Request{
		Method:       http.MethodPost,
		Path:         path,
		Header:       http.Header{"Accept": {"application/json"}},
		ContentType:  "application/json",
		Body:         wire.JSON(hierarchy),
		RedactedBody: func() []byte { return wire.RedactedJSON(hierarchy) },
		Creates:      true,
	}
}

func (p *Provider) preview(call *vendorhttp.Request) *enlistv1.VendorRequest {
	call.Header.Set("Authorization", "")
	call.Secrets = map[string]string{"Authorization": "Bearer $OPENCELL_TOKEN"}
	return p.http.Preview(call)
}

// adopt reads the customer that is there.
func (p *Provider) adopt(ctx context.Context, request *enlistv1.CreateCustomerRequest, code string) (*enlistv1.CreateCustomerResponse, error) {
	there, err := p.GetCustomer(ctx, &enlistv1.GetCustomerRequest{
		Provider: request.GetProvider(), CustomerId: code, IncludeVendorRecord: request.GetIncludeVendorRecord(),
	})
	if err != nil {
		return nil, err
	}
	return providers.Adopted(request, there), nil
}

// GetCustomer reads a customer by its code.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	call := &vendorhttp.Request{
		Method: http.MethodGet,
		Path:   customerPath,
		Query:  url.Values{"customerCode": {request.GetCustomerId()}},
		Header: http.Header{"Accept": {"application/json"}},
	}
	body, err := p.send(ctx, call)
	if err != nil {
		return nil, err
	}
	answer := &opencellv1.GetCustomerAnswer{}
	if err := wire.Unmarshal(body, answer); err != nil || !strings.EqualFold(answer.GetCustomer().GetCode(), request.GetCustomerId()) {
		return nil, p.http.NotUnderstood(call, &vendorhttp.Response{Status: http.StatusOK}, nil)
	}
	response := &enlistv1.GetCustomerResponse{Customer: customer(answer.GetCustomer())}
	if request.GetIncludeVendorRecord() {
		response.VendorRecord = wire.Record(body, "tokenId", "iban")
	}
	return response, nil
}

// ListContractors is not supported.
func (p *Provider) ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	return nil, p.description.NotSupported("ListContractors")
}
