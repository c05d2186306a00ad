package opencell

import (
	"cmp"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
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

// idChanged returns a warning if Opencell holds a customer under another code than the requested
// one. A code that is not even nearly equal needs proof that the customer is the requested one.
func idChanged(requested, held string) []*enlistv1.Warning {
	if match.Keys(requested, held) != match.Different {
		return providers.IDChanged(requested, held)
	}
	return []*enlistv1.Warning{{
		Code: enlistv1.WarningCode_WARNING_CODE_ID_CHANGED, Path: "customer.id",
		Message: "Opencell holds this customer under another code than the requested one. Use customer.id of this response from now on.",
	}}
}
