package sqlite

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// commitSizes measures how many writes each commit syncs to the disk.
func commitSizes(registry prometheus.Registerer) prometheus.Observer {
	return promauto.With(registry).NewHistogram(prometheus.HistogramOpts{
		Name: "enlist_journal_commit_records", Help: "Number of writes in one commit, which needs one sync to the disk.",
		Buckets: prometheus.ExponentialBuckets(1, 2, 9), // up to maxBatch
	})
}
