package server

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

func tracer(from trace.TracerProvider) trace.Tracer {
	if from == nil {
		from = noop.NewTracerProvider()
	}
	return from.Tracer("github.com/enlist-dev/enlist/server")
}

// beginSpan begins the span of a call. If the caller names a trace, the span belongs to that
// trace. The vendor receives the trace even if there is no span.
func beginSpan(ctx context.Context, tracer trace.Tracer, method string) (context.Context, trace.Span) {
	ctx = propagation.TraceContext{}.Extract(ctx, incoming{ctx})
	return tracer.Start(ctx, strings.TrimPrefix(method, "/"), trace.WithSpanKind(trace.SpanKindServer))
}

// endSpan ends the span of a call. The span holds facts about the call, and no text of its caller
// or of the vendor.
func endSpan(span trace.Span, c *call, provider string, code codes.Code, failure *providers.Error) {
	if !span.IsRecording() {
		return
	}
	attributes := []attribute.KeyValue{
		attribute.String("rpc.system", "grpc"), attribute.String("rpc.service", c.service), attribute.String("rpc.method", c.rpc),
		attribute.Int("rpc.grpc.status_code", int(code)), attribute.String("enlist.transport", c.transport),
		attribute.String("enlist.call_id", c.id),
	}
	if provider != "" {
		attributes = append(attributes, attribute.String("enlist.provider", provider))
	}
	if c.requestID != "" {
		attributes = append(attributes, attribute.String("enlist.request_id", c.requestID))
	}
	if failure != nil {
		attributes = append(attributes, attribute.String("enlist.reason", failure.Reason.String()))
		if failure.Stage != enlistv1.SendStage_SEND_STAGE_UNSPECIFIED {
			attributes = append(attributes, attribute.String("enlist.send_stage", failure.Stage.String()))
		}
		if isServersFault(code) {
			span.SetStatus(otelcodes.Error, failure.Reason.String())
		}
	}
	span.SetAttributes(attributes...)
	span.End()
}

// isServersFault reports whether a code counts as a server error under OpenTelemetry's
// conventions.
func isServersFault(code codes.Code) bool {
	switch code {
	case codes.Unknown, codes.DeadlineExceeded, codes.Unimplemented, codes.Internal, codes.Unavailable, codes.DataLoss:
		return true
	}
	return false
}

// incoming reads the metadata of a call, over either transport.
type incoming struct{ context.Context }

// Get returns the first value under a key.
func (i incoming) Get(key string) string {
	if values := metadata.ValueFromIncomingContext(i, key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// Set does nothing, since calls are only read.
func (incoming) Set(string, string) {}

// Keys returns nil, since no code uses it.
func (incoming) Keys() []string { return nil }
