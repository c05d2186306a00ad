package opencell

import (
	"fmt"
	"slices"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// checkHierarchy checks that the required values are there and that all codes are set up. A type
// that is not built in would be an account model of the operator's own. None is set up here, so
// Opencell fails without an errorCode.
func (o *server) checkHierarchy(dto map[string]any) (hierarchy, *problem) {
	levels, ok := levelsOf(engine.TextAt(dto, "crmAccountType"))
	if !ok && engine.TextAt(dto, "crmAccountType") != "" {
		return levels, &problem{}
	}
	if !ok { // the message lists what the usual type needs
		levels = hierarchy{top: customer, bottom: userAccount}
	}
	required := []string{"crmAccountType"}
	for level, names := range map[int][]string{
		customer:        {"customerCategory"},
		customerAccount: {"currency", "language"},
		billingAccount:  {"billingCycle", "country"},
	} {
		if levels.covers(level) {
			required = append(required, names...)
		}
	}
	if levels.covers(billingAccount) && dto["electronicBilling"] == true {
		required = append(required, "email")
	}
	if engine.TextAt(dto, "name", "title") != "" {
		required = append(required, "name.lastName")
	}
	var lacking []string
	for _, name := range required {
		if strings.TrimSpace(engine.TextAt(dto, strings.Split(name, ".")...)) == "" {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) > 0 {
		slices.Sort(lacking)
		return levels, missing(lacking...)
	}
	if wrong := checkPayment(dto); wrong != nil {
		return levels, wrong
	}
	return levels, o.checkReferences(dto)
}

// checkPayment checks that payment methods have what they need.
func checkPayment(dto map[string]any) *problem {
	switch method := engine.TextAt(dto, "paymentMethod"); method {
	case "", "CHECK", "WIRETRANSFER":
	case "DIRECTDEBIT":
		for _, name := range []string{"mandateIdentification", "mandateDate"} {
			if engine.TextAt(dto, name) == "" {
				return missing(name)
			}
		}
	default:
		return invalid("paymentMethod %s needs details: use methodOfPayment", method)
	}
	methods, _ := dto["methodOfPayment"].([]any)
	for i, method := range methods {
		method := method.(map[string]any)
		required := []string{"paymentMethodType"}
		if method["paymentMethodType"] == "CARD" {
			required = append(required, "cardNumber", "owner", "monthExpiration", "yearExpiration")
		}
		for _, name := range required {
			if method[name] == nil || method[name] == "" {
				return missing(fmt.Sprintf("methodOfPayment[%d].%s", i, name))
			}
		}
	}
	return nil
}

func (o *server) checkReferences(dto map[string]any) *problem {
	for _, reference := range []struct {
		path   string
		entity string
		setUp  map[string]bool
	}{
		{"name.title", "Title", o.setup.titles},
		{"customerCategory", "CustomerCategory", o.setup.categories},
		{"customerBrand", "CustomerBrand", o.setup.brands},
		{"currency", "TradingCurrency", o.setup.currencies},
		{"language", "TradingLanguage", o.setup.languages},
		{"country", "TradingCountry", o.setup.countries},
		{"address.country", "Country", o.setup.countries},
		{"billingCycle", "BillingCycle", o.setup.billingCycles},
		{"creditCategory", "CreditCategory", o.setup.creditCategories},
		{"terminationReason", "SubscriptionTerminationReason", o.setup.terminationReasons},
		{"emailTemplate", "EmailTemplate", o.setup.emailTemplates},
		{"legalEntityType.code", "Title", o.setup.titles},
	} {
		code := engine.TextAt(dto, strings.Split(reference.path, ".")...)
		if code != "" && !reference.setUp[code] {
			return absent(reference.entity, code)
		}
	}
	return nil
}
