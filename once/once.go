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
	// DefaultRetention is how long the journal keeps the outcome of a creation.
	DefaultRetention = 400 * 24 * time.Hour
	// DefaultPayloadRetention is how long it keeps the payload.
	DefaultPayloadRetention = 30 * 24 * time.Hour
)

// Options change how a Service works. The zero value has the defaults.
type Options struct {
	// FinishWithin is how long after a request Enlist still sends it without a caller. nil:
	// DefaultFinishWithin.
	FinishWithin *time.Duration
	// Retention is how long the journal keeps a creation with an outcome. 0 in it: DefaultRetention
	// and DefaultPayloadRetention.
	Retention journal.Retention
	// RetentionAt is the same for some providers. 0 in it: Retention.
	RetentionAt map[string]journal.Retention
	// Tick is how often the reconciler looks for work. 0: 1 s.
	Tick time.Duration
	// Metrics is the registry for the metrics of the service. nil: none.
	Metrics prometheus.Registerer
	// Tracing gets a span for each creation that is settled without a caller. nil: none.
	Tracing trace.TracerProvider
	// Ended is called when the journal has recorded how a creation ended, or that it needs a person,
	// and no caller gets that as a response. event is from the table in doc.go. nil: none.
	Ended func(record *journal.Record, event string)
}

// Service creates customers exactly once. Safe for concurrent use.
type Service struct {
	*shared
	*settings // of this call: it ends with the settings that it began with
}

// settings are what Reconfigure replaces. They never change.
type settings struct {
	providers    map[string]providers.Provider
	finishWithin time.Duration
	retention    journal.Retention
	retentionAt  map[string]journal.Retention
}

// shared is what all calls of a service have in common.
type shared struct {
	current atomic.Pointer[settings]
	journal *journal.Journal
	log     *slog.Logger
	tick    time.Duration
	metrics *metrics
	tracer  trace.Tracer
	ended   func(record *journal.Record, event string) // nil for none

	jobs     *jobs
	observed *observed
	unknowns atomic.Int64 // creations in state UNKNOWN when last counted; only 0 and more than 0 matter

	life context.Context // ends attempts that no caller waits for
	end  context.CancelFunc
	work sync.WaitGroup // all goroutines of the service
	stop context.CancelFunc

	workers *workers
}

// New starts a service on a journal, with the configured providers by name. In the background it
// settles the creations that an earlier process has not finished.
func New(j *journal.Journal, connected map[string]providers.Provider, options Options, log *slog.Logger) *Service {
	s := &Service{shared: &shared{
		journal: j, log: log,
		tick:     cmp.Or(options.Tick, time.Second),
		metrics:  newMetrics(options.Metrics),
		tracer:   tracer(options.Tracing),
		ended:    options.Ended,
		jobs:     newJobs(),
		observed: newObserved(),
	}}
	s.Reconfigure(connected, options)
	s = s.configured()
	s.life, s.end = context.WithCancel(context.Background())
	reconciling, stop := context.WithCancel(s.life)
	s.stop = stop
	s.workers = newWorkers(reconciling, &s.work)
	s.work.Go(func() { s.reconcile(reconciling) })
	s.work.Go(func() { s.keepHouse(reconciling) })
	return s
}

// Reconfigure replaces the providers, FinishWithin and both retentions. Calls and settlements in
// progress end with the earlier ones. The service ignores the other options.
func (s *Service) Reconfigure(connected map[string]providers.Provider, options Options) {
	replaced := &settings{
		providers: connected, finishWithin: DefaultFinishWithin, retention: options.Retention, retentionAt: options.RetentionAt,
	}
	if options.FinishWithin != nil {
		replaced.finishWithin = *options.FinishWithin
	}
	s.current.Store(replaced)
}

// Providers returns the present providers by name. Do not change the map.
func (s *Service) Providers() map[string]providers.Provider { return s.current.Load().providers }

// configured returns the service with its present settings.
func (s *Service) configured() *Service {
	return &Service{shared: s.shared, settings: s.current.Load()}
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

// retentionOf returns how long the journal keeps a creation at a provider.
func (s *Service) retentionOf(provider string) journal.Retention {
	at := s.retentionAt[provider]
	outcome := cmp.Or(at.Outcome, s.retention.Outcome, DefaultRetention)
	return journal.Retention{
		Outcome: outcome,
		Payload: min(outcome, cmp.Or(at.Payload, s.retention.Payload, DefaultPayloadRetention)),
	}
}

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
