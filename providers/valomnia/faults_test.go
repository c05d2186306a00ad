package valomnia_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

type world struct{ *providertest.World }

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{providertest.NewWorld(t, "valomnia", func(baseURL string) (providers.Provider, error) {
		return connect(settings(baseURL), 5*time.Second)
	})}
}

// creation prepares a small creation with a reference.
func (w *world) creation(reference string) providers.Creation {
	w.Helper()
	creation, err := w.Prepare(settled(w.T, `{"customer":{"id":"`+reference+`","displayName":"John Smith","email":"a@example.com","billingAddress":{"countryCode":"FR","city":"Nice"}},
		"valomnia":{"paymentTypeIds":["7"]}}`))
	if err != nil {
		w.Fatal(err)
	}
	return creation
}

// The response to a creation proves a success with the vendor's form of the reference. It does not
// with a reference that is not even nearly equal.
func TestFaultNormalisedKey(t *testing.T) {
	changed := []string{"ID_CHANGED customer.id"}
	for form, references := range map[string][2]string{
		"upper": {"acme-1", "ACME-1"}, "lower": {"ACME-1", "acme-1"}, "padded": {"1", "0000000001"}, "zeros_stripped": {"0042", "42"},
		"escaped": {"A&B", "A&amp;B"}, "nfc": {"Zoe\u0301", "Zo\u00e9"}, "unaccented": {"Zo\u00eb", "Zoe"},
	} {
		t.Run(form, func(t *testing.T) {
			w := newWorld(t)
			w.Order("create", "normalised_key", form)
			creation := w.creation(references[0])
			created, err := creation.CreateCustomer(t.Context())
			if err != nil || created.GetCustomer().GetId() != references[1] || !slices.Equal(providertest.Warned(created.GetWarnings()), changed) {
				t.Fatalf("created %v, %v", created, err)
			}
			read, err := w.Get(references[0])
			if err != nil || read.GetCustomer().GetId() != references[1] || !slices.Equal(providertest.Warned(read.GetWarnings()), changed) {
				t.Errorf("read %v, %v", read, err)
			}
			found := w.Find(creation)
			if found.Match != providers.MatchOurs || !found.Near || found.Response.GetCustomer().GetId() != references[1] ||
				!slices.Equal(providertest.Warned(found.Response.GetWarnings()), changed) {
				t.Errorf("found %+v", found)
			}
		})
	}
	for form, reference := range map[string]string{"cut": "CUSTOMER-0123456789-0123"} {
		w := newWorld(t)
		w.Order("create", "normalised_key", form)
		creation := w.creation(reference)
		_, err := creation.CreateCustomer(t.Context())
		providertest.Fails(t, err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		_, err = w.Get(reference)
		providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID)
		found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: time.Now()})
		if err != nil || len(found) != 1 || !found[0].Near || found[0].Match != providers.MatchUnclear {
			t.Errorf("found %+v, %v", found, err) // Valomnia returns it for this reference, in a form that Enlist does not know
		}
	}
}

// If a proxy repeats the request, Valomnia refuses the customer that it has just created.
func TestFaultRepeatedByProxy(t *testing.T) {
	w := newWorld(t)
	w.Order("create", "repeated_by_proxy", "")
	creation := w.creation("K-1")
	_, err := creation.CreateCustomer(t.Context())
	if known := providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_EXISTS); known.Confirm != providers.ConfirmAfterLag {
		t.Errorf("confirm %d", known.Confirm)
	}
	if found := w.Find(creation); found.Match != providers.MatchOurs || w.Made() != 1 {
		t.Errorf("found %+v of %d", found, w.Made())
	}
}

// The sandbox has no refusal of a read at 500; see TestReadFailures.
func TestFaultRefusedWith500(t *testing.T) {
	w := newWorld(t)
	w.Order("create", "refused_with_500", "")
	creation := w.creation("K-1")
	_, err := creation.CreateCustomer(t.Context())
	if known := providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED); known.Confirm != providers.ConfirmAfterLag || !known.Alive || w.Made() != 0 {
		t.Errorf("%+v, %d made", known, w.Made())
	}
	if found, err := creation.FindCustomer(t.Context(), providers.Sent{}); err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
}

