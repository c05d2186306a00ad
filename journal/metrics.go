package journal

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// measured is a store that times its writes and counts its failures.
type measured struct {
	Store
	insert, update, claim, take, purge, reseal, beat prometheus.Observer
	errors                                           *prometheus.CounterVec
	conditioned                                      Conditioned // nil if the store is none
}

func measure(store Store, conditioned Conditioned, registry prometheus.Registerer) *measured {
	metrics := promauto.With(registry)
	duration := metrics.NewHistogramVec(prometheus.HistogramOpts{
		Name: "enlist_journal_write_duration_seconds", Help: "Time until a journal write became durable or failed.",
		Buckets: prometheus.ExponentialBucketsRange(0.0002, 10, 15),
	}, []string{"operation"})
	return &measured{
		Store: store, conditioned: conditioned,
		insert: duration.WithLabelValues("insert"), update: duration.WithLabelValues("update"), claim: duration.WithLabelValues("claim"),
		take: duration.WithLabelValues("take"), purge: duration.WithLabelValues("purge"), reseal: duration.WithLabelValues("reseal"),
		beat: duration.WithLabelValues("beat"),
		errors: metrics.NewCounterVec(prometheus.CounterOpts{
			Name: "enlist_journal_errors_total", Help: "Failed reads and writes of the journal. Conflicts with another writer do not count.",
		}, []string{"operation"}),
	}
}

// measureLease exports whether the other replicas count this one as alive.
func measureLease(l *lease, registry prometheus.Registerer) {
	promauto.With(registry).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "enlist_journal_lease_held", Help: "1 while this replica holds its lease and may send creations, else 0.",
	}, func() float64 {
		if l.alive() {
			return 1
		}
		return 0
	})
}

// wrote records a write that has ended.
func (m *measured) wrote(operation string, took prometheus.Observer, began time.Time, err error) {
	took.Observe(time.Since(began).Seconds())
	m.ended(operation, err)
}

// ended records the outcome of an operation. An operation that its caller canceled is not a
// failure.
func (m *measured) ended(operation string, err error) {
	if err != nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrGap) && !errors.Is(err, context.Canceled) {
		m.errors.WithLabelValues(operation).Inc()
		m.noticed(err)
	}
}

func (m *measured) Insert(ctx context.Context, row *Row) (existing, busy *Row, err error) {
	defer func(began time.Time) { m.wrote("insert", m.insert, began, err) }(time.Now())
	return m.Store.Insert(ctx, row)
}

func (m *measured) Update(ctx context.Context, row *Row, due time.Duration) (err error) {
	defer func(began time.Time) { m.wrote("update", m.update, began, err) }(time.Now())
	return m.Store.Update(ctx, row, due)
}

func (m *measured) Claim(ctx context.Context, replica string, limit int) (claimed []*Row, err error) {
	defer func(began time.Time) { m.wrote("claim", m.claim, began, err) }(time.Now())
	return m.Store.Claim(ctx, replica, limit)
}

func (m *measured) Take(ctx context.Context, row *Row, replica string) (taken *Row, err error) {
	defer func(began time.Time) { m.wrote("take", m.take, began, err) }(time.Now())
	return m.Store.Take(ctx, row, replica)
}

func (m *measured) Purge(ctx context.Context, provider string, before Before, limit int) (dropped, deleted int, err error) {
	defer func(began time.Time) { m.wrote("purge", m.purge, began, err) }(time.Now())
	return m.Store.Purge(ctx, provider, before, limit)
}

func (m *measured) Reseal(ctx context.Context, row *Row) (err error) {
	defer func(began time.Time) { m.wrote("reseal", m.reseal, began, err) }(time.Now())
	return m.Store.Reseal(ctx, row)
}

func (m *measured) Beat(ctx context.Context, replica string, alive time.Duration) (err error) {
	defer func(began time.Time) { m.wrote("beat", m.beat, began, err) }(time.Now())
	return m.Store.Beat(ctx, replica, alive)
}

func (m *measured) Erase(ctx context.Context, row *Row) error {
	err := m.Store.Erase(ctx, row)
	m.ended("erase", err)
	return err
}

func (m *measured) Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*Row, error) {
	row, err := m.Store.Get(ctx, principal, provider, requestID)
	m.ended("get", err)
	return row, err
}

func (m *measured) Owned(ctx context.Context, replica string, limit int) ([]*Row, error) {
	rows, err := m.Store.Owned(ctx, replica, limit)
	m.ended("owned", err)
	return rows, err
}

func (m *measured) FindOpen(ctx context.Context, exclusive []byte) (*Row, error) {
	row, err := m.Store.FindOpen(ctx, exclusive)
	m.ended("find_open", err)
	return row, err
}

func (m *measured) FindCustomer(ctx context.Context, customer []byte, limit int) ([]*Row, error) {
	rows, err := m.Store.FindCustomer(ctx, customer, limit)
	m.ended("find_customer", err)
	return rows, err
}

func (m *measured) List(ctx context.Context, query Query) ([]*Row, error) {
	rows, err := m.Store.List(ctx, query)
	m.ended("list", err)
	return rows, err
}

func (m *measured) Count(ctx context.Context, state enlistv1.OperationState, age time.Duration, limit int) (int, error) {
	count, err := m.Store.Count(ctx, state, age, limit)
	m.ended("count", err)
	return count, err
}

func (m *measured) KeyIDs(ctx context.Context) ([]uint32, error) {
	ids, err := m.Store.KeyIDs(ctx)
	m.noticed(err)
	return ids, err
}

func (m *measured) SealedWith(ctx context.Context, keyID uint32, after *Row, limit int) ([]*Row, error) {
	rows, err := m.Store.SealedWith(ctx, keyID, after, limit)
	m.noticed(err)
	return rows, err
}

// noticed tells the store of its error.
func (m *measured) noticed(err error) {
	if err != nil && m.conditioned != nil {
		m.conditioned.Noticed(err)
	}
}
