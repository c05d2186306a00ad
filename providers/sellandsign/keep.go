package sellandsign

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/wire"
)

// kept is a creation with the values that an update keeps.
type kept struct {
	parameters *sellandsignv1.SelectOrCreateCustomer
	fates      []*enlistv1.FieldFate
	there      bool
}

// keep adds the stored values to the parameters that an update does not set, and reports whether
// the customer exists. The request must contain every parameter, and an empty one deletes the
// stored value. The vendor has no request that does this in one step. If another client changes a
// value between the read and the update, Enlist overwrites it with the value that it read. It
// replaces an address as a whole.
func (c *creation) keep(ctx context.Context) (kept, error) {
	asked := kept{parameters: c.parameters, fates: c.fates}
	if c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE {
		record, err := c.read(ctx, c.parameters.GetNumber())
		switch {
		case err == nil && record.near:
			return kept{}, c.description.CustomerNearlyExists()
		case err == nil:
			asked.there = true
			if asked.parameters, err = c.keeping(record); err != nil {
				return kept{}, err
			}
		case !providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
			return kept{}, err
		}
	}
	asked.fates = c.fatesWith(asked.parameters.GetCustomerCode())
	return asked, nil
}

// keeping returns the parameters, with the record's values for those that the request does not set.
// It fails if it cannot read such a value exactly: Sell&Sign would lose or change it.
func (c *creation) keeping(record *storedCustomer) (*sellandsignv1.SelectOrCreateCustomer, error) {
	parameters, _ := proto.Clone(c.parameters).(*sellandsignv1.SelectOrCreateCustomer)
	newCode := parameters.GetCustomerCode() // unless the request sets one, only for a customer without a code
	if c.request.GetSellAndSign().GetCustomerCode() == "" {
		parameters.CustomerCode = ""
	}
	for _, member := range []struct {
		name, path string
		parameter  *string
		stored     string
	}{
		{"customerCode", "sell_and_sign.customer_code", &parameters.CustomerCode, record.GetCustomerCode()},
		{"companyName", "customer.organization.name", &parameters.CompanyName, record.GetCompanyName()},
		{"registrationNumber", "customer.organization.registration_number", &parameters.RegistrationNumber, record.GetRegistrationNumber()},
		{"phone", "customer.phone", &parameters.Phone, record.GetPhone()},
		{"jobTitle", "customer.job_title", &parameters.JobTitle, record.GetJobTitle()},
		{"birthplace", "customer.birth_place", &parameters.Birthplace, record.GetBirthplace()},
	} {
		switch {
		case *member.parameter != "":
		case record.isOdd(member.name):
			return nil, c.cannotKeep(member.name, member.path)
		default:
			*member.parameter = member.stored
		}
	}
	parameters.CustomerCode = cmp.Or(parameters.GetCustomerCode(), newCode)
	if parameters.Birthdate == nil {
		day, isReadable := birthDate(record.GetBirthdate())
		if !isReadable || record.isOdd("birthdate") {
			return nil, c.cannotKeep("birthdate", "customer.birth_date")
		}
		parameters.Birthdate = milliseconds(day)
	}
	return parameters, nil
}

// isOdd reports whether a member may not have its documented JSON type.
func (h *storedCustomer) isOdd(name string) bool { return wire.MayBeOdd(h.odd, name) }

// cannotKeep returns the error of an update that cannot keep a stored value.
func (c *creation) cannotKeep(member, path string) error {
	return providers.NotSent(providers.InvalidField(c.description.Name, path, "must be set, because Enlist cannot read the stored value ("+member+
		") exactly, and the update would lose it. Set it in a request with a new request_id, or correct the value at the vendor and call again"))
}
