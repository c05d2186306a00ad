package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server"
	"github.com/enlist-dev/enlist/server/config"
)

const (
	// lookEvery is how often Enlist reads the configuration and the files that it names. A change
	// counts when two looks in a row see the same, so that no half-written file does.
	lookEvery = time.Second
	// readsApart is the least time between two reads for rejected credentials.
	readsApart = 100 * time.Millisecond
)

// reloader replaces the configuration of a running server. Its methods are safe for concurrent use,
// and a nil reloader never changes anything.
type reloader struct {
	log     *slog.Logger
	metrics reloadMetrics
	creates *once.Service
	server  *server.Server
	limits  *limit.Fleet // nil if there are no other replicas

	mu      sync.Mutex // held during each reload, and until start
	file    *config.File
	running *configv1.Config
	tried   config.Digest // what the latest reload has read
	looked  time.Time     // when the latest look at the files began
}

// newReloader returns the reloader of a file that was just loaded.
func newReloader(file *config.File, running *configv1.Config, log *slog.Logger, metrics *prometheus.Registry) *reloader {
	r := &reloader{log: log, metrics: newReloadMetrics(metrics), file: file, running: running, tried: file.Seen()}
	r.mu.Lock()
	return r
}

// start begins to reload what the server uses. Until then, other methods wait. Without a server it
// only ends their wait.
func (r *reloader) start(creates *once.Service, served *server.Server, limits *limit.Fleet) {
	if r != nil {
		r.creates, r.server, r.limits = creates, served, limits
		r.mu.Unlock()
	}
}

// watch reloads on a signal, and when files change, until the context ends.
func (r *reloader) watch(ctx context.Context, hangups <-chan os.Signal) {
	ticks := time.NewTicker(lookEvery)
	defer ticks.Stop()
	var before config.Digest
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			_, _ = r.reload(ctx) // it logs its error
		case <-ticks.C:
			before = r.lookAfter(ctx, before)
		}
	}
}

// lookAfter reloads if files have changed, and not since the look before.
func (r *reloader) lookAfter(ctx context.Context, before config.Digest) config.Digest {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.look()
	if now == before && now != r.tried {
		_, _ = r.apply(ctx)
	}
	return now
}

func (r *reloader) look() config.Digest {
	r.looked = time.Now()
	return r.file.Look()
}

// asked returns the function of the admin port.
func (r *reloader) asked() func(context.Context) ([]string, error) {
	if r == nil {
		return nil
	}
	return r.reload
}

// reload reads the files and replaces what has changed. It returns the names of the changed
// settings. After an error, nothing has changed.
func (r *reloader) reload(ctx context.Context) (changed []string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looked = time.Now()
	return r.apply(ctx)
}

// renew returns the provider with a name, after a vendor has rejected its credentials. It reads the
// files again, unless this was done since the call. So callers that wait for each other share a
// read.
func (r *reloader) renew(name string) providers.Provider {
	if r == nil {
		return nil
	}
	called := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.looked.Before(called) && r.server != nil {
		time.Sleep(readsApart - time.Since(r.looked))
		if now := r.look(); now != r.tried {
			if time.Sleep(readsApart); r.look() == now { // no half-written file
				_, _ = r.apply(context.Background())
			}
		}
	}
	return r.creates.Providers()[name]
}

// apply reads the files and replaces what has changed.
func (r *reloader) apply(ctx context.Context) (changed []string, err error) {
	next, err := r.file.Reload(r.running)
	r.tried = r.file.Seen()
	if err == nil {
		err = r.replace(next)
	}
	if err != nil {
		r.metrics.failed()
		r.logProblems(ctx, err)
		return nil, err
	}
	changed = changes(r.running, next)
	r.running = next
	r.metrics.succeeded()
	r.log.InfoContext(ctx, "reloaded the configuration", "file", r.file.Name(), "changed", changed)
	return changed, nil
}

func (r *reloader) replace(next *configv1.Config) error {
	connected, err := registry.Replace(r.creates.Providers(), next.GetProviders(), r.renew)
	if unfit := (*registry.Unfit)(nil); errors.As(err, &unfit) {
		return r.file.Refuse(unfit.Path, unfit.Description)
	}
	if err := errors.Join(err, r.server.Reconfigure(next)); err != nil {
		return err
	}
	registry.SetLimits(connected, next.GetProviders())
	if r.limits != nil {
		r.limits.Adopt(gatesOf(connected))
	}
	r.creates.Reconfigure(connected, createsOptions(next))
	return nil
}

// logProblems logs a line for each problem of a configuration that cannot be used.
func (r *reloader) logProblems(ctx context.Context, err error) {
	const message = "cannot use the changed configuration; Enlist keeps the earlier one"
	var invalid *config.Invalid
	if !errors.As(err, &invalid) {
		r.log.ErrorContext(ctx, message, "file", r.file.Name(), "problem", err.Error())
		return
	}
	for _, problem := range invalid.Problems {
		r.log.ErrorContext(ctx, message, "file", r.file.Name(), "field", problem.Path, "line", problem.Line, "problem", problem.Description)
	}
}

// changes returns the names of the sections that differ, and of the providers:
// `providers.opencell`.
func changes(before, now *configv1.Config) []string {
	changed := []string{}
	fields := now.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.Name() != "providers" && !before.ProtoReflect().Get(field).Equal(now.ProtoReflect().Get(field)) {
			changed = append(changed, string(field.Name()))
		}
	}
	was, is := byName(before), byName(now)
	names := maps.Clone(was)
	maps.Copy(names, is)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !proto.Equal(was[name], is[name]) {
			changed = append(changed, "providers."+name)
		}
	}
	return changed
}

func byName(configuration *configv1.Config) map[string]*configv1.Provider {
	named := map[string]*configv1.Provider{}
	for _, provider := range configuration.GetProviders() {
		named[provider.GetName()] = provider
	}
	return named
}

// reloadMetrics are the metrics of reloads.
type reloadMetrics struct {
	results *prometheus.CounterVec
	last    prometheus.Gauge
	at      prometheus.Gauge
}

func newReloadMetrics(metrics *prometheus.Registry) reloadMetrics {
	made := promauto.With(metrics)
	m := reloadMetrics{
		results: made.NewCounterVec(prometheus.CounterOpts{
			Name: "enlist_configuration_reloads_total", Help: "Reloads of the configuration. After a failure, Enlist keeps the earlier configuration.",
		}, []string{"result"}),
		last: made.NewGauge(prometheus.GaugeOpts{
			Name: "enlist_configuration_last_reload_successful", Help: "1 if the latest reload of the configuration succeeded, or none was needed, else 0.",
		}),
		at: made.NewGauge(prometheus.GaugeOpts{
			Name: "enlist_configuration_last_reload_success_timestamp_seconds",
			Help: "When Enlist last read a configuration that it uses, in seconds since 1970.",
		}),
	}
	for _, result := range []string{"success", "failure"} {
		m.results.WithLabelValues(result)
	}
	m.last.Set(1)
	m.at.SetToCurrentTime()
	return m
}

func (m reloadMetrics) succeeded() {
	m.results.WithLabelValues("success").Inc()
	m.last.Set(1)
	m.at.SetToCurrentTime()
}

func (m reloadMetrics) failed() {
	m.results.WithLabelValues("failure").Inc()
	m.last.Set(0)
}
