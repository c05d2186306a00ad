package providers

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Nobody is the id of a customer that nobody makes, by which people know these reads in a vendor's log.
const Nobody = "enlist-check"

// CheckByReading is Provider.Check where a customer can be read by an id: that Nobody is not there is the vendor's own word.
func CheckByReading(ctx context.Context, provider Provider) error {
	_, err := provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: provider.Describe().Name, CustomerId: Nobody})
	if IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return nil
	}
	return err
}
