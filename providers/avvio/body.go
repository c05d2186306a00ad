package avvio

import (
	"cmp"
	"net/http"
	"strings"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const apiPath = "/api/ws_api"

// newRequest returns a request. Its operation is in the body as well. The response may repeat
// secrets.
func (p *Provider) newRequest(operation vendorhttp.Operation, message proto.Message, secrets []string) *vendorhttp.Request {
	body, redacted := wire.Body(message)
	return &vendorhttp.Request{
		Operation:    operation,
		Method:       http.MethodPost,
		Path:         apiPath,
		Header:       http.Header{"Accept": {"application/json"}},
		ContentType:  "application/json",
		Body:         body,
		RedactedBody: redacted,
		RedactResponse: func(answer []byte) string {
			return wire.Redact(p.secrets.Redact(string(answer)), secrets...)
		},
	}
}

func (p *Provider) userAuth() *avviov1.UserAuth {
	return &avviov1.UserAuth{Username: p.settings.GetUsername(), ApiPassword: p.settings.GetPassword()}
}

// body maps a request to the body of createAccount.
func (p *Provider) body(request *enlistv1.CreateCustomerRequest) (*avviov1.CreateAccountRequest, error) {
	customer, options := providers.AsSent(request.GetCustomer()), providers.WithDefaults(request.GetAvvio(), p.settings.GetDefaults())
	var language string
	if tag := customer.GetLanguageCode(); tag != "" {
		var err error
		if language, err = codes.LanguageName(tag); err != nil {
			return nil, providers.InvalidField(p.description.Name, "customer.language_code", err.Error())
		}
	}
	address := customer.GetBillingAddress()
	var lines [2]string // the fates name further lines as not sent
	copy(lines[:], address.GetLines())
	return &avviov1.CreateAccountRequest{
		UserAuth:  p.userAuth(),
		Operation: "createAccount",
		SiteId:    cmp.Or(options.GetSiteId(), p.settings.GetSiteId()),
		AccountInformation: &avviov1.AccountInformation{
			NameTitle:         customer.GetName().GetTitle(),
			NameFirst:         customer.GetName().GetGivenName(),
			NameLast:          customer.GetName().GetFamilyName(),
			AddressLine1:      lines[0],
			AddressLine2:      lines[1],
			AddressTown:       address.GetCity(),
			AddressZip:        address.GetPostalCode(),
			AddressCounty:     address.GetRegion(),
			AddressCountry:    address.GetCountryCode(),
			Email:             customer.GetEmail(),
			Password:          options.GetPassword(),
			PhoneNumber:       cmp.Or(customer.GetPhone(), customer.GetMobile()),
			CompanyName:       customer.GetOrganization().GetName(),
			PreferredLanguage: language,
		},
	}, nil
}

// created reads the response to a create request and returns the account's id. The status ok and an
// id together prove a success, at any HTTP status. One without the other proves nothing.
func (p *Provider) created(call *vendorhttp.Request, response *vendorhttp.Response, secrets []string) (int64, error) {
	answer, created := &avviov1.Answer{}, &avviov1.CreateAccountAnswer{}
	_, unreadable := wire.Read(response.Body, answer)
	if _, err := wire.Read(response.Body, created); unreadable != nil || err != nil {
		return 0, p.http.NotUnderstood(call, response, nil)
	}
	if isOK(answer) && created.GetAccountId() > 0 {
		return created.GetAccountId(), nil
	}
	if created.GetAccountId() != 0 || isOK(answer) {
		return 0, p.http.MayBeDone(call, response, vendorError(response, secrets))
	}
	return 0, p.refusal(call, response, answer, secrets)
}

func isOK(answer *avviov1.Answer) bool {
	return strings.EqualFold(strings.TrimSpace(answer.GetStatus()), "ok")
}

// written returns the customer as sent, with the id that Avvio assigned.
func written(request *enlistv1.CreateCustomerRequest, fates []*enlistv1.FieldFate, id string) *enlistv1.Customer {
	customer := providers.WithoutDropped(request, fates)
	customer.Id = id
	customer.Source = enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	customer.VendorIds = nil
	if id != "" {
		customer.VendorIds = map[string]string{"account_id": id}
	}
	return customer
}
