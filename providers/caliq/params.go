package caliq

import (
	"cmp"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
)

// params maps a request to the body of CustomerCreate.
func (p *Provider) params(request *enlistv1.CreateCustomerRequest) (*caliqv1.CustomerCreateParams, error) {
	customer, options := providers.AsSent(request.GetCustomer()), providers.WithDefaults(request.GetCaliq(), p.settings.GetDefaults())
	if p.settings.GetAutoNumbering() && customer.GetId() != "" {
		return nil, providers.InvalidField(p.description.Name, "customer.id",
			"must be empty: Caliq assigns the account numbers of this provider (auto_numbering)")
	}
	address := customer.GetBillingAddress()
	var country string
	if code := address.GetCountryCode(); code != "" {
		var err error
		if country, err = codes.CountryAlpha3(code); err != nil {
			return nil, providers.InvalidField(p.description.Name, "customer.billing_address.country_code", err.Error())
		}
	}
	var lines [3]string // the fates name further lines as not sent
	copy(lines[:], address.GetLines())
	return &caliqv1.CustomerCreateParams{
		ApiKey:               p.settings.GetApiKey(),
		ChannelId:            cmp.Or(options.GetChannelId(), p.settings.GetChannelId()),
		AccountNo:            proto.String(customer.GetId()),
		CompanyName:          customer.GetOrganization().GetName(),
		Line1:                lines[0],
		Line2:                lines[1],
		Line3:                lines[2],
		Town:                 address.GetCity(),
		County:               address.GetRegion(),
		Postcode:             address.GetPostalCode(),
		Country:              country,
		AllowDeliveries:      proto.Bool(options.AllowDeliveries == nil || options.GetAllowDeliveries()),
		AllowInvoices:        proto.Bool(options.AllowInvoices == nil || options.GetAllowInvoices()),
		Title:                customer.GetName().GetTitle(),
		Firstname:            customer.GetName().GetGivenName(),
		Surname:              customer.GetName().GetFamilyName(),
		TelephoneNo:          customer.GetPhone(),
		MobileNo:             customer.GetMobile(),
		Email:                customer.GetEmail(),
		VatNumber:            customer.GetOrganization().GetVatNumber(),
		Eori:                 customer.GetOrganization().GetEori(),
		Currency:             customer.GetCurrencyCode(),
		CustomerServiceLevel: options.CustomerServiceLevel,
		CustomerCategory:     customer.GetCategory(),
	}, nil
}

// reconcileFields returns the fate of each field. The number may be empty only if Caliq assigns the
// numbers.
func (p *Provider) reconcileFields(request *enlistv1.CreateCustomerRequest, params *caliqv1.CustomerCreateParams) ([]*enlistv1.FieldFate, error) {
	var optional []string
	if p.settings.GetAutoNumbering() {
		optional = []string{"account_no"}
	}
	return p.description.Fields.Reconcile(p.description.Name, request, params, optional...)
}
