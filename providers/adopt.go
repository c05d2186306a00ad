package providers

import enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"

// Adopted is the answer to a create that found the customer there and left it unchanged.
func Adopted(request *enlistv1.CreateCustomerRequest, there *enlistv1.GetCustomerResponse) *enlistv1.CreateCustomerResponse {
	return &enlistv1.CreateCustomerResponse{
		Customer: there.GetCustomer(), Outcome: enlistv1.Outcome_OUTCOME_ADOPTED, RequestId: request.GetRequestId(),
		VendorRecord: there.GetVendorRecord(), Warnings: there.GetWarnings(),
	}
}

// CreateOrAdopt carries out ON_EXISTING_ADOPT at a vendor that refuses a second customer: adopt looks, create creates, and where the
// customer came to be in between, adopt looks again. A customer that is refused as existing and yet cannot be read is CUSTOMER_EXISTS.
func CreateOrAdopt(adopt, create func() (*enlistv1.CreateCustomerResponse, error)) (*enlistv1.CreateCustomerResponse, error) {
	if adopted, err := adopt(); !IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return adopted, NotSent(err)
	}
	created, err := create()
	if IsReason(err, enlistv1.ErrorReason_CUSTOMER_EXISTS) {
		if adopted, err := adopt(); !IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
			return adopted, err
		}
	}
	return created, err
}
