package vendorhttp

import (
	"context"
	"net/http"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// BenchmarkWatch measures the cost of metrics and traces for a vendor request.
func BenchmarkWatch(b *testing.B) {
	traced, span := sdk.NewTracerProvider(sdk.WithBatcher(discard{})).Tracer("").Start(context.Background(), "caller")
	defer span.End()
	client, err := NewClient(nil, "http://127.0.0.1:1")
	if err != nil {
		b.Fatal(err)
	}
	request, answer, header := &Request{Operation: Create, Method: http.MethodPost}, &Response{Status: http.StatusOK}, http.Header{}
	for name, ctx := range map[string]context.Context{"untraced": context.Background(), "traced": traced} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ctx, call := client.watch(ctx, request)
				passOn(ctx, header)
				call.over(answer)
				call.ended(outcomeOf(nil))
			}
		})
	}
}

type discard struct{}

func (discard) ExportSpans(context.Context, []sdk.ReadOnlySpan) error { return nil }
func (discard) Shutdown(context.Context) error                        { return nil }
