package once_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/caliq"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// The same request_id returns the same outcome, and the vendor is called once.
func Example() {
	vendor := httptest.NewServer(sandbox.New())
	defer vendor.Close()
	orders, err := caliq.New(&configv1.Provider{
		Name: "orders", Timeout: durationpb.New(5 * time.Second),
		Vendor: &configv1.Provider_Caliq{Caliq: &configv1.Caliq{BaseUrl: vendor.URL, ApiKey: sandboxtest.DemoCredentials().Caliq.APIKey, ChannelId: 2}},
	})
	if err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "enlist-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(folder, "enlist.db"), sqlite.Options{})
	if err != nil {
		panic(err)
	}
	kept, err := journal.New(ctx, store, journal.Options{Keys: [][]byte{make([]byte, 32)}, Replica: "replica-1"})
	if err != nil {
		panic(err)
	}
	defer kept.Close()
	service := once.New(kept, map[string]providers.Provider{"orders": orders}, once.Options{}, slog.New(slog.DiscardHandler))
	defer service.Close(ctx)

	request := &enlistv1.CreateCustomerRequest{
		Provider: "orders", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
		OnExisting: enlistv1.OnExisting_ON_EXISTING_FAIL, UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT,
		Customer: &enlistv1.Customer{
			Id: "C-1", Name: &enlistv1.PersonName{GivenName: "Ada", FamilyName: "Lovelace"}, Email: "ada@example.com",
			BillingAddress: &enlistv1.Address{Lines: []string{"1 High Street"}, CountryCode: "GB"}, CurrencyCode: "GBP",
		},
	}
	for range 2 {
		response, err := service.Create(ctx, "billing", request)
		fmt.Println(response.GetCustomer().GetId(), response.GetOutcome(), response.GetReplayed(), err)
	}
	// Output:
	// C-1 OUTCOME_CREATED false <nil>
	// C-1 OUTCOME_CREATED true <nil>
}
