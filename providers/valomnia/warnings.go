package valomnia

import (
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
)

// warningsOf returns what a response about a customer warns of: its record, and a reference in
// another form than the requested one.
func warningsOf(requested string, there *said) []*enlistv1.Warning {
	return append(slices.Clone(there.warnings), providers.IDChanged(requested, there.GetReference())...)
}

// countryWarnings returns a warning for each country that is neither a code nor a name that Enlist
// knows: customer cannot represent it.
func countryWarnings(record *valomniav1.CustomerRecord) []*enlistv1.Warning {
	var warnings []*enlistv1.Warning
	warn := func(held, path, member string) {
		if held != "" && codes.CountryIn(held) == "" {
			warnings = append(warnings, &enlistv1.Warning{
				Code: enlistv1.WarningCode_WARNING_CODE_UNREPRESENTED_VALUE, Path: path, VendorCode: member,
				Message: "The vendor holds a country here that is neither an ISO 3166-1 code nor a known name, so customer cannot represent it. " +
					"Set include_vendor_record to see it.",
			})
		}
	}
	warn(record.GetBillingCountry(), "customer.billing_address.country_code", "billingCountry")
	if !record.GetIsSameAddress() {
		warn(record.GetCountry(), "customer.shipping_address.country_code", "country")
	}
	return warnings
}
