package byhand

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Bare passes requests on to the vendor and keeps nothing.
type Bare struct {
	enlistv1.UnimplementedCustomerServiceServer
	Vendor *Vendor
}

// CreateCustomer posts the customer and returns it.
func (b *Bare) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	if err := b.Vendor.Create(ctx, request.GetCustomer()); err != nil {
		return nil, err
	}
	return Created(request), nil
}

// Created returns the response to a creation that succeeded.
func Created(request *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerResponse {
	return &enlistv1.CreateCustomerResponse{
		Customer: request.GetCustomer(), Outcome: enlistv1.Outcome_OUTCOME_CREATED, RequestId: request.GetRequestId(),
	}
}

// GetCustomer reads the customer.
func (b *Bare) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	found, err := b.Vendor.find(ctx, request.GetCustomerId())
	if err != nil {
		return nil, err
	}
	held := &found.Customer
	return &enlistv1.GetCustomerResponse{Customer: &enlistv1.Customer{
		Id: held.Code, DisplayName: held.Description, Email: held.ContactInformation.Email, Mobile: held.ContactInformation.Mobile,
		Name: &enlistv1.PersonName{Title: held.Name.Title, GivenName: held.Name.FirstName, FamilyName: held.Name.LastName},
		BillingAddress: &enlistv1.Address{
			Lines: []string{held.Address.Address1}, PostalCode: held.Address.ZipCode, City: held.Address.City, CountryCode: held.Address.Country,
		},
	}}, nil
}
