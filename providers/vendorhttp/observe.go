package vendorhttp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// mostShown is the greatest number of characters of a body that an observer gets.
const mostShown = 4096

// beforeSend asks the observer whether a create request may go out.
func (c *Client) beforeSend(ctx context.Context, request *Request) error {
	observer := providers.ObserverOf(ctx)
	if observer == nil || observer.BeforeSend == nil || !request.Creates {
		return nil
	}
	if err := observer.BeforeSend(ctx, request.Shown); err != nil {
		return c.stopped(request, err)
	}
	return nil
}

// stopped returns the error of a request that the observer stopped.
func (c *Client) stopped(request *Request, err error) *providers.Error {
	var known *providers.Error
	if errors.As(err, &known) {
		_ = errors.As(providers.NotSent(known), &known)
		return known
	}
	return c.failed(request, enlistv1.SendStage_SEND_STAGE_NOT_SENT, err)
}

// traced returns a context in which net/http reports how far a request gets.
func traced(ctx context.Context, request *Request, progress *progress) context.Context {
	if observer := providers.ObserverOf(ctx); observer != nil && request.Creates {
		progress.whenConnected = observer.Connected
	}
	return httptrace.WithClientTrace(ctx, progress.trace())
}

// exchanged reports a completed exchange to the observer. The response has only a status if its
// body did not arrive completely. It is nil if there was none.
func (c *Client) exchanged(
	ctx context.Context, request *Request, start time.Time, response *Response, failure *providers.Error,
) *providers.Exchange {
	observer := providers.ObserverOf(ctx)
	if observer == nil || observer.Exchanged == nil {
		return nil
	}
	exchange := &providers.Exchange{
		Operation: string(request.Operation), Creates: request.Creates, Start: start, End: time.Now(),
		Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Request: c.shownRequest(request),
	}
	if failure != nil {
		exchange.Stage = failure.Stage
		exchange.Error, exchange.ErrorReason = told(failure), failure.Reason
	}
	if response != nil {
		exchange.Status, exchange.ResponseBody = response.Status, request.shown(response, observer.Everything)
	}
	observer.Exchanged(exchange)
	return exchange
}

// interpreted reports to the observer what the adapter says of a response. CUSTOMER_NOT_FOUND
// is no error.
func interpreted(ctx context.Context, request *Request, response *Response, err error) {
	observer := providers.ObserverOf(ctx)
	if response.exchange == nil || observer.Failed == nil || err == nil || providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return
	}
	known := &providers.Error{
		Reason:  enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED,
		Message: "The vendor no longer accepts the credential, so Enlist logs in again.",
	}
	if !errors.Is(err, ErrRenew) && !errors.As(err, &known) {
		known = &providers.Error{Reason: enlistv1.ErrorReason_INTERNAL_ERROR, Message: providers.Defect}
	}
	exchange := response.exchange
	exchange.Error, exchange.ErrorReason = told(known), known.Reason
	if request.Scan != nil && response.size > 0 {
		exchange.ResponseBody = request.redacted(Shape(response.Body, response.size))
	}
	observer.Failed(exchange)
}

// shownRequest returns the preview of a request. Of a login it has no value, because each may be a
// secret, with any name.
func (c *Client) shownRequest(request *Request) *enlistv1.VendorRequest {
	if request.Operation != Login {
		return c.Preview(request)
	}
	names, _ := url.ParseQuery(string(request.Body)) // every login is a form
	for name := range names {
		names[name] = []string{hidden}
	}
	shown := &enlistv1.VendorRequest{Method: request.Method, Url: c.url(request), Body: names.Encode()}
	for _, name := range slices.Sorted(maps.Keys(request.Header)) {
		value := request.Header.Get(name)
		if name != "Accept" {
			value = hidden
		}
		shown.Headers = append(shown.Headers, &enlistv1.VendorRequest_Header{Name: name, Value: value})
	}
	return shown
}

// hidden stands for a value of a login.
const hidden = "hidden"

// shown returns a response's body for people, without secrets. asShape asks for the shape of a
// list.
func (r *Request) shown(response *Response, asShape bool) string {
	if r.Operation == Login || asShape && r.Scan != nil && response.size > 0 {
		return r.redacted(Shape(response.Body, response.size))
	}
	if r.Scan != nil && response.size > 0 {
		return fmt.Sprintf("(%d bytes, not kept: a list that contains other customers, too)", response.size)
	}
	return r.redacted(string(response.Body))
}

// redacted returns a text from a response without secrets, cut to size.
func (r *Request) redacted(text string) string {
	if r.RedactResponse != nil {
		text = r.RedactResponse([]byte(text))
	}
	return Cut(strings.ToValidUTF8(text, "\uFFFD"), mostShown)
}
