package valomnia

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/wire"
)

// form maps a request to Valomnia's parameters.
func (p *Provider) form(request *enlistv1.CreateCustomerRequest) (*valomniav1.CustomerForm, error) {
	if p.mixesIDs(request.GetValomnia()) {
		return nil, providers.InvalidField(p.description.Name, "valomnia.use_external_id",
			"must be as in the setting defaults, or parent_customer, customer_segmentation_id, user_id and payment_type_ids "+
				"must be set, too: the defaults contain ids of the other kind")
	}
	customer, options := providers.AsSent(request.GetCustomer()), providers.WithDefaults(request.GetValomnia(), p.settings.GetDefaults())
	billing, shipping := customer.GetBillingAddress(), customer.GetShippingAddress()
	form := &valomniav1.CustomerForm{
		Reference:                 cmp.Or(customer.GetId(), request.GetRequestId()),
		Name:                      name(customer),
		Reference2:                options.GetReference2(),
		Barcode:                   options.GetBarcode(),
		IsActive:                  options.IsActive,
		CategoryId:                customer.GetCategory(),
		IsSubCustomer:             options.IsSubCustomer,
		ParentCustomer:            options.GetParentCustomer(),
		BillWithParent:            options.BillWithParent,
		CustomerSegmentationId:    options.GetCustomerSegmentationId(),
		UserId:                    options.GetUserId(),
		IsSameAddress:             p.isSameAddress(request),
		BillingCountry:            billing.GetCountryCode(),
		BillingCity:               billing.GetCity(),
		BillingPostalCode:         billing.GetPostalCode(),
		BillingAddress:            street(billing),
		BillingLat:                latitude(billing),
		BillingLng:                longitude(billing),
		Country:                   shipping.GetCountryCode(),
		City:                      shipping.GetCity(),
		PostalCode:                shipping.GetPostalCode(),
		Address:                   street(shipping),
		Latitude:                  latitude(shipping),
		Longitude:                 longitude(shipping),
		Email:                     customer.GetEmail(),
		Phone:                     customer.GetPhone(),
		Mobile:                    customer.GetMobile(),
		Fax:                       customer.GetFax(),
		Comment:                   customer.GetComment(),
		Website:                   customer.GetWebsite(),
		CreditLimit:               options.CreditLimit,
		DueDateConfigNumber:       options.DueDateConfigNumber,
		DueDateConfigType:         dueDateConfigType(options.GetDueDateConfigType()),
		TaxNumber:                 customer.GetOrganization().GetVatNumber(),
		CompanyRegistrationNumber: customer.GetOrganization().GetRegistrationNumber(),
		Currency:                  customer.GetCurrencyCode(),
		RegionId:                  options.RegionId,
		CustomerRisk:              options.GetCustomerRisk(),
		CustomerRiskColor:         options.GetCustomerRiskColor(),
		OnHold:                    options.OnHold,
		OnHoldReason:              options.GetOnHoldReason(),
		UseExternalId:             options.UseExternalId,
	}
	if image := options.GetImage(); image != nil {
		form.ImageFile = &valomniav1.ImageFile{Filename: image.GetFilename(), Content: image.GetContent()}
	}
	var err error
	if form.PaymentTypes, err = p.paymentTypes(options.GetPaymentTypeIds(), options.GetUseExternalId()); err != nil {
		return nil, err
	}
	return form, p.check(form)
}

// mixesIDs reports whether the request names a kind of ids, and the setting defaults fills in ids
// of the other kind.
func (p *Provider) mixesIDs(own *enlistv1.ValomniaOptions) bool {
	standard := p.settings.GetDefaults()
	if own.GetUseExternalId() == standard.GetUseExternalId() || own == nil || own.UseExternalId == nil {
		return false
	}
	return own.GetParentCustomer() == "" && standard.GetParentCustomer() != "" ||
		own.GetCustomerSegmentationId() == "" && standard.GetCustomerSegmentationId() != "" ||
		own.GetUserId() == "" && standard.GetUserId() != "" ||
		len(own.GetPaymentTypeIds()) == 0 && len(standard.GetPaymentTypeIds()) > 0
}

