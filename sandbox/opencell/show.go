package opencell

import (
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// shownField is a property of the request and its name in an account that is read.
type shownField struct{ from, as string }

// shownFields lists what an account of each level shows, besides what all levels share.
func shownFields(level int) []shownField {
	switch level {
	case customer:
		return []shownField{
			{"crmParentCode", "seller"},
			{"customerCategory", "customerCategory"},
			{"customerBrand", "customerBrand"},
			{"mandateIdentification", "mandateIdentification"},
			{"mandateDate", "mandateDate"},
			{"isCompany", "isCompany"},
			{"contactInformation", "contactInformation"},
			{"customFields", "customFields"},
			{"customerInvoicingThreshold", "invoicingThreshold"},
			{"customerCheckThreshold", "checkThreshold"},
			{"customerThresholdPerEntity", "thresholdPerEntity"},
			{"parentCustomerCode", "parentCustomerCode"},
		}
	case customerAccount:
		return []shownField{
			{"currency", "currency"},
			{"language", "language"},
			{"caStatus", "status"},
			{"creditCategory", "creditCategory"},
			{"dunningLevel", "dunningLevel"},
			{"dateStatus", "dateStatus"},
			{"dateDunningLevel", "dateDunningLevel"},
			{"contactInformation", "contactInformation"},
			{"methodOfPayment", "methodOfPayment"},
			{"customerAccountInvoicingThreshold", "invoicingThreshold"},
			{"customerAccountCheckThreshold", "checkThreshold"},
			{"customerAccountThresholdPerEntity", "thresholdPerEntity"},
		}
	case billingAccount:
		return []shownField{
			{"billingCycle", "billingCycle"},
			{"country", "country"},
			{"language", "language"},
			{"email", "email"},
			{"electronicBilling", "electronicBilling"},
			{"baStatus", "status"},
			{"nextInvoiceDate", "nextInvoiceDate"},
			{"subscriptionDate", "subscriptionDate"},
			{"terminationDate", "terminationDate"},
			{"terminationReason", "terminationReason"},
			{"mailingType", "mailingType"},
			{"emailTemplate", "emailTemplate"},
			{"ccedEmails", "ccedEmails"},
			{"invoicingThreshold", "invoicingThreshold"},
			{"checkThreshold", "checkThreshold"},
			{"thresholdPerEntity", "thresholdPerEntity"},
			{"paymentTerms", "paymentTerms"},
			{"bankCoordinates", "bankCoordinates"},
			{"taxCategoryCode", "taxCategoryCode"},
		}
	case userAccount:
		return []shownField{
			{"uaStatus", "status"},
			{"subscriptionDate", "subscriptionDate"},
			{"terminationDate", "terminationDate"},
			{"terminationReason", "terminationReason"},
		}
	}
	return nil
}

// showAccount returns the account of that level with the accounts below it.
func (o *server) showAccount(r *engine.Customer, level int) map[string]any {
	shown := map[string]any{"code": r.Key}
	for _, name := range []string{"description", "externalRef1", "externalRef2", "name", "address", "jobTitle", "vatNo", "registrationNo", "legalEntityType"} {
		if value, ok := r.Fields[name]; ok {
			shown[name] = o.form[name].asRead(value)
		}
	}
	if level > customer {
		shown["status"] = "ACTIVE"
	}
	for _, field := range shownFields(level) {
		if value, ok := r.Fields[field.from]; ok {
			shown[field.as] = o.form[field.from].asRead(value)
		}
	}
	if method, ok := r.Fields["paymentMethod"]; ok && level == customerAccount && shown["methodOfPayment"] == nil {
		shown["methodOfPayment"] = []any{map[string]any{"paymentMethodType": method, "preferred": true}}
	}
	if level == userAccount {
		return shown
	}
	below := []any{}
	levels := r.Detail.(*hierarchy)
	if level < levels.bottom {
		below = append(below, o.showAccount(r, level+1))
	}
	for _, child := range levels.children {
		if child.Detail.(*hierarchy).top == level+1 {
			below = append(below, o.showAccount(child, level+1))
		}
	}
	for _, account := range below {
		account.(map[string]any)[[]string{"", "", "customer", "customerAccount", "billingAccount"}[level+1]] = r.Key
	}
	one := []string{"", "customerAccount", "billingAccount", "userAccount"}[level]
	shown[one+"s"] = map[string]any{one: below}
	return shown
}

// asRead returns a value of a request as a read gives it: dates, at any depth, are milliseconds
// since 1970. Real servers count from midnight in their own time zone. This one uses UTC.
func (p property) asRead(value any) any {
	switch value := value.(type) {
	case string:
		if day, err := time.Parse(time.DateOnly, value); err == nil && p.kind == aDate {
			return day.UnixMilli()
		}
	case map[string]any:
		read := make(map[string]any, len(value))
		for name, member := range value {
			inner := p.fields[name]
			if p.kind == aMap {
				inner = *p.element
			}
			read[name] = inner.asRead(member)
		}
		return read
	case []any:
		if p.kind != aList {
			return value
		}
		read := make([]any, len(value))
		for i, item := range value {
			read[i] = p.element.asRead(item)
		}
		return read
	}
	return value
}
