package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// bare is a minimal server that signs customers up with Opencell, as a developer would write it by
// hand.
type bare struct {
	enlistv1.UnimplementedCustomerServiceServer
	vendor string
	client *http.Client
}

func newBare(vendor string) *bare {
	transport, _ := http.DefaultTransport.(*http.Transport)
	transport = transport.Clone()
	transport.MaxIdleConnsPerHost = 256
	return &bare{vendor: vendor, client: &http.Client{Transport: transport}}
}

type (
	opencellAccount struct {
		CRMAccountType     string          `json:"crmAccountType"`
		CRMParentCode      string          `json:"crmParentCode"`
		Code               string          `json:"code"`
		Description        string          `json:"description,omitempty"`
		Name               opencellName    `json:"name"`
		Address            opencellAddress `json:"address"`
		ContactInformation opencellContact `json:"contactInformation"`
		Email              string          `json:"email"`
		Language           string          `json:"language"`
		Country            string          `json:"country"`
		CustomerCategory   string          `json:"customerCategory"`
		Currency           string          `json:"currency"`
		BillingCycle       string          `json:"billingCycle"`
		ExternalRef1       string          `json:"externalRef1,omitempty"`
		IsCompany          bool            `json:"isCompany"`
	}
	opencellName struct {
		Title     string `json:"title,omitempty"`
		FirstName string `json:"firstName"`
		LastName  string `json:"lastName"`
	}
	opencellAddress struct {
		Address1 string `json:"address1"`
		ZipCode  string `json:"zipCode"`
		City     string `json:"city"`
		Country  string `json:"country"`
	}
	opencellContact struct {
		Email  string `json:"email"`
		Mobile string `json:"mobile"`
	}
	opencellStatus struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	}
	opencellFound struct {
		ActionStatus opencellStatus `json:"actionStatus"`
		Customer     struct {
			Code               string          `json:"code"`
			Description        string          `json:"description"`
			Name               opencellName    `json:"name"`
			Address            opencellAddress `json:"address"`
			ContactInformation opencellContact `json:"contactInformation"`
		} `json:"customer"`
	}
)

// create posts a customer. A missing address line becomes an empty line.
func (b *bare) create(ctx context.Context, account *opencellAccount) error {
	body, err := json.Marshal(account)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		b.vendor+"/opencell/api/rest/account/accountHierarchy/createCRMAccountHierarchy", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	var status opencellStatus
	if err := b.do(request, &status); err != nil {
		return err
	}
	if status.Status != "SUCCESS" {
		return errors.New(status.Message)
	}
	return nil
}

func (b *bare) find(ctx context.Context, code string) (*opencellFound, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		b.vendor+"/opencell/api/rest/account/customer?customerCode="+url.QueryEscape(code), http.NoBody)
	if err != nil {
		return nil, err
	}
	found := &opencellFound{}
	return found, b.do(request, found)
}

func (b *bare) do(request *http.Request, into any) error {
	request.Header.Set("Authorization", "Bearer token")
	answer, err := b.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	return json.NewDecoder(answer.Body).Decode(into)
}

func account(customer *enlistv1.Customer) *opencellAccount {
	line := ""
	if lines := customer.GetBillingAddress().GetLines(); len(lines) > 0 {
		line = lines[0]
	}
	return &opencellAccount{
		CRMAccountType: "C_UA", CRMParentCode: "MAIN_SELLER", Code: customer.GetId(), Description: customer.GetDisplayName(),
		Name: opencellName{Title: "MR", FirstName: customer.GetName().GetGivenName(), LastName: customer.GetName().GetFamilyName()},
		Address: opencellAddress{
			Address1: line, ZipCode: customer.GetBillingAddress().GetPostalCode(), City: customer.GetBillingAddress().GetCity(),
			Country: customer.GetBillingAddress().GetCountryCode(),
		},
		ContactInformation: opencellContact{Email: customer.GetEmail(), Mobile: customer.GetMobile()},
		Email:              customer.GetEmail(), Language: "FRA", Country: customer.GetBillingAddress().GetCountryCode(),
		CustomerCategory: "CLIENT", Currency: "EUR", BillingCycle: "BC_MONTHLY_1ST",
	}
}

// CreateCustomer posts the customer and returns it.
func (b *bare) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	if err := b.create(ctx, account(request.GetCustomer())); err != nil {
		return nil, err
	}
	return &enlistv1.CreateCustomerResponse{
		Customer: request.GetCustomer(), Outcome: enlistv1.Outcome_OUTCOME_CREATED, RequestId: request.GetRequestId(),
	}, nil
}

// GetCustomer reads the customer.
func (b *bare) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	found, err := b.find(ctx, request.GetCustomerId())
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
