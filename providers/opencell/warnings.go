package opencell

import (
	"cmp"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/wire"
)

// unreadable returns a warning for each odd member of a response.
func unreadable(odd []wire.Odd) []*enlistv1.Warning {
	warnings := providers.Unreadable(odd)
	for _, warning := range warnings {
		if warning.GetPath() == "opencell.title_code" { // requests and records share the message Name
			warning.Path = "customer.name.title"
		}
	}
	return warnings
}

// unreadableDates returns a warning for each custom field with a date that dateOf cannot read.
func unreadableDates(record *opencellv1.CustomerRecord) []*enlistv1.Warning {
	var warnings []*enlistv1.Warning
	for _, field := range slices.Concat(levels(record)...) {
		if _, ok := dateOf(field.GetDateValue()); ok || isNull(field.GetDateValue()) {
			continue
		}
		warnings = append(warnings, &enlistv1.Warning{
			Code: enlistv1.WarningCode_WARNING_CODE_UNREADABLE_VALUE, Path: property(field), VendorCode: field.GetCode(),
			Message: "Enlist could not read the date of this custom field, so customer does not contain it. Set include_vendor_record to see it.",
		})
	}
	return warnings
}

// property returns the path of the property that a custom field fills.
func property(field *opencellv1.RecordedCustomField) string {
	return "customer.properties[" + strconv.Quote(field.GetCode()) + "]"
}

// vendorWarning returns the vendor's own warning in a success.
func vendorWarning(vendor *enlistv1.VendorError) *enlistv1.Warning {
	warning := &enlistv1.Warning{Code: enlistv1.WarningCode_WARNING_CODE_VENDOR_WARNING}
	for _, message := range vendor.GetMessages() {
		warning.VendorCode, warning.Message = message.GetCode(), message.GetMessage()
	}
	warning.Message = cmp.Or(warning.GetMessage(), "The vendor accepted the request with a warning that has no text.")
	return warning
}

// unrepresented returns a warning for each value of a record that customer does not contain.
func unrepresented(record *opencellv1.CustomerRecord, customer *enlistv1.Customer) []*enlistv1.Warning {
	var warnings []*enlistv1.Warning
	warn := func(path, vendorCode, message string) {
		warnings = append(warnings, &enlistv1.Warning{
			Code: enlistv1.WarningCode_WARNING_CODE_UNREPRESENTED_VALUE, Path: path, VendorCode: vendorCode,
			Message: message + " Set include_vendor_record to see it.",
		})
	}
	const accountPath = "customer.customerAccounts.customerAccount"
	accounts := record.GetCustomerAccounts().GetCustomerAccount()
	if len(accounts) > 1 {
		warn(`customer.vendor_ids["customer_account_code"]`, accountPath, several("customer accounts"))
	}
	for _, account := range first(accounts) {
		const billingPath = accountPath + "[0].billingAccounts.billingAccount"
		billingAccounts := account.GetBillingAccounts().GetBillingAccount()
		if len(billingAccounts) > 1 {
			warn(`customer.vendor_ids["billing_account_code"]`, billingPath, several("billing accounts"))
		}
		for _, billing := range first(billingAccounts) {
			if email := billing.GetEmail(); email != "" && email != customer.GetEmail() {
				warn("opencell.billing_email", billingPath+"[0].email", "Opencell's billing email differs from customer.email.")
			}
			if country := billing.GetCountry(); country != "" && country != customer.GetBillingAddress().GetCountryCode() {
				warn("opencell.trading_country_code", billingPath+"[0].country",
					"Opencell's trading country differs from customer.billing_address.country_code.")
			}
			if len(billing.GetUserAccounts().GetUserAccount()) > 1 {
				warn(`customer.vendor_ids["user_account_code"]`, billingPath+"[0].userAccounts.userAccount", several("user accounts"))
			}
		}
	}
	above := map[string]*opencellv1.RecordedCustomField{}
	for _, level := range levels(record) {
		warnOfFields(level, above, warn)
	}
	return warnings
}

// several returns the message about a level with more than one account.
func several(accounts string) string {
	return "The customer has several " + accounts + ", and customer has the values of the first one and of the accounts below it only."
}

// warnOfFields warns about the custom fields of one level that the customer's properties do not
// contain. above has the fields of the higher levels, and warnOfFields adds those of this level.
func warnOfFields(level []*opencellv1.RecordedCustomField, above map[string]*opencellv1.RecordedCustomField, warn func(path, vendorCode, message string)) {
	seen := map[string]bool{}
	for _, field := range level {
		path, higher := property(field), above[field.GetCode()]
		switch {
		case field.GetCode() == "":
			warn("customer.properties", "", "Opencell returned a custom field without a code.")
		case seen[path]:
			warn(path, field.GetCode(), "This custom field has values for several periods.")
		case higher != nil && proto.Equal(field, higher): // the higher level has the warning
		case higher != nil:
			warn(path, field.GetCode(), "This custom field has different values on the customer and its accounts.")
		case isSet(field.GetValue()), isSet(field.GetMapValue()), isSet(field.GetEntityReferenceValue()), isSet(field.GetUrlReferenceValue()),
			isSet(field.GetFileValue()):
			warn(path, field.GetCode(), "This custom field has a value that is not a text, number, Boolean or date.")
		case isSet(field.GetValueDate()), isSet(field.GetValuePeriodStartDate()), isSet(field.GetValuePeriodEndDate()), isSet(field.GetValuePeriodPriority()):
			warn(path, field.GetCode(), "This custom field has its value for a period, which may not be the current one.")
		}
		seen[path] = true
		if higher == nil {
			above[field.GetCode()] = field
		}
	}
}

// isNull reports whether a member of a record is missing or null.
func isNull(value *structpb.Value) bool {
	_, null := value.GetKind().(*structpb.Value_NullValue)
	return null || value.GetKind() == nil
}

// isSet reports whether a member of a record is set and not empty.
func isSet(value *structpb.Value) bool {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_ListValue:
		return len(kind.ListValue.GetValues()) > 0
	case *structpb.Value_StructValue:
		return len(kind.StructValue.GetFields()) > 0
	}
	return !isNull(value)
}
