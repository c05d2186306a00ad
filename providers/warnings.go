package providers

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Unreadable returns a warning for each member of a vendor's response whose JSON type is not the
// documented one.
func Unreadable(odd []wire.Odd) []*enlistv1.Warning {
	var warnings []*enlistv1.Warning
	for _, member := range odd {
		message := "Enlist could not read this member of the vendor's response, because its JSON type is not the documented one."
		if member.Converted {
			message = "The JSON type of this member of the vendor's response is not the documented one. " +
				"Enlist read it as text, which may differ from the stored value."
		}
		warnings = append(warnings, &enlistv1.Warning{
			Code: enlistv1.WarningCode_WARNING_CODE_UNREADABLE_VALUE, Path: readInto(member.Field), Message: message, VendorCode: member.Path,
		})
	}
	return warnings
}

// UnknownForm returns a warning about a member of a vendor's response unless Enlist could read it.
// vendorCode is the vendor's name of the member.
func UnknownForm(isReadable bool, path, vendorCode string) []*enlistv1.Warning {
	if isReadable {
		return nil
	}
	return []*enlistv1.Warning{{
		Code: enlistv1.WarningCode_WARNING_CODE_UNREADABLE_VALUE, Path: path, VendorCode: vendorCode,
		Message: "Enlist does not know the form of this member of the vendor's response, and omits its value. " +
			"Set include_vendor_record to see it.",
	}}
}

// readInto returns the path of the canonical field that a field of a vendor's response fills, or
// "".
func readInto(field protoreflect.FieldDescriptor) string {
	return annotation(field).GetPath()
}

// UnknownCountry returns a warning if the vendor stores a country that is neither a code nor a
// known name, so customer cannot represent it. vendorCode is the vendor's name of the member.
func UnknownCountry(held, path, vendorCode string) []*enlistv1.Warning {
	if held == "" || codes.CountryIn(held) != "" {
		return nil
	}
	return []*enlistv1.Warning{{
		Code: enlistv1.WarningCode_WARNING_CODE_UNREPRESENTED_VALUE, Path: path, VendorCode: vendorCode,
		Message: "The vendor stores a country that is neither an ISO 3166-1 code nor a known name, so customer does not contain it. " +
			"Set include_vendor_record to see it.",
	}}
}

// IDChanged returns a warning if the vendor stores the requested customer under another id.
func IDChanged(requested, held string) []*enlistv1.Warning {
	if requested == "" || held == "" || requested == held {
		return nil
	}
	return []*enlistv1.Warning{{
		Code: enlistv1.WarningCode_WARNING_CODE_ID_CHANGED, Path: "customer.id",
		Message: "The vendor stores the id in another form than requested (case, spaces or leading zeros, for example). " +
			"Use customer.id of this response from now on.",
	}}
}
