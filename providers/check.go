package providers

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// ProbeID is the id of a customer that does not exist. It identifies these reads in a vendor's log.
const ProbeID = "enlist-check"

// CheckByReading implements Provider.Check for a vendor that reads customers by id. "Not found" for
// ProbeID proves that the vendor itself responded.
func CheckByReading(ctx context.Context, provider Provider) error {
	_, err := provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: provider.Describe().Name, CustomerId: ProbeID})
	if IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return nil
	}
	return err
}
