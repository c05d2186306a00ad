package providertest

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Create carries out one creation without a journal: the preview if the request says validate_only,
// else the creation.
func Create(ctx context.Context, provider providers.Provider, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	creation, err := provider.Prepare(request)
	if err != nil {
		return nil, err
	}
	if request.GetValidateOnly() {
		return creation.Preview(ctx)
	}
	return creation.CreateCustomer(ctx)
}
