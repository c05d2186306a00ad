package providertest

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// privacy is the case of a person's data. A vendor that documents a request exports and erases the
// customer, also twice, and says that there is no other. For any other vendor, the provider fails,
// and its description says what to do instead.
func privacy(t *testing.T, f *fixture) {
	offered := f.provider.Describe().Privacy
	made := f.create(f.request()).GetCustomer()
	export, err := f.provider.ExportCustomer(t.Context(), made.GetId())
	switch {
	case offered.Export == "" && (err == nil || offered.Otherwise == ""):
		t.Errorf("exported without a documented request, or without saying what to do: %v", err)
	case offered.Export != "" && (err != nil || len(export) == 0):
		t.Errorf("exported %d bytes, %v", len(export), err)
	}
	if offered.Erasure == "" {
		if err := f.provider.EraseCustomer(t.Context(), made.GetId()); err == nil || offered.Otherwise == "" {
			t.Error("erased without a documented request, or without saying what to do")
		}
		return
	}
	for range 2 {
		if err := f.provider.EraseCustomer(t.Context(), made.GetId()); err != nil {
			t.Error(err)
		}
	}
	read, err := f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: made.GetId(), IncludeVendorRecord: true})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := protojson.Marshal(read)
	for _, value := range []string{made.GetName().GetFamilyName(), made.GetEmail()} {
		if value != "" && strings.Contains(string(text), `"`+value+`"`) {
			t.Errorf("the vendor still has a name or an address: %s", text)
		}
	}
	_, err = f.provider.ExportCustomer(t.Context(), "404404")
	f.fails(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
	f.fails(f.provider.EraseCustomer(t.Context(), "404404"), enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
}
