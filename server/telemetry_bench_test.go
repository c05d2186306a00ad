package server

import (
	"context"
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// BenchmarkTelemetry measures what telemetry costs a call, without its log line.
func BenchmarkTelemetry(b *testing.B) {
	connected := map[string]providers.Provider{"opencell": nil}
	for name, tracing := range map[string]trace.TracerProvider{
		"untraced": nil, "traced": sdk.NewTracerProvider(sdk.WithBatcher(discard{})),
	} {
		b.Run(name, func(b *testing.B) {
			seen := telemetry{
				log: slog.New(slog.DiscardHandler), metrics: newMetrics(prometheus.NewRegistry(), &admission{}), tracer: tracer(tracing),
				connected: func() map[string]providers.Provider { return connected },
			}
			request := &enlistv1.CreateCustomerRequest{Provider: "opencell"}
			b.ReportAllocs()
			for b.Loop() {
				c := newCall(b.Context(), "/enlist.v1.CustomerService/CreateCustomer", request)
				_, ended := seen.begin(b.Context(), c)
				ended(codes.OK, nil)
			}
		})
	}
}

type discard struct{}

func (discard) ExportSpans(context.Context, []sdk.ReadOnlySpan) error { return nil }
func (discard) Shutdown(context.Context) error                        { return nil }
