package once

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/enlist-dev/enlist/journal"
)

// BenchmarkMetrics measures the metrics of one creation that succeeds.
func BenchmarkMetrics(b *testing.B) {
	m := newMetrics(prometheus.NewRegistry())
	b.ReportAllocs()
	for b.Loop() {
		record := &journal.Record{Key: journal.Key{Provider: "opencell"}}
		_ = move(record, accepted, caller)
		m.written(record)
		_ = move(record, done, sender)
		m.written(record)
	}
}
