package vendorhttp

import (
	"github.com/prometheus/client_golang/prometheus"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// metrics are the metrics of one client. A registry can contain several of them, because each has
// the provider's name as a label.
type metrics struct {
	duration *prometheus.HistogramVec
	logins   *prometheus.CounterVec
	waiting  prometheus.Gauge
	shown    []prometheus.Collector // from the client's health
}

func newMetrics(provider string, health func() *enlistv1.ProviderHealth) metrics {
	of := prometheus.Labels{"provider": provider}
	gauge := func(name, help string, labels prometheus.Labels, value func(*enlistv1.ProviderHealth) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, func() float64 { return value(health()) })
	}
	m := metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "enlist_vendor_call_duration_seconds", Help: "Time from the start of a vendor request until Enlist has read the response.",
			ConstLabels: of, Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300},
		}, []string{"operation", "result"}),
		logins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "enlist_vendor_logins_total", Help: "Logins at the vendor, for a token or a session.", ConstLabels: of,
		}, []string{"result"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "enlist_vendor_calls_waiting", Help: "Vendor requests that wait for a free slot (max_in_flight, rate_limit).", ConstLabels: of,
		}),
	}
	m.shown = []prometheus.Collector{
		gauge("enlist_vendor_calls_in_flight", "Vendor requests in progress.", of,
			func(now *enlistv1.ProviderHealth) float64 { return float64(now.GetInFlight()) }),
		gauge("enlist_vendor_credentials_rejected", "1 while the vendor rejects the provider's credentials, else 0.", of,
			func(now *enlistv1.ProviderHealth) float64 {
				return oneIf(now.GetCredentials() == enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED)
			}),
	}
	for state, name := range map[enlistv1.BreakerState]string{
		enlistv1.BreakerState_BREAKER_STATE_CLOSED: "closed", enlistv1.BreakerState_BREAKER_STATE_HALF_OPEN: "half_open",
		enlistv1.BreakerState_BREAKER_STATE_OPEN: "open",
	} {
		m.shown = append(m.shown, gauge("enlist_vendor_breaker_state", "1 for the current state of the circuit breaker, else 0. All are 0 without a breaker.",
			prometheus.Labels{"provider": provider, "state": name},
			func(now *enlistv1.ProviderHealth) float64 { return oneIf(now.GetBreaker() == state) }))
	}
	return m
}

func oneIf(so bool) float64 {
	if so {
		return 1
	}
	return 0
}

func (m *metrics) all() []prometheus.Collector {
	return append([]prometheus.Collector{m.duration, m.logins, m.waiting}, m.shown...)
}

// Describe makes a client a prometheus.Collector.
func (c *Client) Describe(descriptions chan<- *prometheus.Desc) {
	for _, one := range c.metrics.all() {
		one.Describe(descriptions)
	}
}

// Collect makes a client a prometheus.Collector.
func (c *Client) Collect(values chan<- prometheus.Metric) {
	for _, one := range c.metrics.all() {
		one.Collect(values)
	}
}
