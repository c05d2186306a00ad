package vendorhttp

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/enlist-dev/enlist/providers"
)

// watched is one call, as metrics and traces have it: no URL, no header and no body, for these hold
// personal data and secrets.
type watched struct {
	client  *Client
	request *Request
	began   time.Time
	took    time.Duration
	span    trace.Span
}

// watch begins to watch a call. Its span belongs to the trace of its context, if there is one.
func (c *Client) watch(ctx context.Context, request *Request) (context.Context, *watched) {
	w := &watched{client: c, request: request, began: time.Now()}
	caller := trace.SpanFromContext(ctx)
	if !caller.SpanContext().IsSampled() { // a caller that has its answer already is still the parent
		w.span = trace.SpanFromContext(context.Background()) // none; the caller's trace, if there is one, passes through
		return ctx, w
	}
	tracer := caller.TracerProvider().Tracer("github.com/enlist-dev/enlist/providers/vendorhttp")
	ctx, w.span = tracer.Start(ctx, c.provider+" "+string(request.Operation), trace.WithSpanKind(trace.SpanKindClient))
	port, _ := strconv.Atoi(c.base.Port())
	w.span.SetAttributes(attribute.String("http.request.method", request.Method), attribute.String("server.address", c.base.Hostname()),
		attribute.Int("server.port", port), attribute.String("enlist.provider", c.provider),
		attribute.String("enlist.operation", string(request.Operation)))
	return ctx, w
}

// over takes note that the exchange is over, with a status if an answer has begun.
func (w *watched) over(response *Response) {
	w.took = time.Since(w.began)
	if response != nil && w.span.IsRecording() {
		w.span.SetAttributes(attribute.Int("http.response.status_code", response.Status))
	}
}

// ended records the outcome of the call, with which it ends.
func (w *watched) ended(outcome providers.Outcome) {
	result := outcome.Label
	w.client.metrics.duration.WithLabelValues(string(w.request.Operation), result).Observe(w.took.Seconds())
	if !w.span.IsRecording() {
		return
	}
	w.span.SetAttributes(attribute.String("enlist.result", result))
	if result != "ok" && result != "refused" {
		w.span.SetStatus(codes.Error, result)
	}
	w.span.End(trace.WithTimestamp(w.began.Add(w.took)))
}

// passOn tells the vendor the trace that a call belongs to, if there is one: traceparent and
// tracestate. Baggage, which is the caller's free text, stays here.
func passOn(ctx context.Context, header http.Header) {
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(header))
}
