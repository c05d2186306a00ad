package opencell

import (
	"context"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
)

// kept is a hierarchy with the values that an update keeps.
type kept struct {
	hierarchy *opencellv1.CrmAccountHierarchy
	// shown reports that the look-up found the customer under exactly the code.
	shown bool
}

// keep looks up the customer before an update. It completes the hierarchy so that the update
// changes only what the request sets:
//   - Opencell 12 to 16 reset a missing isCompany to false. keep sends the stored value, and fails
//     if it cannot read that.
//   - Opencell ignores missing address members, so a new line in an old address of three lines
//     would give a mixed address. keep sends the others as empty texts. It fails without a country,
//     which has no empty form.
//
// If another client changes a value between the look-up and the update, Enlist overwrites it with
// the value that it read.
func (c *creation) keep(ctx context.Context) (kept, error) {
	sent := kept{hierarchy: c.hierarchy}
	if !c.updates() || !c.LooksFirst() {
		return sent, nil
	}
	there, err := c.read(ctx, c.Key(), "")
	switch {
	case providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
		return sent, nil
	case err != nil:
		return kept{}, providers.NotSent(err)
	case there.GetCustomer().GetCode() != c.Key():
		return kept{}, providers.NotSent(c.description.CustomerNearlyExists())
	}
	sent.shown = true
	sent.hierarchy = proto.CloneOf(c.hierarchy)
	if sent.hierarchy.IsCompany == nil && c.sendsIsCompany() {
		sent.hierarchy.IsCompany = there.GetCustomer().IsCompany
		if sent.hierarchy.IsCompany == nil && there.isOdd("customer.isCompany") {
			return kept{}, providers.NotSent(c.unreadableIsCompany())
		}
	}
	if address := sent.hierarchy.GetAddress(); address != nil {
		if address.GetCountry() == "" {
			return kept{}, providers.NotSent(providers.InvalidField(c.description.Name, "customer.billing_address.country_code",
				"must be set when the request updates the address of an existing customer; set it in a request with a new request_id"))
		}
		for _, member := range []**string{
			&address.Address1, &address.Address2, &address.Address3, &address.Address4, &address.Address5,
			&address.ZipCode, &address.City, &address.State,
		} {
			if *member == nil {
				*member = proto.String("")
			}
		}
	}
	return sent, nil
}

// unreadableIsCompany returns the error of an update that would reset an isCompany that Enlist
// cannot read.
func (c *creation) unreadableIsCompany() error {
	return providers.InvalidField(c.description.Name, "opencell.is_company", "must be set, because Enlist cannot read the stored value (isCompany), "+
		"and the update would reset it. Set it in a request with a new request_id, or correct the value at the vendor and call again")
}

// updates reports whether the request updates an existing customer.
func (c *creation) updates() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE
}

// adopts reports whether the request adopts an existing customer.
func (c *creation) adopts() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT
}
