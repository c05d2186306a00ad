package sellandsign

import (
	"cmp"
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
)

// keep puts what the vendor holds into the parameters that an update leaves out, and reports whether the customer is there. Every
// parameter must be sent, and an empty one would wipe what is held. The vendor has no way to do this in one step: what somebody
// else changes between this read and the update is overwritten with what was read. An address is replaced as a whole.
func (p *Provider) keep(
	ctx context.Context, request *enlistv1.CreateCustomerRequest, parameters *sellandsignv1.SelectOrCreateCustomer,
) (bool, error) {
	if request.GetOnExisting() != enlistv1.OnExisting_ON_EXISTING_UPDATE {
		return false, nil
	}
	record, _, err := p.read(ctx, parameters.GetNumber())
	if providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if request.GetSellAndSign().GetCustomerCode() == "" {
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
	return true, nil
}
