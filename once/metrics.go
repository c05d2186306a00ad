package once

import (
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// metrics are the metrics of creations.
type metrics struct {
	transitions *prometheus.CounterVec
	replayed    *prometheus.CounterVec
	settled     prometheus.Histogram
	waiting     *prometheus.GaugeVec
	intentOld   prometheus.Gauge

	mu    sync.Mutex
	shown map[waits]bool // the series of waiting

	to map[string]string // the state that each event leads to
}

func newMetrics(registry prometheus.Registerer) *metrics {
	made := promauto.With(registry)
	m := &metrics{
		transitions: made.NewCounterVec(prometheus.CounterOpts{
			Name: "enlist_operation_transitions_total", Help: "Recorded events of creations. once/doc.go has the table of events.",
		}, []string{"provider", "event", "to"}),
		replayed: made.NewCounterVec(prometheus.CounterOpts{
			Name: "enlist_operations_replayed_total", Help: "Responses that repeat the recorded result of an earlier call.",
		}, []string{"provider"}),
		settled: made.NewHistogram(prometheus.HistogramOpts{
			Name: "enlist_operation_settle_seconds", Help: "Time until an unknown outcome became known, or needed a person.",
			Buckets: []float64{.1, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 4 * 3600, 24 * 3600},
		}),
		waiting: made.NewGaugeVec(prometheus.GaugeOpts{
			Name: "enlist_operations",
			Help: "Creations in the journal that need a person or have an unknown outcome, of all replicas, by the reason. " +
				"Enlist counts them at intervals, up to 1000 in a state.",
		}, []string{"state", "provider", "reason"}),
		shown: map[waits]bool{},
		intentOld: made.NewGauge(prometheus.GaugeOpts{
			Name: "enlist_operations_intent_old",
			Help: "Creations in state INTENT that were not written for 5 minutes, of all replicas. Enlist counts them at intervals, up to 1000.",
		}),
		to: map[string]string{},
	}
	for _, t := range transitions {
		m.to[string(t.what)] = stateName(t.to)
	}
	return m
}

// stateName returns a state in the form of a label, such as needs_person.
func stateName(state interface{ String() string }) string {
	return strings.ToLower(strings.TrimPrefix(state.String(), "OPERATION_STATE_"))
}

// waits is what creations that wait have in common.
type waits struct {
	state    enlistv1.OperationState
	provider string
	reason   enlistv1.OperationReason
}

func (w waits) labels() []string {
	return []string{stateName(w.state), w.provider, strings.ToLower(strings.TrimPrefix(w.reason.String(), "OPERATION_REASON_"))}
}

// setWaiting sets the counts of one state. A series stays while its count changes, because an alert
// would begin again.
func (m *metrics) setWaiting(state enlistv1.OperationState, counts map[waits]int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for at, count := range counts {
		m.waiting.WithLabelValues(at.labels()...).Set(float64(count))
		m.shown[at] = true
	}
	for at := range m.shown {
		if at.state == state && counts[at] == 0 {
			m.waiting.DeleteLabelValues(at.labels()...)
			delete(m.shown, at)
		}
	}
}

// written counts the events of a record that was just written.
func (m *metrics) written(record *journal.Record) {
	for _, what := range record.Events {
		m.transitions.WithLabelValues(record.Provider, what, m.to[what]).Inc()
		if from := record.Payload.GetUnknownSince(); from != nil && !record.Payload.GetGap() && endsDoubt(event(what), record.Payload.GetBelievedMissing()) {
			m.settled.Observe(max(since(from.AsTime()), 0).Seconds())
		}
	}
	record.Events = nil
}

// endsDoubt reports whether an event ends an unknown outcome or leaves it to a person. If a look-up
// has confirmed that the customer is missing, the doubt has ended before, and the event belongs to
// a later request.
func endsDoubt(what event, believedMissing bool) bool {
	switch what {
	case missing:
		return true
	case found, exists, done, refused, undecidable, lateResponse:
		return !believedMissing
	}
	return false
}
