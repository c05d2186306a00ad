package opencell

import (
	"cmp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
)

// allFour is the account type with all four levels.
const allFour = "C_UA"

// accountTypes returns Opencell's own account types: one level, or all levels from the first to the
// second. S is the seller, C the customer, CA the customer account, BA the billing account, UA the
// user account.
func accountTypes() []string {
	return []string{"S", "S_C", "C", "S_CA", "C_CA", "CA", "S_BA", "C_BA", "CA_BA", "BA", "S_UA", allFour, "CA_UA", "BA_UA", "UA"}
}

// accountTypeProblem returns what is wrong with an account type, as the end of a sentence. It
// returns "" for a valid type. Opencell responds to an unknown type with 500 and no errorCode,
// which leaves the outcome unknown.
func accountTypeProblem(accountType string, settings *configv1.Opencell) string {
	if accountType == "" || slices.Contains(accountTypes(), accountType) || slices.Contains(settings.GetCustomAccountTypes(), accountType) {
		return ""
	}
	return "must be one of " + strings.Join(accountTypes(), ", ") + ", or a custom account model from the setting custom_account_types"
}

// hierarchy maps a request to Opencell's account hierarchy.
func (p *Provider) hierarchy(request *enlistv1.CreateCustomerRequest) (*opencellv1.CrmAccountHierarchy, error) {
	customer := providers.AsSent(request.GetCustomer())
	options := providers.WithDefaults(request.GetOpencell(), p.settings.GetDefaults())
	if problem := accountTypeProblem(options.GetCrmAccountType(), p.settings); problem != "" {
		return nil, providers.InvalidField(p.description.Name, "opencell.crm_account_type", problem)
	}
	language, err := codes.LanguageAlpha3(cmp.Or(customer.GetLanguageCode(), p.settings.GetLanguageCode()))
	if err != nil && customer.GetLanguageCode() != "" {
		return nil, providers.InvalidField(p.description.Name, "customer.language_code", err.Error())
	}
	hierarchy := &opencellv1.CrmAccountHierarchy{
		CrmAccountType:        cmp.Or(options.GetCrmAccountType(), allFour),
		CrmParentCode:         cmp.Or(options.GetCrmParentCode(), p.settings.GetSellerCode()),
		Code:                  cmp.Or(customer.GetId(), request.GetRequestId()),
		Description:           cmp.Or(customer.GetDisplayName(), customer.GetOrganization().GetName()),
		ExternalRef1:          p.reference(options, request),
		ExternalRef2:          options.GetExternalRef2(),
		Name:                  name(customer.GetName(), p.titleCode(request)),
		IsCompany:             p.isCompany(options, request),
		SubscriptionDate:      codes.Date(options.GetSubscriptionDate()),
		JobTitle:              customer.GetJobTitle(),
		VatNo:                 customer.GetOrganization().GetVatNumber(),
		RegistrationNo:        customer.GetOrganization().GetRegistrationNumber(),
		Address:               address(customer.GetBillingAddress()),
		ContactInformation:    contact(customer),
		Email:                 cmp.Or(options.GetBillingEmail(), customer.GetEmail()),
		Language:              language,
		PaymentMethod:         vendorCode(options.GetPaymentMethod()),
		MethodOfPayment:       paymentMethods(options.GetPaymentMethods()),
		CustomerCategory:      cmp.Or(customer.GetCategory(), p.settings.GetCustomerCategory()),
		Currency:              cmp.Or(customer.GetCurrencyCode(), p.settings.GetCurrencyCode()),
		BillingCycle:          options.GetBillingCycle(),
		Country:               cmp.Or(options.GetTradingCountryCode(), customer.GetBillingAddress().GetCountryCode()),
		ElectronicBilling:     options.ElectronicBilling,
		CustomFields:          customFields(customer.GetProperties(), options.GetCustomFields()),
		CustomerBrand:         options.GetCustomerBrand(),
		MandateIdentification: options.GetMandateIdentification(),
		MandateDate:           codes.Date(options.GetMandateDate()),
		CaStatus:              options.GetCustomerAccountStatus(),
		CreditCategory:        options.GetCreditCategory(),
		DunningLevel:          options.GetDunningLevel(),
		NextInvoiceDate:       codes.Date(options.GetNextInvoiceDate()),
		BaStatus:              options.GetBillingAccountStatus(),
		UaStatus:              options.GetUserAccountStatus(),
		TerminationReason:     options.GetTerminationReason(),
		TerminationDate:       codes.Date(options.GetTerminationDate()),
		MailingType:           options.GetMailingType(),
		EmailTemplate:         options.GetEmailTemplate(),
		CcedEmails:            options.GetCcedEmails(),
		BankCoordinates:       bank(options.GetBankCoordinates()),
	}
	addBilling(hierarchy, options)
	if err := p.checkPayment(options); err != nil {
		return nil, err
	}
	if path := tooLarge(options); path != "" {
		return nil, providers.InvalidField(p.description.Name, path, "must be from -9007199254740991 to 9007199254740991")
	}
	if hierarchy.GetElectronicBilling() && hierarchy.GetEmail() == "" {
		return nil, providers.InvalidField(p.description.Name, "customer.email", "must be set when opencell.electronic_billing is true")
	}
	if hierarchy.GetName().GetTitle() != "" && hierarchy.GetName().GetLastName() == "" {
		return nil, providers.InvalidField(p.description.Name, "customer.name.family_name",
			"must be set with a title: customer.name.title, opencell.title_code or the setting defaults.title_code")
	}
	return hierarchy, nil
}

