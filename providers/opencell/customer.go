package opencell

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
)

// created returns the customer as sent, with Opencell's form of the code. Opencell's response to a
// creation does not contain the customer.
func (c *creation) created(code string) *enlistv1.Customer {
	customer := providers.WithoutDropped(c.request, c.fates)
	customer.Id = code
	customer.Source = enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	customer.VendorIds = nil
	if c.hierarchy.GetCrmAccountType() == allFour {
		customer.VendorIds = map[string]string{
			"customer_account_code": code,
			"billing_account_code":  code,
			"user_account_code":     code,
		}
	}
	return customer
}

// customer converts Opencell's record to a customer. It reads the values of the lower accounts from
// the first account of each level.
func customer(record *opencellv1.CustomerRecord) *enlistv1.Customer {
	customer := &enlistv1.Customer{
		Id:             record.GetCode(),
		DisplayName:    record.GetDescription(),
		JobTitle:       record.GetJobTitle(),
		Email:          record.GetContactInformation().GetEmail(),
		Phone:          record.GetContactInformation().GetPhone(),
		Mobile:         record.GetContactInformation().GetMobile(),
		Fax:            record.GetContactInformation().GetFax(),
		Category:       record.GetCustomerCategory(),
		BillingAddress: billingAddress(record.GetAddress()),
		Properties:     properties(record),
		VendorIds:      map[string]string{},
		Source:         enlistv1.RecordSource_RECORD_SOURCE_VENDOR,
	}
	if name := record.GetName(); name != nil {
		customer.Name = &enlistv1.PersonName{Title: name.GetTitle(), GivenName: name.GetFirstName(), FamilyName: name.GetLastName()}
	}
	if record.GetVatNo() != "" || record.GetRegistrationNo() != "" {
		customer.Organization = &enlistv1.Organization{VatNumber: record.GetVatNo(), RegistrationNumber: record.GetRegistrationNo()}
	}
	if ref := record.GetExternalRef1(); ref != "" {
		customer.VendorIds["external_ref1"] = ref
	}
	addAccounts(customer, record.GetCustomerAccounts().GetCustomerAccount())
	return customer
}

func addAccounts(customer *enlistv1.Customer, accounts []*opencellv1.CustomerAccount) {
	if len(accounts) == 0 {
		return
	}
	account := accounts[0]
	customer.VendorIds["customer_account_code"] = account.GetCode()
	customer.CurrencyCode = account.GetCurrency()
	customer.LanguageCode = codes.LanguageOfAlpha3(account.GetLanguage())
	billing := account.GetBillingAccounts().GetBillingAccount()
	if len(billing) == 0 {
		return
	}
	customer.VendorIds["billing_account_code"] = billing[0].GetCode()
	customer.Email = cmp.Or(customer.GetEmail(), billing[0].GetEmail())
	if users := billing[0].GetUserAccounts().GetUserAccount(); len(users) > 0 {
		customer.VendorIds["user_account_code"] = users[0].GetCode()
	}
}

func billingAddress(address *opencellv1.Address) *enlistv1.Address {
	if address == nil {
		return nil
	}
	lines := []string{address.GetAddress1(), address.GetAddress2(), address.GetAddress3(), address.GetAddress4(), address.GetAddress5()}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return &enlistv1.Address{
		Lines: lines, City: address.GetCity(), PostalCode: address.GetZipCode(), Region: address.GetState(), CountryCode: address.GetCountry(),
	}
}

// levels returns the custom fields of the customer and of the first account of each lower level.
// Opencell stores a field at the levels that it is configured for.
func levels(record *opencellv1.CustomerRecord) [][]*opencellv1.RecordedCustomField {
	all := [][]*opencellv1.RecordedCustomField{record.GetCustomFields().GetCustomField()}
	for _, account := range first(record.GetCustomerAccounts().GetCustomerAccount()) {
		all = append(all, account.GetCustomFields().GetCustomField())
		for _, billing := range first(account.GetBillingAccounts().GetBillingAccount()) {
			all = append(all, billing.GetCustomFields().GetCustomField())
			for _, user := range first(billing.GetUserAccounts().GetUserAccount()) {
				all = append(all, user.GetCustomFields().GetCustomField())
			}
		}
	}
	return all
}

// first returns the first element, or none.
func first[E any](list []E) []E { return list[:min(len(list), 1)] }

// properties returns the custom fields as text, and dates as yyyy-MM-dd. If a field has several
// periods or levels, it returns the first value that it can read.
func properties(record *opencellv1.CustomerRecord) map[string]string {
	properties := map[string]string{}
	for _, field := range slices.Concat(levels(record)...) {
		if _, isThere := properties[field.GetCode()]; isThere || field.GetCode() == "" {
			continue
		}
		switch {
		case field.StringValue != nil:
			properties[field.GetCode()] = field.GetStringValue()
		case field.LongValue != nil:
			properties[field.GetCode()] = strconv.FormatInt(field.GetLongValue(), 10)
		case field.DoubleValue != nil:
			properties[field.GetCode()] = strconv.FormatFloat(field.GetDoubleValue(), 'f', -1, 64)
		case field.BooleanValue != nil:
			properties[field.GetCode()] = strconv.FormatBool(field.GetBooleanValue())
		default:
			if date, ok := dateOf(field.GetDateValue()); ok {
				properties[field.GetCode()] = date
			}
		}
	}
	return properties
}

// dateOf reads a date: milliseconds in the years 1 to 9999, or a text that begins with yyyy-MM-dd,
// which it returns whole.
func dateOf(value *structpb.Value) (date string, ok bool) {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		day := kind.StringValue[:min(len(kind.StringValue), len(time.DateOnly))]
		_, err := time.Parse(time.DateOnly, day)
		return kind.StringValue, err == nil
	case *structpb.Value_NumberValue:
		// It is midnight in the server's zone. The nearest midnight in UTC is on the same day.
		millis := kind.NumberValue + float64((12 * time.Hour).Milliseconds())
		if millis < firstMilli || millis > lastMilli {
			return "", false
		}
		return time.UnixMilli(int64(millis)).UTC().Format(time.DateOnly), true
	}
	return "", false
}

// The first and the last millisecond of the years 1 to 9999.
const (
	firstMilli = -62135596800000
	lastMilli  = 253402300799999
)
