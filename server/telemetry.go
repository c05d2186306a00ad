package server

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/audit"
)

// telemetry is what operators and auditors see of calls.
type telemetry struct {
	log       *slog.Logger
	metrics   *metrics
	tracer    trace.Tracer
	connected connections
	audit     *audit.Stream // nil for none
}

// begin records the start of a call. It returns the function that records its end.
func (t telemetry) begin(ctx context.Context, c *call) (context.Context, func(codes.Code, *providers.Error)) {
	start := time.Now()
	if c.isInfrastructure() {
		return ctx, func(code codes.Code, failure *providers.Error) { logCall(ctx, t.log, c, code, failure, start) }
	}
	t.metrics.inFlight[c.transport].Inc()
	ctx, span := beginSpan(ctx, t.tracer, c.method)
	return ctx, func(code codes.Code, failure *providers.Error) {
		provider := ""
		if _, there := t.connected()[c.provider]; there {
			provider = c.provider
		}
		t.metrics.inFlight[c.transport].Dec()
		t.metrics.ended(c, provider, code, failure, time.Since(start).Seconds())
		endSpan(span, c, provider, code, failure)
		logCall(ctx, t.log, c, code, failure, start)
	}
}

func logCall(ctx context.Context, log *slog.Logger, c *call, code codes.Code, failure *providers.Error, start time.Time) {
	level := slog.LevelInfo
	switch {
	case c.isInfrastructure():
		level = slog.LevelDebug // health checks and reflection
	case code == codes.Internal || code == codes.Unknown:
		level = slog.LevelError
	case code == codes.Unavailable || code == codes.Aborted || code == codes.ResourceExhausted:
		level = slog.LevelWarn
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attributes := []slog.Attr{
		slog.String("method", c.method), slog.String("transport", c.transport), slog.String("code", code.String()),
		slog.Float64("duration_ms", float64(time.Since(start).Microseconds())/1000), slog.String("call_id", c.id),
	}
	if in := trace.SpanContextFromContext(ctx); in.IsValid() {
		attributes = append(attributes, slog.String("trace_id", in.TraceID().String()), slog.String("span_id", in.SpanID().String()))
	}
	if c.caller != nil && c.caller.Principal != "" {
		attributes = append(attributes, slog.String("principal", c.caller.Principal))
	}
	if c.provider != "" {
		attributes = append(attributes, slog.String("provider", c.provider))
	}
	if c.requestID != "" {
		attributes = append(attributes, slog.String("request_id", c.requestID))
	}
	if failure != nil {
		attributes = append(attributes, slog.String("reason", failure.Reason.String()))
		if failure.Stage != enlistv1.SendStage_SEND_STAGE_UNSPECIFIED {
			attributes = append(attributes, slog.String("send_stage", failure.Stage.String()))
		}
		if failure.Vendor != nil {
			attributes = append(attributes, slog.Int("vendor_status", int(failure.Vendor.GetHttpStatus())))
		}
		if failure.Cause != nil {
			attributes = append(attributes, slog.String("cause", failure.Cause.Error()))
		}
	}
	log.LogAttrs(ctx, level, "call", attributes...)
}
