package byhand

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Vendor calls Opencell.
type Vendor struct {
	url    string
	client *http.Client
}

// NewVendor returns a Vendor at a URL. It keeps connections open for many callers.
func NewVendor(url string) *Vendor {
	transport, _ := http.DefaultTransport.(*http.Transport)
	transport = transport.Clone()
	transport.MaxIdleConnsPerHost = 256
	return &Vendor{url: url, client: &http.Client{Transport: transport}}
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

// Create posts a customer. A missing address line becomes an empty line.
func (v *Vendor) Create(ctx context.Context, customer *enlistv1.Customer) error {
	body, err := json.Marshal(account(customer))
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		v.url+"/opencell/api/rest/account/accountHierarchy/createCRMAccountHierarchy", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	var status opencellStatus
	if err := v.do(request, &status); err != nil {
		return err
	}
	if status.Status != "SUCCESS" {
		return errors.New(status.Message)
	}
	return nil
}

func (v *Vendor) find(ctx context.Context, code string) (*opencellFound, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		v.url+"/opencell/api/rest/account/customer?customerCode="+url.QueryEscape(code), http.NoBody)
	if err != nil {
		return nil, err
	}
	found := &opencellFound{}
	return found, v.do(request, found)
}

func (v *Vendor) do(request *http.Request, into any) error {
	request.Header.Set("Authorization", "Bearer token")
	response, err := v.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	return json.NewDecoder(response.Body).Decode(into)
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
