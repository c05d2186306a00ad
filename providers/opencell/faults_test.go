package opencell_test

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
	return &world{providertest.NewWorld(t, "opencell", func(baseURL string) (providers.Provider, error) {
		return connect(settings(baseURL), 5*time.Second)
	})}
}

// creation prepares a small creation with a code.
func (w *world) creation(code string) providers.Creation {
	w.Helper()
	create := request(w.T, `{"requestId":"`+requestID+`","onExisting":"ON_EXISTING_FAIL","customer":{"id":"`+code+`","email":"a@example.com",
		"name":{"givenName":"John","familyName":"Smith"},"billingAddress":{"countryCode":"FR"},"properties":{"tier":"gold"}}}`)
	creation, err := w.Prepare(create)
	if err != nil {
		w.Fatal(err)
	}
	return creation
}

// A creation does not prove which code Opencell stores. The reference proves that the customer is
// ours, and the look-up and the read show the vendor's form.
func TestFaultNormalisedKey(t *testing.T) {
	for form, codes := range map[string][2]string{
		"upper": {"acme-1", "ACME-1"}, "lower": {"ACME-1", "acme-1"}, "padded": {"1", "0000000001"}, "zeros_stripped": {"0042", "42"}, "escaped": {"A&B", "A&amp;B"},
		"cut": {"CUSTOMER-0123456789-0123", "CUSTOMER-0123456789-"}, "unaccented": {"Zoë", "Zoe"},
	} {
		t.Run(form, func(t *testing.T) {
			w := newWorld(t)
			w.Order("create", "normalised_key", form)
			creation, other := w.creation(codes[0]), form == "cut"
			created, err := creation.CreateCustomer(t.Context())
			if err != nil || created.GetCustomer().GetId() != codes[0] || len(created.GetWarnings()) > 0 {
				t.Fatalf("created %v, %v", created, err)
			}
			found := w.Find(creation)
			customer := found.Response.GetCustomer()
			if found.Match != providers.MatchOurs || !found.Near || customer.GetId() != codes[1] ||
				customer.GetVendorIds()["billing_account_code"] != codes[1] || !slices.Equal(providertest.Warned(found.Response.GetWarnings()), []string{"ID_CHANGED customer.id"}) {
				t.Errorf("found %+v", found)
			}
			read, err := w.Get(codes[0])
			if other {
				providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID)
			} else if err != nil || read.GetCustomer().GetId() != codes[1] || !slices.Equal(providertest.Warned(read.GetWarnings()), []string{"ID_CHANGED customer.id"}) {
				t.Errorf("read %v, %v", read, err)
			}
		})
	}
}

// If a proxy repeats the request, Opencell refuses the customer that it has just created.
func TestFaultRepeatedByProxy(t *testing.T) {
	w := newWorld(t)
	w.Order("create", "repeated_by_proxy", "")
	creation := w.creation("A-1")
	_, err := creation.CreateCustomer(t.Context())
	if known := providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_EXISTS); known.Confirm != providers.ConfirmAfterLag {
		t.Errorf("confirm %d", known.Confirm)
	}
	if found := w.Find(creation); found.Match != providers.MatchOurs || found.ContentOnly || w.Made() != 1 {
		t.Errorf("found %+v of %d", found, w.Made())
	}
}

func TestFaultRefusedWith500(t *testing.T) {
	w := newWorld(t)
	w.Order("create", "refused_with_500", "")
	creation := w.creation("A-1")
	_, err := creation.CreateCustomer(t.Context())
	if known := providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED); known.Confirm != providers.ConfirmByLookup || !known.Alive || w.Made() != 0 {
		t.Errorf("%+v, %d made", known, w.Made())
	}
	if found, err := creation.FindCustomer(t.Context(), providers.Sent{}); err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
	// A refused read or look-up shows neither presence nor absence.
	w.Order("get", "refused_with_500", "")
	_, err = w.Get("A-1")
	providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED)
	w.Order("get", "refused_with_500", "")
	found, err := creation.FindCustomer(t.Context(), providers.Sent{})
	if providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_REJECTED); found != nil {
		t.Errorf("found %+v", found)
	}
}

// An odd row in a list within the customer affects only that row.
func TestFaultOddRow(t *testing.T) {
	w := newWorld(t)
	creation := w.creation("A-1")
	if _, err := creation.CreateCustomer(t.Context()); err != nil {
		t.Fatal(err)
	}
	for use := range 6 {
		w.Order("get", "odd_row", "")
		read, err := w.Get("A-1")
		if err != nil || read.GetCustomer().GetId() != "A-1" || read.GetCustomer().GetProperties()["tier"] != "gold" ||
			read.GetCustomer().GetVendorIds()["customer_account_code"] != "A-1" || read.GetCustomer().GetCurrencyCode() != "EUR" {
			t.Errorf("use %d: read %v, %v", use, read, err)
		}
	}
	for use := range 6 {
		w.Order("get", "odd_row", "")
		if found := w.Find(creation); found.Match != providers.MatchOurs {
			t.Errorf("use %d: found %+v", use, found)
		}
	}
}

// Members of another type never undo a success, hide the customer, or stay unreported.
func TestFaultOtherTypes(t *testing.T) {
	for use := range 6 {
		w := newWorld(t)
		for range use { // each use changes other types
			w.Order("create", "other_types", "")
			_, _ = w.creation("spent").CreateCustomer(t.Context())
		}
		creation := w.creation("A-1")
		w.Order("create", "other_types", "")
		created, err := creation.CreateCustomer(t.Context())
		if err != nil || created.GetCustomer().GetId() != "A-1" || !slices.Equal(providertest.Warned(created.GetWarnings()), []string{"UNREADABLE_VALUE message"}) {
			t.Errorf("use %d: created %v, %v", use, created, err)
		}
	}
	w := newWorld(t)
	creation := w.creation("A-1")
	if _, err := creation.CreateCustomer(t.Context()); err != nil {
		t.Fatal(err)
	}
	for use := range 6 {
		w.Order("get", "other_types", "")
		read, err := w.Get("A-1")
		if err != nil || read.GetCustomer().GetId() != "A-1" || read.GetCustomer().GetVendorIds()["external_ref1"] == requestID {
			t.Fatalf("use %d: read %v, %v", use, read, err)
		}
		if !slices.ContainsFunc(providertest.Warned(read.GetWarnings()), func(text string) bool { return strings.HasPrefix(text, "UNREADABLE_VALUE customer.") }) {
			t.Errorf("use %d: warned of %q", use, providertest.Warned(read.GetWarnings()))
		}
		// An unreadable reference neither proves nor excludes that the customer is ours.
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
	creation := w.creation("A-1")
	if created, err := creation.CreateCustomer(t.Context()); err != nil || len(created.GetWarnings()) > 0 {
		t.Errorf("created %v, %v", created, err)
	}
	if read, err := w.Get("A-1"); err != nil || len(read.GetWarnings()) > 0 {
		t.Errorf("read %v, %v", read, err)
	}
	if found := w.Find(creation); found.Match != providers.MatchOurs {
		t.Errorf("found %+v", found)
	}
}
