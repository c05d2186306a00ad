package server

import (
	"context"
	"encoding/json"
	"net/http"

	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// These are the services of grpc.health.v1. "liveness" is serving while the process runs.
// "readiness", "" and the services of the contract are serving from the moment the server accepts
// calls until a stop begins.
const (
	liveness  = "liveness"
	readiness = "readiness"
)

type healthState struct{ *health.Server }

func newHealth() healthState {
	state := healthState{health.NewServer()}
	state.SetServingStatus(liveness, healthv1.HealthCheckResponse_SERVING)
	state.setReady(false)
	return state
}

func (h healthState) setReady(ready bool) {
	serving := healthv1.HealthCheckResponse_NOT_SERVING
	if ready {
		serving = healthv1.HealthCheckResponse_SERVING
	}
	for _, service := range []string{
		"", readiness, enlistv1.CustomerService_ServiceDesc.ServiceName, enlistv1.ProviderService_ServiceDesc.ServiceName,
		enlistv1.OperationService_ServiceDesc.ServiceName,
	} {
		h.SetServingStatus(service, serving)
	}
}

// handler serves the health over HTTP. The status is 200 when the service is serving, and 503
// otherwise.
func (h healthState) handler(service string) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		answer, err := h.Check(context.WithoutCancel(request.Context()), &healthv1.HealthCheckRequest{Service: service})
		code := http.StatusOK
		if err != nil || answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			code = http.StatusServiceUnavailable
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		// This fails only when the caller is gone.
		_ = json.NewEncoder(w).Encode(map[string]string{"status": answer.GetStatus().String()})
	}
}
