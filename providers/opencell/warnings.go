package opencell

import (
	"cmp"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
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

// vendorWarning returns the warning that the vendor gives with a success.
func vendorWarning(vendor *enlistv1.VendorError) *enlistv1.Warning {
	warning := &enlistv1.Warning{Code: enlistv1.WarningCode_WARNING_CODE_VENDOR_WARNING}
	for _, message := range vendor.GetMessages() {
		warning.VendorCode, warning.Message = message.GetCode(), message.GetMessage()
	}
	warning.Message = cmp.Or(warning.GetMessage(), "The vendor did what was asked for, and warned without saying of what.")
	return warning
}
