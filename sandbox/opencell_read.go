package sandbox

import (
	"net/http"
	"time"
)

func (o *opencell) getCustomer(c *call) answer {
	code := c.URL.Query().Get("customerCode")
	if code == "" {
		return o.fail("MISSING_PARAMETER", "Parameters required: customerCode")
	}
	r := o.account(customer, code)
	if r == nil || !r.visible(c.now) {
		return o.fail("ENTITY_DOES_NOT_EXISTS_EXCEPTION", "Customer with code "+code+" does not exist")
	}
	return jsonAnswer(http.StatusOK, map[string]any{
		"actionStatus": map[string]any{"status": "SUCCESS", "message": ""},
		"customer":     showAccount(r, customer),
	})
}

// deleteCustomer removes the customer and all below it. That it does not refuse
// because of the accounts below is an assumption.
func (o *opencell) deleteCustomer(c *call) answer {
	code := c.PathValue("code")
	r := o.account(customer, code)
	if r == nil {
		return o.fail("ENTITY_DOES_NOT_EXISTS_EXCEPTION", "Customer with code "+code+" does not exist")
	}
	o.removeTree(r)
	return opencellSuccess(nil)
}

func (o *opencell) removeTree(r *record) {
	for _, child := range r.detail.(*hierarchy).children {
		o.removeTree(child)
	}
	o.records.remove(r)
}

// shownField is a property of the request and its name in an account read back.
type shownField struct{ from, as string }

// shownFields says what an account of each level shows, besides what all share.
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
			{"paymentMethods", "paymentMethods"},
			{"customerAccountInvoicingThreshold", "invoicingThreshold"},
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

// showAccount is the account of that level with the accounts below it.
func showAccount(r *record, level int) map[string]any {
	shown := map[string]any{"code": r.key}
	for _, name := range []string{"description", "externalRef1", "externalRef2", "name", "address", "jobTitle", "vatNo", "registrationNo"} {
		if value, ok := r.fields[name]; ok {
			shown[name] = value
		}
	}
	if level > customer {
		shown["status"] = "ACTIVE"
	}
	for _, field := range shownFields(level) {
		if value, ok := r.fields[field.from]; ok {
			shown[field.as] = dated(field.from, value)
		}
	}
	if method, ok := r.fields["paymentMethod"]; ok && level == customerAccount && shown["paymentMethods"] == nil {
		shown["paymentMethods"] = []any{map[string]any{"paymentMethodType": method, "preferred": true}}
	}
	if level == userAccount {
		return shown
	}
	below := []any{}
	levels := r.detail.(*hierarchy)
	if level < levels.bottom {
		below = append(below, showAccount(r, level+1))
	}
	for _, child := range levels.children {
		if child.detail.(*hierarchy).top == level+1 {
			below = append(below, showAccount(child, level+1))
		}
	}
	for _, account := range below {
		account.(map[string]any)[[]string{"", "", "customer", "customerAccount", "billingAccount"}[level+1]] = r.key
	}
	one := []string{"", "customerAccount", "billingAccount", "userAccount"}[level]
	shown[one+"s"] = map[string]any{one: below}
	return shown
}

// dated gives a date as milliseconds since 1970. Real servers count from
// midnight in their own time zone; this one's is UTC.
func dated(name string, value any) any {
	switch name {
	case "subscriptionDate", "terminationDate", "mandateDate", "nextInvoiceDate", "dateStatus", "dateDunningLevel":
		if day, err := time.Parse(time.DateOnly, value.(string)); err == nil {
			return day.UnixMilli()
		}
	}
	return value
}
