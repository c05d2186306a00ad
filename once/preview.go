package once

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// preview responds to validate_only. If the caller set what to do with an existing customer, it
// reads the customer at the vendor.
func preview(
	ctx context.Context, provider providers.Provider, o *order, onExisting enlistv1.OnExisting,
) (*enlistv1.CreateCustomerResponse, error) {
	class := provider.Describe().DuplicateSafety.GetClass()
	hasID := o.creation.Key() != "" && (class == enforcedByKey || class == verifiableByKey)
	if !hasID || onExisting != enlistv1.OnExisting_ON_EXISTING_FAIL && onExisting != enlistv1.OnExisting_ON_EXISTING_ADOPT {
		return o.creation.Preview(ctx)
	}
	there, err := provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{
		Provider: o.request.GetProvider(), CustomerId: o.creation.Key(), IncludeVendorRecord: o.request.GetIncludeVendorRecord(),
	})
	switch {
	case isReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
		return o.creation.Preview(ctx)
	case err != nil:
		return nil, err
	case onExisting == enlistv1.OnExisting_ON_EXISTING_FAIL:
		return nil, provider.Describe().CustomerExists(nil)
	}
	adopted := providers.Adopted(o.request, there)
	adopted.Outcome = enlistv1.Outcome_OUTCOME_PREVIEWED
	return adopted, nil
}
