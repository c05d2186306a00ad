package server

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// operationService answers that this version keeps no record of creates.
type operationService struct {
	enlistv1.UnimplementedOperationServiceServer
}

func (operationService) GetOperation(context.Context, *enlistv1.GetOperationRequest) (*enlistv1.GetOperationResponse, error) {
	return nil, noOperations()
}

func (operationService) ListOperations(context.Context, *enlistv1.ListOperationsRequest) (*enlistv1.ListOperationsResponse, error) {
	return nil, noOperations()
}

func (operationService) WaitOperation(context.Context, *enlistv1.WaitOperationRequest) (*enlistv1.WaitOperationResponse, error) {
	return nil, noOperations()
}

func (operationService) ResolveOperation(context.Context, *enlistv1.ResolveOperationRequest) (*enlistv1.ResolveOperationResponse, error) {
	return nil, noOperations()
}

func noOperations() error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
		Message: "This version of Enlist keeps no record of creates, so there are no operations to show. Read the customer with GetCustomer.",
	}
}
