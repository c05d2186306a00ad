package opencell

import (
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Every request pays for mapping and checking.
func BenchmarkPrepare(b *testing.B) {
	provider, err := New(&configv1.Provider{Name: "opencell", Vendor: &configv1.Provider_Opencell{Opencell: &configv1.Opencell{
		BaseUrl: "http://vendor.example", Username: "u", Password: "p", SellerCode: "MAIN_SELLER", CustomerCategory: "CLIENT", CurrencyCode: "EUR",
		LanguageCode: "en", Defaults: &enlistv1.OpencellOptions{BillingCycle: "BC_MONTHLY_1ST"},
	}}})
	if err != nil {
		b.Fatal(err)
	}
	request := &enlistv1.CreateCustomerRequest{
		Provider: "opencell", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", OnExisting: enlistv1.OnExisting_ON_EXISTING_FAIL,
		UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT,
		Customer: &enlistv1.Customer{
			Id: "CLASSIC-C00", DisplayName: "John Smith", Email: "qa@example.com", Mobile: "+33123546789",
			Name:           &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"},
			BillingAddress: &enlistv1.Address{Lines: []string{"673 Eugene Points"}, PostalCode: "92136", City: "New Taryn", CountryCode: "FR"},
			LanguageCode:   "fr", CurrencyCode: "EUR",
		},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := provider.Prepare(request); err != nil {
			b.Fatal(err)
		}
	}
}
