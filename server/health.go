package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// These are the services of grpc.health.v1. "liveness" is serving while the process runs.
// "readiness", "" and the services of the contract are serving from the moment the server accepts
// calls until a stop begins. "readiness" and "" are not serving while the journal does not work.
const (
	liveness  = "liveness"
	readiness = "readiness"
)

type healthState struct {
	*health.Server
	condition func() error       // why the server cannot work; nil if it can
	gap       func() journal.Gap // the records that the journal may have lost

	mu      sync.Mutex
	serving bool  // the server accepts calls, and no stop has begun
	broken  error // the latest condition
}

func newHealth(condition func() error, gap func() journal.Gap) *healthState {
	if condition == nil {
		condition = func() error { return nil }
	}
	if gap == nil {
		gap = func() journal.Gap { return journal.Gap{} }
	}
	state := &healthState{Server: health.NewServer(), condition: condition, gap: gap}
	state.SetServingStatus(liveness, healthv1.HealthCheckResponse_SERVING)
	state.setReady(false)
	return state
}

func (h *healthState) setReady(ready bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.serving = ready
	serving := healthv1.HealthCheckResponse_NOT_SERVING
	if ready {
		serving = healthv1.HealthCheckResponse_SERVING
	}
	for _, service := range []string{
		"", readiness, enlistv1.CustomerService_ServiceDesc.ServiceName, enlistv1.ProviderService_ServiceDesc.ServiceName,
		enlistv1.OperationService_ServiceDesc.ServiceName, enlistv1.PrivacyService_ServiceDesc.ServiceName,
	} {
		h.SetServingStatus(service, serving)
	}
}

// conditionEvery is how often the server asks for its condition.
const conditionEvery = time.Second

// watch follows the condition until the context ends.
func (h *healthState) watch(ctx context.Context, log *slog.Logger) {
	ticks := time.NewTicker(conditionEvery)
	defer ticks.Stop()
	for {
		h.update(ctx, log)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// update sets the readiness by the condition. The services of the contract go on serving: a client
// that watches one gets the reason for its call, and can still read what is readable.
func (h *healthState) update(ctx context.Context, log *slog.Logger) {
	broken := h.condition()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.serving || (broken == nil) == (h.broken == nil) {
		return
	}
	h.broken = broken
	status := healthv1.HealthCheckResponse_SERVING
	if broken != nil {
		status = healthv1.HealthCheckResponse_NOT_SERVING
		log.ErrorContext(ctx, "not ready", "cause", broken)
	} else {
		log.InfoContext(ctx, "ready again")
	}
	h.SetServingStatus("", status)
	h.SetServingStatus(readiness, status)
}

// handler serves the health over HTTP. The status is 200 when the service is serving, and 503
// otherwise, with the reason if there is one. The readiness also shows an open gap of the journal.
func (h *healthState) handler(service string) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		answer, err := h.Check(context.WithoutCancel(request.Context()), &healthv1.HealthCheckRequest{Service: service})
		code := http.StatusOK
		if err != nil || answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			code = http.StatusServiceUnavailable
		}
		said := map[string]any{"status": answer.GetStatus().String()}
		if broken := h.condition(); service == readiness && broken != nil {
			code = http.StatusServiceUnavailable
			said = map[string]any{"status": healthv1.HealthCheckResponse_NOT_SERVING.String(), "reason": broken.Error()}
		}
		if gap := h.gap(); service == readiness && gap.IsOpen() {
			said["gap"] = map[string]time.Time{"since": gap.Since, "closes": gap.Closes}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		// This fails only when the caller is gone.
		_ = json.NewEncoder(w).Encode(said)
	}
}
