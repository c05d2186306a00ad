package once

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/enlist-dev/enlist/journal"
)

func tracer(from trace.TracerProvider) trace.Tracer {
	if from == nil {
		from = noop.NewTracerProvider()
	}
	return from.Tracer("github.com/enlist-dev/enlist/once")
}

// settling starts the span of a creation that is settled without a caller. ended ends it. The
// requests to the vendor are its children.
func (s *Service) settling(ctx context.Context, record *journal.Record) (within context.Context, ended func()) {
	within, span := s.tracer.Start(ctx, "settle", trace.WithNewRoot())
	if !span.IsRecording() {
		return within, func() {}
	}
	span.SetAttributes(attribute.String("enlist.provider", record.Provider), attribute.String("enlist.request_id", record.RequestID.String()))
	return within, func() { span.End() }
}
