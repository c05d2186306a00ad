package registry_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// A provider shows the request that it would send, and sends it.
func Example() {
	vendor := httptest.NewServer(sandbox.New())
	defer vendor.Close()

	connected, err := registry.New([]*configv1.Provider{{
		Name: "orders", Timeout: durationpb.New(5 * time.Second),
		Vendor: &configv1.Provider_Caliq{Caliq: &configv1.Caliq{BaseUrl: vendor.URL, ApiKey: sandboxtest.DemoCredentials().Caliq.APIKey, ChannelId: 2}},
	}})
	if err != nil {
		panic(err)
	}
	creation, err := connected["orders"].Prepare(&enlistv1.CreateCustomerRequest{
		Provider: "orders", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
		OnExisting: enlistv1.OnExisting_ON_EXISTING_FAIL, UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT,
		Customer: &enlistv1.Customer{
			Id: "C-1", Name: &enlistv1.PersonName{GivenName: "Ada", FamilyName: "Lovelace"}, Email: "ada@example.com",
			BillingAddress: &enlistv1.Address{Lines: []string{"1 High Street"}, CountryCode: "GB"}, CurrencyCode: "GBP",
		},
	})
	if err != nil {
		panic(err)
	}
	created, err := creation.CreateCustomer(context.Background())
	fmt.Println(created.GetCustomer().GetId(), created.GetOutcome(), err)
	// Output: C-1 OUTCOME_CREATED <nil>
}
