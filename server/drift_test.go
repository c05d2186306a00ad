package server_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
)

// Another party's change at the vendor shows as drift, field by field, until Enlist writes the
// field again. Adopting a customer writes nothing.
func TestDrift(t *testing.T) {
	r := start(t, func(config *configv1.Config, connected map[string]providers.Provider) {
		for _, provider := range config.GetProviders() {
			if provider.GetName() == "opencell" { // another connection to the same Opencell
				other, _ := proto.Clone(provider).(*configv1.Provider)
				other.Name = "elsewhere"
				made, err := registry.New([]*configv1.Provider{other})
				if err != nil {
					t.Fatal(err)
				}
				connected["elsewhere"] = made["elsewhere"]
			}
		}
	})
	customers := enlistv1.NewCustomerServiceClient(r.grpc)
	write := func(provider, jobTitle, mobile string, onExisting enlistv1.OnExisting) {
		t.Helper()
		if _, err := customers.CreateCustomer(t.Context(), &enlistv1.CreateCustomerRequest{
			Provider: provider, OnExisting: onExisting, Customer: &enlistv1.Customer{
				Id: "D", JobTitle: jobTitle, Mobile: mobile, Name: &enlistv1.PersonName{FamilyName: "One"}, BillingAddress: &enlistv1.Address{CountryCode: "FR"},
			},
		}); err != nil {
			t.Fatal(err)
		}
	}
	drift := func() map[string]string {
		t.Helper()
		read, err := customers.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: "D", IncludeDrift: true})
		if err != nil {
			t.Fatal(err)
		}
		if read.GetDrift() == nil {
			return nil
		}
		fields := map[string]string{}
		for _, field := range read.GetDrift().GetFields() {
			if field.GetPath() != "customer.currency_code" && field.GetPath() != "customer.language_code" && field.GetPath() != "customer.category" {
				fields[field.GetPath()] = field.GetKind().String()[len("DRIFT_KIND_"):] + " " + field.GetWritten() + " > " + field.GetHeld()
			}
		}
		return fields
	}
	expect := func(want map[string]string) {
		t.Helper()
		if diff := cmp.Diff(want, drift()); diff != "" {
			t.Error(diff)
		}
	}
	write("elsewhere", "Clerk", "", enlistv1.OnExisting_ON_EXISTING_FAIL)
	expect(nil)
	write("opencell", "Clerk", "", enlistv1.OnExisting_ON_EXISTING_ADOPT)
	expect(nil)
	write("opencell", "Clerk", "", enlistv1.OnExisting_ON_EXISTING_UPDATE)
	expect(map[string]string{})
	write("elsewhere", "Director", "+33600000000", enlistv1.OnExisting_ON_EXISTING_UPDATE)
	expect(map[string]string{"customer.job_title": "CHANGED Clerk > Director", "customer.mobile": "ADDED  > +33600000000"})
	write("opencell", "Director", "", enlistv1.OnExisting_ON_EXISTING_UPDATE)
	expect(map[string]string{"customer.mobile": "ADDED  > +33600000000"})
}
