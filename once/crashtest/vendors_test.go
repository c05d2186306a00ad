package crashtest_test

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

const (
	fail   = enlistv1.OnExisting_ON_EXISTING_FAIL
	update = enlistv1.OnExisting_ON_EXISTING_UPDATE
	adopt  = enlistv1.OnExisting_ON_EXISTING_ADOPT
)

// vendor is one of the five vendors, with what the tests must know about it.
type vendor struct {
	// name is the provider's name, and sandbox the vendor in the sandbox.
	name    string
	sandbox sandbox.Vendor
	// onExisting are the permitted values of on_existing.
	onExisting []enlistv1.OnExisting
	// looksFirst are the values of on_existing with which a creation looks first.
	looksFirst []enlistv1.OnExisting
	// ownIDs: the vendor assigns the ids. Emails identify its records.
	ownIDs bool
	// tellsNoKey: the response to a creation does not have the key under which the vendor stores
	// the customer.
	tellsNoKey bool
	// toldByContent: no reference in a customer shows which request made it.
	toldByContent bool
	// guesses: a look-up can only compare, so a person may have to decide.
	guesses bool
	// lookups are the operations, beside create, that a creation and its look-ups call.
	lookups []string
}

func vendors() []vendor {
	all := []enlistv1.OnExisting{fail, update, adopt}
	return []vendor{
		{
			name: "opencell", sandbox: sandbox.Opencell, onExisting: all, looksFirst: []enlistv1.OnExisting{update, adopt},
			tellsNoKey: true, lookups: []string{"get", "login"},
		},
		{name: "sellandsign", sandbox: sandbox.SellAndSign, toldByContent: true, onExisting: all, looksFirst: all, lookups: []string{"get"}},
		{
			name: "valomnia", sandbox: sandbox.Valomnia, toldByContent: true, onExisting: []enlistv1.OnExisting{fail, adopt}, looksFirst: []enlistv1.OnExisting{adopt},
			lookups: []string{"get", "login"},
		},
		{
			name: "caliq", sandbox: sandbox.Caliq, onExisting: []enlistv1.OnExisting{fail, adopt}, looksFirst: []enlistv1.OnExisting{fail, adopt},
			lookups: []string{"get"},
		},
		{name: "avvio", sandbox: sandbox.Avvio, toldByContent: true, onExisting: []enlistv1.OnExisting{fail}, ownIDs: true, guesses: true, lookups: []string{"get"}},
	}
}

// request makes a creation of a new customer.
func (v *vendor) request(onExisting enlistv1.OnExisting) *enlistv1.CreateCustomerRequest {
	id := "K" + strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", "")[:9]) // Caliq accepts at most ten characters
	request := &enlistv1.CreateCustomerRequest{}
	err := protojson.Unmarshal(fmt.Appendf(nil, `{
		"customer": {
			"name": {"title": "Mr", "given_name": "John", "family_name": "Smith"},
			"display_name": "John Smith",
			"email": "%s@example.com",
			"mobile": "+33123546789",
			"billing_address": {"lines": ["673 Eugene Points"], "city": "Nice", "postal_code": "06000", "country_code": "FR"},
			"language_code": "fr",
			"currency_code": "EUR"
		},
		"unsupported_fields": "UNSUPPORTED_FIELDS_DROP"
	}`, strings.ToLower(id)), request)
	if err != nil {
		panic(err)
	}
	request.Provider, request.RequestId, request.OnExisting = v.name, uuid.NewString(), onExisting
	if v.ownIDs { // an account there needs a password
		request.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: "correct horse"}}
	} else {
		request.Customer.Id = id
	}
	return request
}

// normalKey returns the common part of all forms in which the sandbox may store a key.
func normalKey(key string) string { return strings.ToLower(strings.TrimSpace(key)) }

// has reports whether a vendor's record is of the requested customer.
func (c *create) has(record sandbox.Record) bool {
	return normalKey(record.Key) == normalKey(c.vendor.key(c.request))
}

// key returns the identity of the customer in the sandbox.
func (v *vendor) key(request *enlistv1.CreateCustomerRequest) string {
	if v.ownIDs {
		return request.GetCustomer().GetEmail()
	}
	return request.GetCustomer().GetId()
}
