package opencell

import (
	"context"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
)

// kept is a hierarchy with what an update keeps of the customer that exists.
type kept struct {
	hierarchy *opencellv1.CrmAccountHierarchy
	// shown says that the look-up showed the customer under exactly the code.
	shown bool
}

// keep looks the customer up before an update, and completes the hierarchy so that the update
// changes what the request says and nothing else:
//   - Opencell 12 to 16 reset an isCompany that is left out to false. keep sends the held one.
//   - Opencell skips address members that are left out, so that a new line over an old address of
//     three lines would make a mixed address. keep sends the others as empty texts.
//
// What another client changes between the look-up and the update is overwritten with what was read.
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
	}
	if address := sent.hierarchy.GetAddress(); address != nil {
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

// updates reports whether the request updates a customer that exists.
func (c *creation) updates() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE
}

// adopts reports whether the request adopts a customer that exists.
func (c *creation) adopts() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT
}
