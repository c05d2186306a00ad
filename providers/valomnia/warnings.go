package valomnia

import (
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
)

// warningsOf returns the warnings about a response with a customer: those of its record, and
// another form of the reference.
func warningsOf(requested string, there *said) []*enlistv1.Warning {
	return append(slices.Clone(there.warnings), providers.IDChanged(requested, there.GetReference())...)
}

// countryWarnings returns a warning for each country that is neither a code nor a known name, so
// customer cannot represent it.
func countryWarnings(record *valomniav1.CustomerRecord) []*enlistv1.Warning {
	warnings := providers.UnknownCountry(record.GetBillingCountry(), "customer.billing_address.country_code", "billingCountry")
	if !record.GetIsSameAddress() {
		warnings = append(warnings, providers.UnknownCountry(record.GetCountry(), "customer.shipping_address.country_code", "country")...)
	}
	return warnings
}

// formWarnings returns a warning for each member whose value has an unknown form.
func formWarnings(record *valomniav1.CustomerRecord) []*enlistv1.Warning {
	isTime := func(text string) bool { return text == "" || instant(text) != nil }
	_, isParent := parentID(record.GetParentCustomer())
	return slices.Concat(
		providers.UnknownForm(isTime(record.GetDateCreated()), "customer.create_time", "dateCreated"),
		providers.UnknownForm(isTime(record.GetLastUpdated()), "customer.update_time", "lastUpdated"),
		providers.UnknownForm(isParent, `customer.vendor_ids["parent_customer_id"]`, "parentCustomer"))
}
