package caliq

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	apiPath     = "/api/v1"
	createPath  = apiPath + "/CustomerCreate"
	changePath  = apiPath + "/CustomerChange"
	messagePath = apiPath + "/Message"
)

// newRequest returns a request to the API. Each request is a POST with the key in its body.
func (p *Provider) newRequest(operation vendorhttp.Operation, path string, params proto.Message) *vendorhttp.Request {
	body, redacted := wire.Body(params)
	return &vendorhttp.Request{
		Operation:      operation,
		Method:         http.MethodPost,
		Path:           path,
		Header:         http.Header{"Accept": {"application/json"}},
		ContentType:    "application/json",
		Body:           body,
		RedactedBody:   redacted,
		RedactResponse: func(body []byte) string { return p.redact(p.secrets.Redact(string(body))) },
	}
}

// result is the response to a create request that proves a success.
type result struct {
	data     *caliqv1.CustomerCreateData
	warnings []*enlistv1.Warning
	body     []byte
}

// created reads the response to a create request. OK and an AccountID prove a success, at any HTTP
// status, unless the response is about another account number than the one sent. An explicit "not
// OK" without an AccountID is Caliq's refusal.
func (p *Provider) created(ctx context.Context, call *vendorhttp.Request, response *vendorhttp.Response, accountNo string) (*result, error) {
	results := &caliqv1.CustomerCreateResults{}
	odd, unreadable := wire.Read(response.Body, results)
	data := results.GetCustomerCreateData()
	given := data.GetAccountNo()
	another := accountNo != "" && given != "" && match.Keys(accountNo, given) == match.Different
	switch {
	case unreadable != nil:
		return nil, p.failed(call, response)
	case data.GetOk() && data.GetAccountId() > 0 && !another:
		warnings := append(p.issues(ctx, data), providers.IDChanged(accountNo, given)...)
		if given == "" {
			if data.AccountNo = accountNo; accountNo == "" {
				warnings = append(warnings, withoutNumber())
			}
		}
		return &result{data, append(warnings, providers.Unreadable(odd)...), response.Body}, nil
	case data.GetOk() || data.GetAccountId() != 0:
		return nil, p.http.MayBeDone(call, response, p.vendorError(ctx, response, data))
	case data != nil && data.Ok != nil:
		return nil, p.refused(ctx, response, data)
	case response.Status != http.StatusOK:
		return nil, p.failed(call, response)
	default:
		return nil, p.http.NotUnderstood(call, response, p.vendorError(ctx, response, data))
	}
}

// withoutNumber returns the warning about an account whose number Caliq assigned and did not
// return.
func withoutNumber() *enlistv1.Warning {
	return &enlistv1.Warning{
		Code: enlistv1.WarningCode_WARNING_CODE_UNREADABLE_VALUE, Path: "customer.id", VendorCode: "AccountNo",
		Message: "Caliq returned no account number, so customer.id is empty. Find the account by customer.vendor_ids.account_id.",
	}
}

// refused returns the error of Caliq's own refusal. A proxy may have sent the request twice, and
// the first copy can be the cause. So a look-up must confirm the refusal.
func (p *Provider) refused(ctx context.Context, response *vendorhttp.Response, data *caliqv1.CustomerCreateData) error {
	messages := p.messagesOf(ctx, data)
	vendor := vendorErrorOf(response, messages)
	confirm := providers.ConfirmByLookup
	for _, message := range messages {
		words := message.GetMessage() + " " + message.GetDescription()
		if providers.IsAboutExisting(words) { // or the words do not say that it is about something else
			confirm = providers.ConfirmAfterLag
		}
	}
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_VENDOR_REJECTED,
		Message: p.description.Refused("refused the request; see VendorError.", true),
		Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor, Confirm: confirm, Alive: true,
	}
}

