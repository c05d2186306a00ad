package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// gated is a provider whose calls wait until the test releases them.
type gated struct {
	providers.Provider
	entered chan struct{}
	release chan struct{}
}

func (g *gated) GetCustomer(_ context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	switch request.GetCustomerId() {
	case "panic":
		panic("s3cret-value")
	case "defect":
		return nil, errors.New("a cause that callers must not see")
	}
	g.entered <- struct{}{}
	<-g.release
	return &enlistv1.GetCustomerResponse{Customer: &enlistv1.Customer{Id: request.GetCustomerId()}}, nil
}

func gate(change func(*configv1.Config)) (*gated, func(*configv1.Config, map[string]providers.Provider)) {
	g := &gated{entered: make(chan struct{}, 4), release: make(chan struct{})}
	return g, func(config *configv1.Config, connected map[string]providers.Provider) {
		g.Provider = connected["opencell"]
		connected["opencell"] = g
		if change != nil {
			change(config)
		}
	}
}

// A stop first reports that the server is not ready, while the server still accepts calls. Then
// it lets every accepted call end.
func TestStopCutsNoCallOff(t *testing.T) {
	g, change := gate(func(config *configv1.Config) { config.Shutdown.Delay = durationpb.New(1500 * time.Millisecond) })
	r := start(t, change)
	client := enlistv1.NewCustomerServiceClient(r.grpc)
	results := make(chan error, 4)
	get := func() {
		_, err := client.GetCustomer(context.Background(), &enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: "X"})
		results <- err
	}
	getREST := func() {
		response, err := http.Get(r.restURL + "/v1/providers/opencell/customers/X")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				err = errors.New(response.Status)
			}
		}
		results <- err
	}
	go get()
	go getREST()
	<-g.entered
	<-g.entered

	r.stop()
	for { // until the health reports it
		answer, err := healthv1.NewHealthClient(r.grpc).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "readiness"})
		if err != nil {
			t.Fatal(err)
		}
		if answer.GetStatus() == healthv1.HealthCheckResponse_NOT_SERVING {
			break
		}
	}
	response, err := http.Get(r.restURL + "/readyz")
	if err != nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz while stopping: %v, %v", response, err)
	}
	_ = response.Body.Close()
	response, err = http.Get(r.restURL + "/healthz")
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("healthz while stopping: %v, %v", response, err)
	}
	_ = response.Body.Close()
	go get() // the server accepts calls during the delay
	go getREST()
	<-g.entered
	<-g.entered

	close(g.release)
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	err = <-r.ended
	r.ended <- err // for the clean-up
	if err != nil {
		t.Error(err)
	}
}

func TestStopIsBounded(t *testing.T) {
	g, change := gate(func(config *configv1.Config) { config.Shutdown.Timeout = durationpb.New(100 * time.Millisecond) })
	r := start(t, change)
	result := make(chan error, 1)
	go func() {
		_, err := enlistv1.NewCustomerServiceClient(r.grpc).GetCustomer(context.Background(), &enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: "X"})
		result <- err
	}()
	<-g.entered
	r.stop()
	if code := status.Code(<-result); code != codes.Unavailable {
		t.Errorf("the call that was cut off ended with %s", code)
	}
	close(g.release)
	if err := <-r.ended; err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
	r.ended <- nil
}

// The vendor may have executed a creation that the end of the server interrupts. The caller and
// the log learn this.
func TestStopTellsTheOutcome(t *testing.T) {
	r := start(t, func(config *configv1.Config, _ map[string]providers.Provider) {
		config.Shutdown.Timeout = durationpb.New(100 * time.Millisecond)
	})
	for range 2 {
		order(t, r, map[string]any{"vendor": "opencell", "operation": "create", "kind": "latency", "delay_ms": 1500})
	}
	const body = `{"provider":"opencell","customer":{"id":"X%d","name":{"familyName":"One"},"billingAddress":{"countryCode":"FR"}}}`
	results := make(chan outcome, 2)
	for i, call := range []func(context.Context, *testing.T, *running, protoreflect.MethodDescriptor, []byte) outcome{callGRPC, callREST} {
		go func() { results <- call(t.Context(), t, r, method(t, "CreateCustomer"), fmt.Appendf(nil, body, i)) }()
	}
	sandboxtest.AwaitFaults(t, r.sandboxURL)
	r.stop()
	for range 2 {
		if got := <-results; got.status.Code() != codes.Aborted {
			t.Errorf("got %v", got.status)
		}
	}
	if err := <-r.ended; err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
	r.ended <- nil
	if lines := strings.Count(r.log.String(), `"reason":"OUTCOME_UNKNOWN"`); lines != 2 {
		t.Errorf("%d lines for 2 calls: %s", lines, r.log.String())
	}
}

// A panic or an unclassified error becomes INTERNAL_ERROR. Only the log has the cause. The value
// of a panic is nowhere.
func TestDefects(t *testing.T) {
	_, change := gate(nil)
	r := start(t, change)
	client := enlistv1.NewCustomerServiceClient(r.grpc)
	for _, id := range []string{"panic", "defect"} {
		_, err := client.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: id})
		if got := status.Convert(err); got.Code() != codes.Internal || !strings.Contains(got.Message(), "call id") ||
			strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "callers must not see") {
			t.Errorf("%s: %v", id, err)
		}
	}
	if log := r.log.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, "a cause that callers must not see") {
		t.Errorf("log: %s", log)
	}
}

// A call without a deadline gets one.
func TestCallsAreBounded(t *testing.T) {
	bounded := make(chan bool, 1)
	r := start(t, func(_ *configv1.Config, connected map[string]providers.Provider) {
		connected["opencell"] = &deadlines{connected["opencell"], bounded}
	})
	response, err := http.Get(r.restURL + "/v1/providers/opencell/customers/X")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if !<-bounded {
		t.Error("a call without a deadline")
	}
}

type deadlines struct {
	providers.Provider
	bounded chan bool
}

func (d *deadlines) GetCustomer(ctx context.Context, _ *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	deadline, has := ctx.Deadline()
	d.bounded <- has && time.Until(deadline) <= time.Minute
	return &enlistv1.GetCustomerResponse{}, nil
}
