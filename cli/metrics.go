package cli

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
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
