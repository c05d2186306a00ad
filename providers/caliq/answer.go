package caliq

import (
	"context"
	"net/http"
	"strconv"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	apiPath     = "/api/v1"
	createPath  = apiPath + "/CustomerCreate"
	changePath  = apiPath + "/CustomerChange"
	messagePath = apiPath + "/Message"
)

// call makes a call of the API; every one is a POST with the key in its body.
func (p *Provider) call(operation vendorhttp.Operation, path string, params proto.Message) *vendorhttp.Request {
	body, redacted := wire.Body(params)
	return &vendorhttp.Request{
		Operation:    operation,
		Method:       http.MethodPost,
		Path:         path,
		Header:       http.Header{"Accept": {"application/json"}},
		ContentType:  "application/json",
		Body:         body,
		RedactedBody: redacted,
		RedactAnswer: func(body []byte) string { return p.redact(p.secrets.Redact(string(body))) },
	}
}

// created reads the answer to a create. A success has OK, an AccountID, and the number that was sent, if one was; OK alone could
// as well be a default of whatever answered.
func (p *Provider) created(
	ctx context.Context, call *vendorhttp.Request, response *vendorhttp.Response, accountNo string,
) (*caliqv1.CustomerCreateData, error) {
	results := &caliqv1.CustomerCreateResults{}
	unreadable := wire.Unmarshal(response.Body, results) != nil
	data := results.GetCustomerCreateData()
	switch given := data.GetAccountNo(); {
	case response.Status != http.StatusOK && (data.GetOk() || data.GetAccountId() != 0):
		return nil, p.http.MayBeDone(call, response, p.vendorError(ctx, response, data))
	case response.Status != http.StatusOK, unreadable:
		return nil, p.failed(call, response)
	case data.GetOk() && data.GetAccountId() != 0 && given != "" && (accountNo == "" || given == accountNo):
		return data, nil
	case data != nil && data.Ok != nil && !data.GetOk() && data.GetAccountId() == 0:
		return nil, &providers.Error{
			Reason:  enlistv1.ErrorReason_VENDOR_REJECTED,
			Message: "Provider " + p.description.Name + " refused the customer; see VendorError for its issues. Nothing was created.",
			Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED,
			Vendor:  p.vendorError(ctx, response, data),
		}
	default:
		return nil, p.http.NotUnderstood(call, response, p.vendorError(ctx, response, data))
	}
}

// failed tells the documented failures, which are HTTP errors, from those of whatever else may have answered.
func (p *Provider) failed(call *vendorhttp.Request, response *vendorhttp.Response) error {
	answer := &caliqv1.ErrorAnswer{}
	vendor := &enlistv1.VendorError{HttpStatus: int32(response.Status)} //nolint:gosec // three digits
	if wire.Unmarshal(response.Body, answer) == nil && answer.GetMessage() != "" {
		vendor.Messages = []*enlistv1.VendorMessage{vendorhttp.Message("", p.redact(answer.GetMessage()))}
	}
	if response.Status == http.StatusBadRequest {
		return &providers.Error{
			Reason:  enlistv1.ErrorReason_VENDOR_REJECTED,
			Message: "Provider " + p.description.Name + " could not make sense of the request; see VendorError. Nothing was done.",
			Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED,
			Vendor:  vendor,
		}
	}
	return p.http.NotUnderstood(call, response, vendor)
}

// maxMessages is how many messages a VendorError holds.
const maxMessages = 10

// vendorError makes one message of each issue, with what the catalogue says of it; and one of the account, where there is one.
func (p *Provider) vendorError(ctx context.Context, response *vendorhttp.Response, data *caliqv1.CustomerCreateData) *enlistv1.VendorError {
	vendor := &enlistv1.VendorError{HttpStatus: int32(response.Status)} //nolint:gosec // three digits
	if data.GetAccountId() != 0 {
		vendor.Messages = append(vendor.Messages, vendorhttp.Message("", "AccountID "+strconv.FormatInt(data.GetAccountId(), 10)+
			", AccountNo "+p.redact(data.GetAccountNo())))
	}
	issues := data.GetCustomerCreateIssues()
	if len(issues) == 0 {
		return vendor
	}
	descriptions := p.messages.get(ctx)
	for _, issue := range issues {
		if len(vendor.GetMessages()) == maxMessages {
			break
		}
		message := vendorhttp.Message(strconv.FormatInt(issue.GetId(), 10), p.redact(issue.GetMessage()))
		message.Extra = vendorhttp.Cut(p.redact(issue.GetExtraData()), 200)
		message.Description = vendorhttp.Cut(p.redact(descriptions[issue.GetId()]), 200)
		vendor.Messages = append(vendor.Messages, message)
	}
	return vendor
}

func (p *Provider) redact(text string) string { return wire.Redact(text, p.settings.GetApiKey()) }