// check checks the rules that no annotation can express: fields that need, or exclude, each other.
func (p *Provider) check(form *valomniav1.CustomerForm) error {
	invalid := func(path, description string) error {
		return providers.InvalidField(p.description.Name, path, description)
	}
	shipping := form.GetCountry()+form.GetCity()+form.GetPostalCode()+form.GetAddress() != "" || form.Latitude != nil || form.Longitude != nil
	switch {
	case form.GetIsSubCustomer() && form.GetParentCustomer() == "":
		return invalid("valomnia.parent_customer", "must be set when valomnia.is_sub_customer is true")
	case form.GetDueDateConfigType() != "" && form.DueDateConfigNumber == nil:
		return invalid("valomnia.due_date_config_number", "must be set when valomnia.due_date_config_type is set")
	case form.GetIsSameAddress() && shipping:
		return invalid("valomnia.is_same_address", "must not be true when customer.shipping_address is set")
	}
	return nil
}

// isSameAddress returns the request's option, else false for a customer with a shipping address,
// else the setting's default.
func (p *Provider) isSameAddress(request *enlistv1.CreateCustomerRequest) *bool {
	if own := request.GetValomnia(); own != nil && own.IsSameAddress != nil {
		return own.IsSameAddress
	}
	standard := p.settings.GetDefaults()
	hasShipping := proto.Size(request.GetCustomer().GetShippingAddress()) > 0
	return proto.Bool(!hasShipping && (standard == nil || standard.IsSameAddress == nil || standard.GetIsSameAddress()))
}

// name returns the one name that Valomnia stores.
func name(customer *enlistv1.Customer) string {
	person := strings.TrimSpace(customer.GetName().GetGivenName() + " " + customer.GetName().GetFamilyName())
	return cmp.Or(customer.GetDisplayName(), customer.GetOrganization().GetName(), person)
}

// street joins the lines of an address.
func street(address *enlistv1.Address) string { return strings.Join(address.GetLines(), ", ") }

func latitude(address *enlistv1.Address) *float64 {
	if address == nil {
		return nil
	}
	return address.Latitude
}

func longitude(address *enlistv1.Address) *float64 {
	if address == nil {
		return nil
	}
	return address.Longitude
}

// dueDateConfigType returns the number of a type in requests. Responses have the type in words.
func dueDateConfigType(from enlistv1.ValomniaDueDateConfigType) string {
	switch from {
	case enlistv1.ValomniaDueDateConfigType_VALOMNIA_DUE_DATE_CONFIG_TYPE_AFTER_INVOICE_DATE:
		return "1"
	case enlistv1.ValomniaDueDateConfigType_VALOMNIA_DUE_DATE_CONFIG_TYPE_AFTER_END_OF_INVOICE_MONTH:
		return "2"
	default:
		return ""
	}
}

// paymentTypes returns ids as the JSON in the form field: numbers or, for external ids, references
// as strings. Valomnia's sample has = in place of the colons, but its parser needs valid JSON.
func (p *Provider) paymentTypes(ids []string, external bool) (string, error) {
	type paymentType struct {
		ID any `json:"id"`
	}
	types := make([]paymentType, len(ids))
	for i, id := range ids {
		number, err := strconv.ParseInt(id, 10, 64)
		switch {
		case external:
			types[i].ID = id
		case err == nil:
			types[i].ID = number
		default:
			return "", providers.InvalidField(p.description.Name, fmt.Sprintf("valomnia.payment_type_ids[%d]", i),
				"must be a number, or with valomnia.use_external_id a reference")
		}
	}
	if len(types) == 0 {
		return "", nil
	}
	encoded, err := json.Marshal(types)
	return string(encoded), err
}

// image returns the file part, with the type of its content.
func (p *Provider) image(file *valomniav1.ImageFile) (wire.File, error) {
	contentType := http.DetectContentType(file.GetContent())
	if !slices.Contains([]string{"image/jpeg", "image/gif", "image/png", "image/bmp"}, contentType) {
		return wire.File{}, providers.InvalidField(p.description.Name, "valomnia.image.content",
			"must be a jpg, gif, png or bmp image, but its first bytes are not of such an image")
	}
	return wire.File{Field: "imageFile", Name: file.GetFilename(), ContentType: contentType, Content: file.GetContent()}, nil
}
