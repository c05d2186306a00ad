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
	// DefaultFinishWithin is how long after a request Enlist still sends by itself.
	DefaultFinishWithin = 15 * time.Minute
	// DefaultRetention is how long a create is remembered.
	DefaultRetention = 400 * 24 * time.Hour
)

// Options change how a Service works; the zero value has the defaults.
type Options struct {
	// FinishWithin is how long after a request Enlist still sends by itself. nil: DefaultFinishWithin.
	FinishWithin *time.Duration
	// Retention is how long an ended create is remembered. 0: DefaultRetention.
	Retention time.Duration
	// Tick is how often the reconciler looks for work. 0: 1 s.
	Tick time.Duration
	// Metrics is where the service's are registered. nil: nowhere.
	Metrics prometheus.Registerer
	// Tracing gets a span for each create that is settled without a caller. nil: none.
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
	unknowns atomic.Int64 // creates in state UNKNOWN when last counted; no more than "none" and "some" is relied on

	life context.Context // ends vendor calls that nobody waits for any longer
	end  context.CancelFunc
	work sync.WaitGroup // goroutines
	stop context.CancelFunc
}

// New starts a service on a journal, with the configured providers by name. It looks after what an earlier process has left behind by
// itself, in the background.
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

// Close stops the reconciler, waits for vendor calls that go on without a caller until the context ends, and cuts off the rest, whose
// outcome is then recorded as unknown. The journal stays open.
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

// lastWords is how long a call that is cut off has to be recorded.
const lastWords = 2 * time.Second

// describe returns what the provider of a record is; nil when it is no longer configured.
func (s *Service) describe(name string) *providers.Description {
	if provider := s.providers[name]; provider != nil {
		return provider.Describe()
	}
	return nil
}

func (s *Service) class(name string) enlistv1.DuplicateSafetyClass {
	return s.describe(name).DuplicateSafety.GetClass()
}

// settledAfter is the vendor's own limit.
func (s *Service) settledAfter(name string) time.Duration {
	if description := s.describe(name); description != nil {
		return description.SettledAfter
	}
	return lastLookupAfter
}
