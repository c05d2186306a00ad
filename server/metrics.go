package server

import (
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"

	"github.com/enlist-dev/enlist/providers"
)

// metrics counts the calls to this server. No label holds the caller's text.
type metrics struct {
	duration *prometheus.HistogramVec
	errors   *prometheus.CounterVec
	inFlight map[string]prometheus.Gauge // by transport
}

func newMetrics(registry prometheus.Registerer, admission *admission) *metrics {
	made := promauto.With(registry)
	for cause, refused := range map[string]*atomic.Int64{
		"calls": &admission.refusedForCalls, "part": &admission.refusedForParts, "memory": &admission.refusedForMemory,
	} {
		made.NewCounterFunc(prometheus.CounterOpts{
			Name: "enlist_calls_shed_total", Help: "Refused calls, because of limits.max_calls or low memory.",
			ConstLabels: prometheus.Labels{"cause": cause},
		}, func() float64 { return float64(refused.Load()) })
	}
	inFlight := made.NewGaugeVec(prometheus.GaugeOpts{
		Name: "enlist_rpc_in_flight", Help: "Calls in progress.",
	}, []string{"transport"})
	return &metrics{
		duration: made.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "enlist_rpc_duration_seconds",
			Help:    "Time from the arrival of a call to its response. provider is empty if the call names no configured provider.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"rpc", "transport", "provider", "code"}),
		errors: made.NewCounterVec(prometheus.CounterOpts{
			Name: "enlist_rpc_errors_total", Help: "Failed calls, by the reason in the error.",
		}, []string{"rpc", "provider", "reason"}),
		inFlight: map[string]prometheus.Gauge{
			overGRPC: inFlight.WithLabelValues(overGRPC), overREST: inFlight.WithLabelValues(overREST),
		},
	}
}

// ended counts a finished call. failure is nil if the call succeeded.
func (m *metrics) ended(c *call, provider string, ended codes.Code, failure *providers.Error, seconds float64) {
	m.duration.WithLabelValues(c.rpc, c.transport, provider, code.Code(ended).String()).Observe(seconds) //nolint:gosec // of 17
	if failure != nil {
		m.failed(c, provider, failure)
	}
}

// failed counts a failure. The RPC is empty if the request never became a call.
func (m *metrics) failed(c *call, provider string, failure *providers.Error) {
	m.errors.WithLabelValues(c.rpc, provider, failure.Reason.String()).Inc()
}

// metricsHandler serves /metrics to a few callers at a time.
func metricsHandler(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 8})
}