// An odd row in a list within the customer hides no other value.
func TestFaultOddRow(t *testing.T) {
	for use := range 6 {
		w := newWorld(t)
		for range use { // each use adds another row
			w.Order("create", "odd_row", "")
			_, _ = w.creation("spent").CreateCustomer(t.Context())
		}
		creation := w.creation("K-1")
		w.Order("create", "odd_row", "")
		created, err := creation.CreateCustomer(t.Context())
		if err != nil || created.GetCustomer().GetId() != "K-1" || len(created.GetWarnings()) > 0 {
			t.Errorf("use %d: created %v, %v", use, created, err)
		}
	}
	w := newWorld(t)
	creation := w.creation("K-1")
	if _, err := creation.CreateCustomer(t.Context()); err != nil {
		t.Fatal(err)
	}
	for use := range 6 {
		w.Order("get", "odd_row", "")
		if read, err := w.Get("K-1"); err != nil || read.GetCustomer().GetId() != "K-1" || len(read.GetWarnings()) > 0 {
			t.Errorf("use %d: read %v, %v", use, read, err)
		}
		w.Order("get", "odd_row", "")
		if found := w.Find(creation); found.Match != providers.MatchOurs {
			t.Errorf("use %d: found %+v", use, found)
		}
	}
}

// Members of another type never undo a success, hide the customer, or stay unreported.
func TestFaultOtherTypes(t *testing.T) {
	unreadable := func(warnings []*enlistv1.Warning) bool {
		return slices.ContainsFunc(providertest.Warned(warnings), func(text string) bool { return strings.HasPrefix(text, "UNREADABLE_VALUE customer.") })
	}
	for use := range 6 {
		w := newWorld(t)
		for range use { // each use changes other types
			w.Order("create", "other_types", "")
			_, _ = w.creation("spent").CreateCustomer(t.Context())
		}
		creation := w.creation("K-1")
		w.Order("create", "other_types", "")
		created, err := creation.CreateCustomer(t.Context())
		if err != nil || created.GetCustomer().GetId() != "K-1" || created.GetCustomer().GetVendorIds()["customer_id"] == "" || !unreadable(created.GetWarnings()) {
			t.Errorf("use %d: created %v, %v", use, created, err)
		}
	}
	w := newWorld(t)
	creation := w.creation("K-1")
	if _, err := creation.CreateCustomer(t.Context()); err != nil {
		t.Fatal(err)
	}
	for use := range 6 {
		w.Order("get", "other_types", "")
		if read, err := w.Get("K-1"); err != nil || read.GetCustomer().GetId() != "K-1" || !unreadable(read.GetWarnings()) {
			t.Errorf("use %d: read %v, %v", use, read, err)
		}
		// An unreadable value neither proves nor excludes that the customer is ours.
		w.Order("get", "other_types", "")
		if found := w.Find(creation); found.Match == providers.MatchOther {
			t.Errorf("use %d: found %+v", use, found)
		}
	}
}

func TestFaultByteOrderMark(t *testing.T) {
	w := newWorld(t)
	for _, operation := range []string{"login", "create", "get", "get"} {
		w.Order(operation, "byte_order_mark", "")
	}
	creation := w.creation("K-1")
	if created, err := creation.CreateCustomer(t.Context()); err != nil || len(created.GetWarnings()) > 0 {
		t.Errorf("created %v, %v", created, err)
	}
	if read, err := w.Get("K-1"); err != nil || len(read.GetWarnings()) > 0 {
		t.Errorf("read %v, %v", read, err)
	}
	if found := w.Find(creation); found.Match != providers.MatchOurs {
		t.Errorf("found %+v", found)
	}
}
