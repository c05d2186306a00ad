package opencell

import (
	"cmp"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
)

// Major versions of Opencell that changed what a request may contain.
const (
	knowsIsCompany = 12 // since 2022
	newPayments    = 15 // PAYPALPAYMENTLINK and STRIPEDIRECTLINK replace PAYPAL and STRIPE
	knowsSIPS      = 16
	newestVersion  = 16
)

// version returns the major version of the server.
func (p *Provider) version() int32 { return cmp.Or(p.settings.GetVersion(), newestVersion) }

// hasPaymentMethod reports whether a version of Opencell knows a payment method.
func hasPaymentMethod(version int32, method enlistv1.OpencellPaymentMethod) bool {
	switch method {
	case enlistv1.OpencellPaymentMethod_OPENCELL_PAYMENT_METHOD_PAYPAL, enlistv1.OpencellPaymentMethod_OPENCELL_PAYMENT_METHOD_STRIPE:
		return version < newPayments
	case enlistv1.OpencellPaymentMethod_OPENCELL_PAYMENT_METHOD_PAYPALPAYMENTLINK,
		enlistv1.OpencellPaymentMethod_OPENCELL_PAYMENT_METHOD_STRIPEDIRECTLINK:
		return version >= newPayments
	case enlistv1.OpencellPaymentMethod_OPENCELL_PAYMENT_METHOD_SIPS:
		return version >= knowsSIPS
	}
	return true
}

// checkPayment refuses payment methods that this version of Opencell does not know, or that lack
// required fields. Version 13 responds to a card without a number with an error that leaves the
// outcome unknown.
func (p *Provider) checkPayment(options *enlistv1.OpencellOptions) error {
	invalid := func(path, description string) error {
		return providers.InvalidField(p.description.Name, path, description)
	}
	if options.GetPaymentMethod() == enlistv1.OpencellPaymentMethod_OPENCELL_PAYMENT_METHOD_DIRECTDEBIT {
		switch {
		case options.GetMandateIdentification() == "":
			return invalid("opencell.mandate_identification", "must be set when opencell.payment_method is OPENCELL_PAYMENT_METHOD_DIRECTDEBIT")
		case options.GetMandateDate() == nil:
			return invalid("opencell.mandate_date", "must be set when opencell.payment_method is OPENCELL_PAYMENT_METHOD_DIRECTDEBIT")
		}
	}
	for i, method := range options.GetPaymentMethods() {
		at := fmt.Sprintf("opencell.payment_methods[%d].", i)
		if !hasPaymentMethod(p.version(), method.GetPaymentMethodType()) {
			return invalid(at+"payment_method_type", fmt.Sprintf("must be a payment method of Opencell %d (the setting version): "+
				"PAYPAL and STRIPE need a version below %d, PAYPALPAYMENTLINK and STRIPEDIRECTLINK %d or later, SIPS %d or later",
				p.version(), newPayments, newPayments, knowsSIPS))
		}
		if method.GetPaymentMethodType() != enlistv1.OpencellPaymentMethod_OPENCELL_PAYMENT_METHOD_CARD {
			continue
		}
		for _, required := range []struct {
			name string
			set  bool
		}{
			{"card_number", method.GetCardNumber() != ""},
			{"owner", method.GetOwner() != ""},
			{"month_expiration", method.MonthExpiration != nil},
			{"year_expiration", method.YearExpiration != nil},
		} {
			if !required.set {
				return invalid(at+required.name, "must be set for a card at "+p.description.Name)
			}
		}
	}
	return nil
}

// vendorCode returns Opencell's spelling of a choice: its name without the prefix of the enum.
func vendorCode(choice protoreflect.Enum) string {
	values := choice.Descriptor().Values()
	value := values.ByNumber(choice.Number())
	if value == nil || value.Number() == 0 {
		return ""
	}
	return strings.TrimPrefix(string(value.Name()), strings.TrimSuffix(string(values.ByNumber(0).Name()), "UNSPECIFIED"))
}

func paymentMethods(details []*enlistv1.OpencellPaymentMethodDetails) []*opencellv1.PaymentMethod {
	methods := make([]*opencellv1.PaymentMethod, len(details))
	for i, detail := range details {
		methods[i] = &opencellv1.PaymentMethod{
			PaymentMethodType:     vendorCode(detail.GetPaymentMethodType()),
			Alias:                 detail.GetAlias(),
			Preferred:             detail.Preferred,
			BankCoordinates:       bank(detail.GetBankCoordinates()),
			MandateIdentification: detail.GetMandateIdentification(),
			MandateDate:           codes.Date(detail.GetMandateDate()),
			TokenId:               detail.GetTokenId(),
			CardNumber:            detail.GetCardNumber(),
			Owner:                 detail.GetOwner(),
			MonthExpiration:       detail.MonthExpiration,
			YearExpiration:        detail.YearExpiration,
			IssueNumber:           detail.GetIssueNumber(),
			CardType:              vendorCode(detail.GetCardType()),
			CustomerAccountCode:   detail.GetCustomerAccountCode(),
			Id:                    detail.Id,
			Disabled:              detail.Disabled,
			UserId:                detail.GetUserId(),
			Email:                 detail.GetEmail(),
			Info1:                 detail.GetInfo1(),
			Info2:                 detail.GetInfo2(),
			Info3:                 detail.GetInfo3(),
			Info4:                 detail.GetInfo4(),
			Info5:                 detail.GetInfo5(),
			ReferenceDocumentCode: detail.GetReferenceDocumentCode(),
			UntdidPaymentMeans:    detail.GetUntdidPaymentMeans(),
			CustomFields:          customFields(nil, detail.GetCustomFields()),
		}
	}
	return methods
}

func bank(bank *enlistv1.OpencellBankCoordinates) *opencellv1.BankCoordinates {
	if bank == nil {
		return nil
	}
	return &opencellv1.BankCoordinates{
		Iban: bank.GetIban(), Bic: bank.GetBic(), AccountOwner: bank.GetAccountOwner(), BankName: bank.GetBankName(),
		BankCode: bank.GetBankCode(), BranchCode: bank.GetBranchCode(), AccountNumber: bank.GetAccountNumber(), Key: bank.GetKey(),
		BankId: bank.GetBankId(), IssuerNumber: bank.GetIssuerNumber(), IssuerName: bank.GetIssuerName(), Ics: bank.GetIcs(),
	}
}

// shortestSecret is the least length of a secret that Enlist searches for in the vendor's texts. A
// shorter one could match unrelated words.
const shortestSecret = 3

// secrets returns the secret values of a hierarchy.
func secrets(hierarchy *opencellv1.CrmAccountHierarchy) []string {
	secrets := []string{hierarchy.GetBankCoordinates().GetIban(), hierarchy.GetBankCoordinates().GetAccountNumber()}
	for _, method := range hierarchy.GetMethodOfPayment() {
		bank := method.GetBankCoordinates()
		secrets = append(secrets, method.GetTokenId(), method.GetCardNumber(), bank.GetIban(), bank.GetAccountNumber())
		if len(method.GetIssueNumber()) >= shortestSecret {
			secrets = append(secrets, method.GetIssueNumber())
		}
	}
	return secrets
}
