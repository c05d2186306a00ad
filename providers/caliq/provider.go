package caliq

import (
	"context"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Provider is a connection to a Caliq.
type Provider struct {
	description *providers.Description
	settings    *configv1.Caliq
	http        *vendorhttp.Client
	messages    catalogue
}

// New makes a provider of a validated configuration. It calls nobody yet.
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

			OnExistingUnsupported: onExistingUnsupported(config.GetCaliq().GetAutoNumbering()),
			Unsupported: map[string]string{
				"ListContractors": "Caliq keeps no contractors (people who sign for a customer).",
			},
			Fields:          providers.NewFieldTable((&caliqv1.CustomerCreateParams{}).ProtoReflect().Descriptor()),
			DuplicateSafety: duplicateSafety(config.GetCaliq().GetAutoNumbering()),
		},
		settings: config.GetCaliq(),
		http:     client,
	}
	p.messages.fetch = p.fetchMessages
	return p, nil
}

func duplicateSafety(autoNumbering bool) *enlistv1.DuplicateSafety {
	if autoNumbering {
		return &enlistv1.DuplicateSafety{
			Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_MATCH,
			Explanation: "Caliq numbers the accounts itself, so a create has no key of the caller's: afterwards only the list of all accounts " +
				"can be compared with what it was before, and Caliq does not document that it refuses a second account.",
		}
	}
	return &enlistv1.DuplicateSafety{
		Class: enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_KEY,
		Explanation: "Caliq does not document that it refuses an account number that is in use, but it lists all numbers, " +
			"so each create looks first, and an unknown outcome can be looked up.",
	}
}

// Describe returns what Caliq is and can do.
func (p *Provider) Describe() *providers.Description { return p.description }

// CreateCustomer creates an account with its address and contact, after a look whether its number is in use.
func (p *Provider) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	if err := p.description.CheckOnExisting(request.GetOnExisting()); err != nil {
		return nil, err
	}
	params, err := p.params(request)
	if err != nil {
		return nil, err
	}
	fates, err := p.account(request, params)
	if err != nil {
		return nil, err
	}
	call := p.call(createPath, params)
	call.Creates, call.GivesID = true, params.GetAccountNo() == ""
	if request.GetValidateOnly() {
		return &enlistv1.CreateCustomerResponse{
			Customer: written(request, fates, &caliqv1.CustomerCreateData{AccountNo: params.GetAccountNo()}),
			Outcome:  enlistv1.Outcome_OUTCOME_PREVIEWED, RequestId: request.GetRequestId(), Fields: fates, VendorRequest: p.http.Preview(call),
		}, nil
	}
	if there, err := p.existing(ctx, request, params.GetAccountNo()); there != nil || err != nil {
		return there, err
	}
	response, err := p.http.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	data, err := p.created(ctx, call, response, params.GetAccountNo())
	if err != nil {
		return nil, err
	}
	answer := &enlistv1.CreateCustomerResponse{
		Customer: written(request, fates, data), Outcome: enlistv1.Outcome_OUTCOME_CREATED, RequestId: request.GetRequestId(),
		Fields: providers.NotAsItCame(fates),
	}
	if request.GetIncludeVendorRecord() {
		answer.VendorRecord = p.record(response.Body)
	}
	return answer, nil
}

func onExistingUnsupported(autoNumbering bool) map[enlistv1.OnExisting]string {
	unsupported := map[enlistv1.OnExisting]string{
		enlistv1.OnExisting_ON_EXISTING_UPDATE: "Caliq documents no call that changes a customer.",
	}
	if autoNumbering {
		unsupported[enlistv1.OnExisting_ON_EXISTING_ADOPT] = "Caliq numbers the accounts itself, so there is no number to look for."
	}
	return unsupported
}

// existing looks whether the account exists: it returns the adopted customer, an error, or neither when it is to be created.
func (p *Provider) existing(ctx context.Context, request *enlistv1.CreateCustomerRequest, accountNo string) (*enlistv1.CreateCustomerResponse, error) {
	if accountNo == "" {
		return nil, nil //nolint:nilnil // said above
	}
	found, err := p.find(ctx, accountNo)
	switch {
	case err != nil:
		return nil, providers.NotSent(err)
	case len(found) == 0:
		return nil, nil //nolint:nilnil // said above
	case request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT:
		return providers.Adopted(request, p.read(found, request.GetIncludeVendorRecord())), nil
	default:
		return nil, p.description.CustomerExists(nil)
	}
}

// GetCustomer says whether an account exists, and its identifier; Caliq documents no call that returns more.
func (p *Provider) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	found, err := p.find(ctx, request.GetCustomerId())
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, p.description.CustomerNotFound(nil)
	}
	return p.read(found, request.GetIncludeVendorRecord()), nil
}

// ListContractors is not supported.
func (p *Provider) ListContractors(context.Context, *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	return nil, p.description.NotSupported("ListContractors")
}
