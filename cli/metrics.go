package cli

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// newMetrics makes the registry of a process, with what is to be known of the process itself.
func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	this := thisBuild()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "enlist_build_info", Help: "What this process was built from; always 1.",
		ConstLabels: prometheus.Labels{"version": this.version, "commit": this.commit, "go_version": this.goVersion},
	})
	info.Set(1)
	registry.MustRegister(info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}
