package cli

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/enlist-dev/enlist/providers"
)

// newMetrics returns a registry with the metrics of the process itself.
func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	this := thisBuild()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "enlist_build_info", Help: "Version, commit and Go version of this process. The value is 1.",
		ConstLabels: prometheus.Labels{"version": this.version, "commit": this.commit, "go_version": this.goVersion},
	})
	info.Set(1)
	registry.MustRegister(info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// ofProviders collects the metrics of the present providers. It describes none, because a reload
// may add and remove providers.
type ofProviders func() map[string]providers.Provider

// Describe describes nothing.
func (ofProviders) Describe(chan<- *prometheus.Desc) {}

// Collect collects the metrics of each provider.
func (present ofProviders) Collect(values chan<- prometheus.Metric) {
	for _, provider := range present() {
		provider.Metrics().Collect(values)
	}
}
