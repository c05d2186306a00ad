package providers

import enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"

// Adopted returns the response to a creation that found the customer and left it unchanged.
func Adopted(request *enlistv1.CreateCustomerRequest, there *enlistv1.GetCustomerResponse) *enlistv1.CreateCustomerResponse {
	return &enlistv1.CreateCustomerResponse{
		Customer: there.GetCustomer(), Outcome: enlistv1.Outcome_OUTCOME_ADOPTED, RequestId: request.GetRequestId(),
		VendorRecord: there.GetVendorRecord(), Warnings: there.GetWarnings(),
	}
}

// CreateOrAdopt carries out ON_EXISTING_ADOPT at a vendor that refuses a second customer. It calls
// adopt for a look-up first, and create if that finds no customer. If the vendor then refuses the
// customer as existing, package once looks up whether this creation made it.
func CreateOrAdopt(adopt, create func() (*enlistv1.CreateCustomerResponse, error)) (*enlistv1.CreateCustomerResponse, error) {
	if adopted, err := adopt(); !IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return adopted, NotSent(err)
	}
	return create()
}
