package sellandsign

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
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
			asked.parameters = c.keeping(record.Customer)
		case !providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
			return kept{}, err
		}
	}
	asked.fates = c.fatesWith(asked.parameters.GetCustomerCode())
	return asked, nil
}

// keeping returns the parameters, with the record's values for those that the request does not set.
func (c *creation) keeping(record *sellandsignv1.Customer) *sellandsignv1.SelectOrCreateCustomer {
	parameters, _ := proto.Clone(c.parameters).(*sellandsignv1.SelectOrCreateCustomer)
	if c.request.GetSellAndSign().GetCustomerCode() == "" {
		parameters.CustomerCode = cmp.Or(record.GetCustomerCode(), parameters.GetCustomerCode())
	}
	parameters.CompanyName = cmp.Or(parameters.GetCompanyName(), record.GetCompanyName())
	parameters.RegistrationNumber = cmp.Or(parameters.GetRegistrationNumber(), record.GetRegistrationNumber())
	parameters.Phone = cmp.Or(parameters.GetPhone(), record.GetPhone())
	parameters.JobTitle = cmp.Or(parameters.GetJobTitle(), record.GetJobTitle())
	parameters.Birthplace = cmp.Or(parameters.GetBirthplace(), record.GetBirthplace())
	if parameters.Birthdate == nil {
		parameters.Birthdate = milliseconds(birthDate(record.GetBirthdate()))
	}
	return parameters
}
