package once

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// DefaultFinishWithin is how long after a request Enlist still sends it without a caller.
	DefaultFinishWithin = 15 * time.Minute
	// DefaultRetention is how long the journal keeps a creation.
	DefaultRetention = 400 * 24 * time.Hour
)

// Options change how a Service works. The zero value has the defaults.
type Options struct {
	// FinishWithin is how long after a request Enlist still sends it without a caller. nil:
	// DefaultFinishWithin.
	FinishWithin *time.Duration
	// Retention is how long the journal keeps a creation with an outcome. 0: DefaultRetention.
	Retention time.Duration
	// Tick is how often the reconciler looks for work. 0: 1 s.
	Tick time.Duration
	// Metrics is the registry for the metrics of the service. nil: none.
	Metrics prometheus.Registerer
	// Tracing gets a span for each creation that is settled without a caller. nil: none.
	Tracing trace.TracerProvider
}

// Service creates customers exactly once. Safe for concurrent use.
type Service struct {
	journal      *journal.Journal
	providers    map[string]providers.Provider
	log          *slog.Logger
	finishWithin time.Duration
	retention    time.Duration
	tick         time.Duration
	metrics      *metrics
	tracer       trace.Tracer

	jobs     *jobs
	observed *observed
	unknowns atomic.Int64 // creations in state UNKNOWN when last counted; only 0 and more than 0 matter

	life context.Context // ends attempts that no caller waits for
	end  context.CancelFunc
	work sync.WaitGroup // all goroutines of the service
	stop context.CancelFunc
}

// New starts a service on a journal, with the configured providers by name. In the background it
// settles the creations that an earlier process has not finished.
func New(j *journal.Journal, connected map[string]providers.Provider, options Options, log *slog.Logger) *Service {
	s := &Service{
		journal: j, providers: connected, log: log,
		finishWithin: DefaultFinishWithin,
		retention:    cmp.Or(options.Retention, DefaultRetention),
		tick:         cmp.Or(options.Tick, time.Second),
		metrics:      newMetrics(options.Metrics),
		tracer:       tracer(options.Tracing),
		jobs:         newJobs(),
		observed:     newObserved(),
	}
	if options.FinishWithin != nil {
		s.finishWithin = *options.FinishWithin
	}
	s.life, s.end = context.WithCancel(context.Background())
	reconciling, stop := context.WithCancel(s.life)
	s.stop = stop
	s.work.Go(func() { s.reconcile(reconciling) })
	s.work.Go(func() { s.keepHouse(reconciling) })
	return s
}

// Close stops the reconciler and waits until the context ends for attempts that go on without a
// caller. It then cuts off the rest and records their outcome as UNKNOWN. The journal stays open.
func (s *Service) Close(ctx context.Context) {
	s.stop()
	ended := make(chan struct{})
	go func() {
		s.work.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		s.end()
		select {
		case <-ended:
		case <-after(lastWords):
		}
	}
	s.end()
}

// lastWords is the time to record an attempt that was cut off.
const lastWords = 2 * time.Second

// describe returns the description of a provider; nil if it is no longer configured.
func (s *Service) describe(name string) *providers.Description {
	if provider := s.providers[name]; provider != nil {
		return provider.Describe()
	}
	return nil
}

func (s *Service) class(name string) enlistv1.DuplicateSafetyClass {
	return s.describe(name).DuplicateSafety.GetClass()
}

// settledAfter returns the vendor's own limit.
func (s *Service) settledAfter(name string) time.Duration {
	if description := s.describe(name); description != nil {
		return description.SettledAfter
	}
	return lastLookupAfter
}
