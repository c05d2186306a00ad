package sellandsign

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
)

// newProperty is the id of a new free property in a request.
const newProperty = -1

// parameters maps a request to Sell&Sign's parameters.
func (p *Provider) parameters(request *enlistv1.CreateCustomerRequest) *sellandsignv1.SelectOrCreateCustomer {
	customer, address := providers.AsSent(request.GetCustomer()), request.GetCustomer().GetBillingAddress()
	options := providers.WithDefaults(request.GetSellAndSign(), p.settings.GetDefaults())
	var lines [5]string // the greatest number in the contract
	copy(lines[:], address.GetLines())
	number := cmp.Or(customer.GetId(), request.GetRequestId())
	return &sellandsignv1.SelectOrCreateCustomer{
		Number:             number,
		CustomerCode:       cmp.Or(options.GetCustomerCode(), number),
		CompanyName:        customer.GetOrganization().GetName(),
		RegistrationNumber: customer.GetOrganization().GetRegistrationNumber(),
		Address_1:          lines[0],
		Address_2:          lines[1],
		PostalCode:         address.GetPostalCode(),
		City:               address.GetCity(),
		Country:            address.GetCountryCode(),
		Civility:           p.civility(request),
		Firstname:          customer.GetName().GetGivenName(),
		Lastname:           customer.GetName().GetFamilyName(),
		Email:              customer.GetEmail(),
		CellPhone:          withoutSeparators(customer.GetMobile()),
		Phone:              customer.GetPhone(),
		JobTitle:           customer.GetJobTitle(),
		Birthdate:          milliseconds(customer.GetBirthDate()),
		Birthplace:         customer.GetBirthPlace(),
		Properties:         properties(number, customer.GetProperties()),
	}
}

// reconcileFields returns the fate of each field.
func (p *Provider) reconcileFields(
	request *enlistv1.CreateCustomerRequest, parameters *sellandsignv1.SelectOrCreateCustomer,
) ([]*enlistv1.FieldFate, error) {
	fates, err := p.description.Fields.Reconcile(p.description.Name, request, parameters)
	for _, fate := range fates {
		switch {
		case isNumberAsCode(fate):
			fate.Fate = enlistv1.Fate_FATE_TRANSFORMED
			fate.Note = "also sent as the customer code, because sell_and_sign.customer_code is not set"
		case strings.HasPrefix(fate.GetPath(), "customer.properties["):
			fate.Note = "sent in a separate request after the creation"
		}
	}
	return fates, err
}

// isNumberAsCode reports whether a fate is that of the number, which Enlist also sends as the
// customer code if there is none.
func isNumberAsCode(fate *enlistv1.FieldFate) bool {
	return fate.GetWireField() == "customer_code" && fate.GetPath() != "sell_and_sign.customer_code"
}

// isDefaultCode reports whether a fate is that of the setting's default for the customer code.
func isDefaultCode(fate *enlistv1.FieldFate) bool {
	return fate.GetWireField() == "customer_code" && fate.GetFate() == enlistv1.Fate_FATE_DEFAULTED
}

// civility returns the form of address: the request's option, else the meaning of the title, else
// the setting's default. It is empty for a title that means neither MONSIEUR nor MADAME.
func (p *Provider) civility(request *enlistv1.CreateCustomerRequest) string {
	if own := civilityIn(request.GetSellAndSign()); own != "" {
		return own
	}
	if title := request.GetCustomer().GetName().GetTitle(); title != "" {
		return civilityOf(title)
	}
	return civilityIn(p.settings.GetDefaults())
}

// civilityIn returns the form of address in the options, or "".
func civilityIn(options *enlistv1.SellAndSignOptions) string {
	if code := options.GetCivilityCode(); code != "" {
		return code
	}
	if options.GetCivility() == enlistv1.SellAndSignCivility_SELL_AND_SIGN_CIVILITY_UNSPECIFIED {
		return ""
	}
	return strings.TrimPrefix(options.GetCivility().String(), "SELL_AND_SIGN_CIVILITY_")
}

func civilityOf(title string) string {
	switch strings.ToUpper(strings.TrimSpace(strings.ReplaceAll(title, ".", ""))) {
	case "MR", "MISTER", "SIR", "M", "MONSIEUR":
		return "MONSIEUR"
	case "MRS", "MS", "MISS", "LADY", "MME", "MADAME", "MLLE", "MADEMOISELLE":
		return "MADAME"
	}
	return ""
}

// withoutSeparators removes the separators from a telephone number. Nobody dials a zero in
// parentheses after a country code, but without the parentheses it would be dialled. So such a
// number stays unchanged, and the rule refuses it.
func withoutSeparators(number string) string {
	international := strings.HasPrefix(number, "+") || strings.HasPrefix(number, "00")
	if international && strings.Contains(strings.ReplaceAll(number, " ", ""), "(0") {
		return number
	}
	return strings.Map(func(character rune) rune {
		if strings.ContainsRune(" ()./-", character) {
			return -1
		}
		return character
	}, number)
}

// milliseconds converts a date to midnight UTC in milliseconds since 1970.
func milliseconds(day *date.Date) *int64 {
	if day == nil {
		return nil
	}
	return proto.Int64(time.Date(int(day.GetYear()), time.Month(day.GetMonth()), int(day.GetDay()), 0, 0, 0, 0, time.UTC).UnixMilli())
}

// properties returns the free properties by key.
func properties(number string, values map[string]string) []*sellandsignv1.CustomerProperty {
	properties := make([]*sellandsignv1.CustomerProperty, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		properties = append(properties, &sellandsignv1.CustomerProperty{
			CustomerNumber: number, Key: key, Value: proto.String(values[key]), Id: newProperty,
		})
	}
	return properties
}
