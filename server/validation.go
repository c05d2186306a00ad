package server

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/rules"
)

// check tests a request against the rules of the contract: those in the annotations, then those that no annotation can say
// (codes that exist, complete dates, finite numbers, a name). What is wrong with a provider's name says which there are.
func check(ctx context.Context, message proto.Message, connected connections) error {
	var walk walk
	walk.visit(message.ProtoReflect(), nil)
	violations := append(walk.unknown, rules.Check(message)...)
	if create, ok := message.(*enlistv1.CreateCustomerRequest); ok {
		violations = checkCreate(create, walk.impossible, violations)
	}
	if len(violations) == 0 {
		return nil
	}
	for i := range violations {
		if violations[i].Path == "provider" {
			violations[i].Description += "; there are " + strings.Join(connected.names(ctx), ", ")
		}
	}
	text := "1 field is not valid: "
	if len(violations) > 1 {
		text = fmt.Sprintf("%d fields are not valid. First: ", len(violations))
	}
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_INVALID_FIELD,
		Message:    text + violations[0].Path + " " + violations[0].Description + ".",
		Violations: violations,
	}
}

// checkCreate adds to what was found; a field that breaks a rule already is not named again.
func checkCreate(request *enlistv1.CreateCustomerRequest, impossible, found []rules.Violation) []rules.Violation {
	named := make(map[string]bool, len(found))
	for _, violation := range found {
		named[violation.Path] = true
	}
	add := func(path, description string) {
		if !named[path] {
			named[path] = true
			found = append(found, rules.Violation{Path: path, Description: description})
		}
	}
	checkCode := func(path, code string, check func(string) error) {
		if code == "" {
			return
		}
		if err := check(code); err != nil {
			add(path, err.Error())
		}
	}
	customer := request.GetCustomer()
	if customer != nil && customer.GetName() == nil && customer.GetDisplayName() == "" && customer.GetOrganization().GetName() == "" {
		add("customer.name", "must be set, or customer.display_name, or customer.organization.name: a customer needs a name")
	}
	checkCode("customer.billing_address.country_code", customer.GetBillingAddress().GetCountryCode(), codes.CheckCountry)
	checkCode("customer.shipping_address.country_code", customer.GetShippingAddress().GetCountryCode(), codes.CheckCountry)
	checkCode("customer.currency_code", customer.GetCurrencyCode(), codes.CheckCurrency)
	checkCode("customer.language_code", customer.GetLanguageCode(), codes.CheckLanguage)
	for _, violation := range impossible {
		add(violation.Path, violation.Description)
	}
	if birth := customer.GetBirthDate(); birth != nil && codes.Date(birth) > time.Now().AddDate(0, 0, 1).Format(time.DateOnly) {
		add("customer.birth_date", "must not be in the future")
	}
	return found
}
