package main

// restCreate is the body of a create request over REST, as a developer would write it by hand.
type restCreate struct {
	RequestID string       `json:"requestId"`
	Customer  restCustomer `json:"customer"`
}

type restCustomer struct {
	ID             string      `json:"id"`
	Name           restName    `json:"name"`
	DisplayName    string      `json:"displayName,omitempty"`
	Email          string      `json:"email,omitempty"`
	Mobile         string      `json:"mobile,omitempty"`
	BillingAddress restAddress `json:"billingAddress"`
	LanguageCode   string      `json:"languageCode,omitempty"`
	CurrencyCode   string      `json:"currencyCode,omitempty"`
}

type restName struct {
	Title      string `json:"title,omitempty"`
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

type restAddress struct {
	Lines       []string `json:"lines,omitempty"`
	PostalCode  string   `json:"postalCode,omitempty"`
	City        string   `json:"city,omitempty"`
	CountryCode string   `json:"countryCode,omitempty"`
}

func (r *restCreate) account() *opencellAccount {
	c := &r.Customer
	line := ""
	if len(c.BillingAddress.Lines) > 0 {
		line = c.BillingAddress.Lines[0]
	}
	return &opencellAccount{
		CRMAccountType: "C_UA", CRMParentCode: "MAIN_SELLER", Code: c.ID, Description: c.DisplayName,
		Name: opencellName{Title: "MR", FirstName: c.Name.GivenName, LastName: c.Name.FamilyName},
		Address: opencellAddress{
			Address1: line, ZipCode: c.BillingAddress.PostalCode, City: c.BillingAddress.City, Country: c.BillingAddress.CountryCode,
		},
		ContactInformation: opencellContact{Email: c.Email, Mobile: c.Mobile},
		Email:              c.Email, Language: "FRA", Country: c.BillingAddress.CountryCode,
		CustomerCategory: "CLIENT", Currency: "EUR", BillingCycle: "BC_MONTHLY_1ST",
	}
}

func restOf(found *opencellFound) restCustomer {
	held := &found.Customer
	return restCustomer{
		ID: held.Code, DisplayName: held.Description, Email: held.ContactInformation.Email, Mobile: held.ContactInformation.Mobile,
		Name: restName{Title: held.Name.Title, GivenName: held.Name.FirstName, FamilyName: held.Name.LastName},
		BillingAddress: restAddress{
			Lines: []string{held.Address.Address1}, PostalCode: held.Address.ZipCode, City: held.Address.City, CountryCode: held.Address.Country,
		},
	}
}