// reconcileFields returns the fate of each field. C_UA requires fields that other account types may
// not require. For those types, the vendor decides.
func (p *Provider) reconcileFields(request *enlistv1.CreateCustomerRequest, hierarchy *opencellv1.CrmAccountHierarchy) ([]*enlistv1.FieldFate, error) {
	var optional []string
	if hierarchy.GetCrmAccountType() != allFour {
		optional = []string{"language", "customer_category", "currency", "billing_cycle", "country"}
	}
	return p.description.Fields.Reconcile(p.description.Name, request, hierarchy, optional...)
}

// reference returns the first external reference: the caller's, else the request_id, which
// identifies a new record as ours. An update does not change the reference.
func (p *Provider) reference(options *enlistv1.OpencellOptions, request *enlistv1.CreateCustomerRequest) string {
	off := p.settings.ReferenceRequestId != nil && !p.settings.GetReferenceRequestId()
	if off || request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE {
		return options.GetExternalRef1()
	}
	return cmp.Or(options.GetExternalRef1(), request.GetRequestId())
}

// isCompany returns whether the customer is a company: the option, else whether there is an
// organization. For an update with neither, keep sends the stored value.
func (p *Provider) isCompany(options *enlistv1.OpencellOptions, request *enlistv1.CreateCustomerRequest) *bool {
	company := request.GetCustomer().GetOrganization() != nil
	switch {
	case !p.sendsIsCompany():
		return nil
	case options.IsCompany != nil:
		return options.IsCompany
	case !company && request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE:
		return nil
	}
	return proto.Bool(company)
}

// sendsIsCompany reports whether this server knows isCompany.
func (p *Provider) sendsIsCompany() bool {
	if p.settings.SendIsCompany != nil {
		return p.settings.GetSendIsCompany()
	}
	return p.version() >= knowsIsCompany
}

// titleCode returns the title's code: the request's option, else the customer's title as a code,
// else the setting's default.
func (p *Provider) titleCode(request *enlistv1.CreateCustomerRequest) string {
	asCode := strings.ToUpper(strings.ReplaceAll(request.GetCustomer().GetName().GetTitle(), ".", ""))
	return cmp.Or(request.GetOpencell().GetTitleCode(), asCode, p.settings.GetDefaults().GetTitleCode())
}

func name(name *enlistv1.PersonName, titleCode string) *opencellv1.Name {
	if name == nil {
		return nil // Opencell requires a family name with every title
	}
	return &opencellv1.Name{
		Title:     titleCode,
		FirstName: name.GetGivenName(),
		LastName:  name.GetFamilyName(),
	}
}

func address(address *enlistv1.Address) *opencellv1.Address {
	if address == nil {
		return nil
	}
	var lines [5]string // the greatest number in the contract
	copy(lines[:], address.GetLines())
	return &opencellv1.Address{
		Address1: given(lines[0]), Address2: given(lines[1]), Address3: given(lines[2]), Address4: given(lines[3]), Address5: given(lines[4]),
		ZipCode: given(address.GetPostalCode()),
		City:    given(address.GetCity()),
		Country: address.GetCountryCode(),
		State:   given(address.GetRegion()),
	}
}

// given returns a text, or nil if it is empty.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return proto.String(text) // &text would cost an allocation for an empty text, too
}

func contact(customer *enlistv1.Customer) *opencellv1.ContactInformation {
	contact := &opencellv1.ContactInformation{
		Email: customer.GetEmail(), Phone: customer.GetPhone(), Mobile: customer.GetMobile(), Fax: customer.GetFax(),
	}
	if proto.Size(contact) == 0 {
		return nil
	}
	return contact
}