// issues returns a warning for each issue of a success.
func (p *Provider) issues(ctx context.Context, data *caliqv1.CustomerCreateData) []*enlistv1.Warning {
	var warnings []*enlistv1.Warning
	for _, message := range p.messagesOf(ctx, data) {
		text := strings.Join(slices.DeleteFunc([]string{message.GetMessage(), message.GetDescription(), message.GetExtra()},
			func(part string) bool { return part == "" }), "; ")
		warnings = append(warnings, &enlistv1.Warning{
			Code: enlistv1.WarningCode_WARNING_CODE_VENDOR_WARNING, Message: text, VendorCode: message.GetCode(),
		})
	}
	return warnings
}

// failed returns the error of any other response. Caliq's documented failures are HTTP errors. A
// look-up confirms a 400. Without Caliq's own words, the 400 may be from a proxy that forwarded the
// request, so absence counts only after the vendor's lag.
func (p *Provider) failed(call *vendorhttp.Request, response *vendorhttp.Response) error {
	answer := &caliqv1.ErrorAnswer{}
	vendor := &enlistv1.VendorError{HttpStatus: int32(response.Status)} //nolint:gosec // three digits
	confirm := providers.ConfirmAfterLag
	if wire.Unmarshal(response.Body, answer) == nil && answer.GetMessage() != "" {
		confirm = providers.ConfirmByLookup
		vendor.Messages = []*enlistv1.VendorMessage{vendorhttp.Message("", p.redact(answer.GetMessage()))}
	}
	if response.Status == http.StatusBadRequest {
		return &providers.Error{
			Reason:  enlistv1.ErrorReason_VENDOR_REJECTED,
			Message: p.description.Refused("responded with HTTP status 400; see VendorError.", call.Creates),
			Stage:   enlistv1.SendStage_SEND_STAGE_ANSWERED,
			Vendor:  vendor,
			Confirm: confirm,
		}
	}
	return p.http.NotUnderstood(call, response, vendor)
}

// maxMessages is the largest number of messages in a VendorError.
const maxMessages = 20

// vendorError returns one message for each issue, and one for the account if the response has one.
func (p *Provider) vendorError(ctx context.Context, response *vendorhttp.Response, data *caliqv1.CustomerCreateData) *enlistv1.VendorError {
	vendor := &enlistv1.VendorError{HttpStatus: int32(response.Status)} //nolint:gosec // three digits
	if data.GetAccountId() != 0 {
		vendor.Messages = append(vendor.Messages, vendorhttp.Message("", "AccountID "+strconv.FormatInt(data.GetAccountId(), 10)+
			", AccountNo "+p.redact(data.GetAccountNo())))
	}
	return vendorErrorOf(response, append(vendor.GetMessages(), p.messagesOf(ctx, data)...))
}

func vendorErrorOf(response *vendorhttp.Response, messages []*enlistv1.VendorMessage) *enlistv1.VendorError {
	return &enlistv1.VendorError{
		HttpStatus: int32(response.Status), //nolint:gosec // three digits
		Messages:   messages[:min(len(messages), maxMessages)],
	}
}

// messagesOf returns one message for each issue, with its description from the catalogue.
func (p *Provider) messagesOf(ctx context.Context, data *caliqv1.CustomerCreateData) []*enlistv1.VendorMessage {
	issues := data.GetCustomerCreateIssues()
	if len(issues) == 0 {
		return nil
	}
	descriptions := p.messages.get(ctx)
	messages := make([]*enlistv1.VendorMessage, len(issues))
	for i, issue := range issues {
		messages[i] = vendorhttp.Message(strconv.FormatInt(issue.GetId(), 10), p.redact(issue.GetMessage()))
		messages[i].Extra = vendorhttp.Cut(p.redact(issue.GetExtraData()), 200)
		messages[i].Description = vendorhttp.Cut(p.redact(descriptions[issue.GetId()]), 200)
	}
	return messages
}

func (p *Provider) redact(text string) string { return wire.Redact(text, p.settings.GetApiKey()) }
