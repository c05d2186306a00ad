package cli_test

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// collector is an OTLP collector that stores the spans that it receives.
type collector struct {
	collectorv1.UnimplementedTraceServiceServer
	endpoint string
	mu       sync.Mutex
	spans    []*tracev1.Span
	text     []byte
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{endpoint: "http://" + listener.Addr().String()}
	server := grpc.NewServer()
	collectorv1.RegisterTraceServiceServer(server, c)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return c
}

// environment returns the variables that make a process send its traces here.
func (c *collector) environment() []string {
	return []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_BSP_SCHEDULE_DELAY=50"}
}

func (c *collector) Export(_ context.Context, request *collectorv1.ExportTraceServiceRequest) (*collectorv1.ExportTraceServiceResponse, error) {
	named, _ := proto.Clone(request).(*collectorv1.ExportTraceServiceRequest)
	for _, span := range spansOf(named) {
		// These are random, like the last digits of times. A mark in them means nothing.
		span.TraceId, span.SpanId, span.ParentSpanId = nil, nil, nil
		span.StartTimeUnixNano, span.EndTimeUnixNano = 0, 0
		for _, event := range span.GetEvents() {
			event.TimeUnixNano = 0
		}
	}
	text, err := protojson.Marshal(named)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = append(c.text, text...)
	c.spans = append(c.spans, spansOf(request)...)
	return &collectorv1.ExportTraceServiceResponse{}, nil
}

func spansOf(request *collectorv1.ExportTraceServiceRequest) (spans []*tracev1.Span) {
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			spans = append(spans, scope.GetSpans()...)
		}
	}
	return spans
}

// got returns the spans with a name, as soon as there are enough.
func (c *collector) got(t *testing.T, name string, atLeast int) []*tracev1.Span {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c.mu.Lock()
		all := slices.Clone(c.spans)
		c.mu.Unlock()
		named := slices.DeleteFunc(slices.Clone(all), func(span *tracev1.Span) bool { return span.GetName() != name })
		if len(named) >= atLeast {
			return named
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d spans %q, not %d, among %d: %v", len(named), name, atLeast, len(all), names(all))
		}
	}
}

func names(spans []*tracev1.Span) (names []string) {
	for _, span := range spans {
		names = append(names, span.GetName())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// attribute returns an attribute of a span as text, or nothing if the span does not have it.
func attribute(span *tracev1.Span, name string) string {
	for _, attribute := range span.GetAttributes() {
		if attribute.GetKey() == name {
			return attribute.GetValue().GetStringValue()
		}
	}
	return ""
}
