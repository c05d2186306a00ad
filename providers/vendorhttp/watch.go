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

// watched is one request for metrics and traces. It has no URL, header or body, because they
// contain personal data and secrets.
type watched struct {
	client  *Client
	request *Request
	began   time.Time
	took    time.Duration
	span    trace.Span
}

// watch starts the measurement of a request. Its span belongs to the trace of its context, if any.
func (c *Client) watch(ctx context.Context, request *Request) (context.Context, *watched) {
	w := &watched{client: c, request: request, began: time.Now()}
	caller := trace.SpanFromContext(ctx)
	if !caller.SpanContext().IsSampled() { // the caller's span stays the parent, even after the caller has its response
		w.span = trace.SpanFromContext(context.Background()) // no span; the caller's trace context passes through
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

// over records the end of the exchange, with a status if a response has started.
func (w *watched) over(response *Response) {
	w.took = time.Since(w.began)
	if response != nil && w.span.IsRecording() {
		w.span.SetAttributes(attribute.Int("http.response.status_code", response.Status))
	}
}

// ended records the outcome of the request, and ends it.
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

// passOn sends the trace of a request to the vendor, if any: traceparent and tracestate. It does
// not send baggage, which is the caller's free text.
func passOn(ctx context.Context, header http.Header) {
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(header))
}
