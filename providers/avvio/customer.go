package avvio

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers/codes"
)

// customer converts Avvio's record to a customer.
func customer(account *avviov1.Account) *enlistv1.Customer {
	id := strconv.FormatInt(account.GetAccountId(), 10)
	customer := &enlistv1.Customer{
		Id:             id,
		Email:          account.GetEmail(),
		BillingAddress: billingAddress(account.GetAddress()),
		VendorIds:      map[string]string{"account_id": id},
		CreateTime:     instant(account.GetDtCreated()),
		UpdateTime:     instant(account.GetDtModified()),
		Source:         enlistv1.RecordSource_RECORD_SOURCE_VENDOR,
	}
	if name := account.GetName(); name != nil {
		customer.Name = &enlistv1.PersonName{Title: name.GetTitle(), GivenName: name.GetFirst(), FamilyName: name.GetLast()}
	}
	if username := account.GetUsername(); username != "" {
		customer.VendorIds["username"] = username
	}
	return customer
}

// countryOf returns the country of an address in Avvio's form.
func countryOf(address *avviov1.AccountAddress) string {
	return cmp.Or(address.GetCountry(), address.GetAddressCountry())
}

// billingAddress converts an address. Its members may have various names. It omits a country that
// is neither a code nor a known name; found.warnings reports it.
func billingAddress(address *avviov1.AccountAddress) *enlistv1.Address {
	if address == nil {
		return nil
	}
	lines := []string{cmp.Or(address.GetLine1(), address.GetAddressLine1()), cmp.Or(address.GetLine2(), address.GetAddressLine2())}
	return &enlistv1.Address{
		Lines:       slices.DeleteFunc(lines, func(line string) bool { return line == "" }),
		City:        cmp.Or(address.GetTown(), address.GetAddressTown()),
		PostalCode:  cmp.Or(address.GetZip(), address.GetAddressZip()),
		Region:      cmp.Or(address.GetCounty(), address.GetAddressCounty()),
		CountryCode: codes.CountryIn(countryOf(address)),
	}
}

// secondsUntil is the largest number that counts as seconds since 1970, in the year 5138. Larger
// numbers count as milliseconds.
const secondsUntil = 100_000_000_000

// isUnset reports whether a value is missing, null or an empty text.
func isUnset(value *structpb.Value) bool {
	switch kind := value.GetKind().(type) {
	case nil, *structpb.Value_NullValue:
		return true
	case *structpb.Value_StringValue:
		return kind.StringValue == ""
	}
	return false
}

// instant parses a time. Avvio does not document the form. It accepts ISO 8601 and SQL texts, in
// UTC unless they name a zone, and seconds or milliseconds since 1970. It returns nil for any other
// form.
func instant(value *structpb.Value) *timestamppb.Timestamp {
	var at time.Time
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
			if parsed, err := time.Parse(layout, kind.StringValue); err == nil {
				at = parsed
				break
			}
		}
	case *structpb.Value_NumberValue:
		switch number := kind.NumberValue; {
		case number > 0 && number <= secondsUntil:
			at = time.Unix(int64(number), 0)
		case number > secondsUntil && number <= secondsUntil*1000:
			at = time.UnixMilli(int64(number))
		}
	}
	if at.IsZero() || timestamppb.New(at).CheckValid() != nil {
		return nil
	}
	return timestamppb.New(at)
}
