package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server"
	"github.com/enlist-dev/enlist/server/audit"
	"github.com/enlist-dev/enlist/server/config"
)

type serveCommand struct {
	Config         string `help:"Configuration file (YAML)." type:"path" placeholder:"FILE"`
	SandboxAddress string `help:"Address for the sandbox, without --config. Default: ${default}." default:"${sandbox_address}" placeholder:"HOST:PORT"`
}

// Help says where the server listens.
func (serveCommand) Help() string {
	defaults := EmbeddedConfig("")
	return fmt.Sprintf("Enlist serves gRPC on %s and REST on %s, unless the configuration says otherwise. "+
		"Without --config, it serves all vendors of a built-in sandbox.",
		defaults.GetGrpc().GetAddress(), defaults.GetHttp().GetAddress())
}

func (c *serveCommand) Run(ctx context.Context, s *streams) error {
	if c.Config == "" {
		sandboxed, err := startSandbox(c.SandboxAddress)
		if err != nil {
			return fmt.Errorf("%w (--sandbox-address sets another address)", err)
		}
		defer sandboxed.close()
		configuration := EmbeddedConfig(sandboxed.url())
		var removeJournal func()
		if configuration.Journal, removeJournal, err = temporaryJournal(); err != nil {
			return err
		}
		defer removeJournal()
		log := newLog(s.err, configuration.GetLog())
		log.Info("no configuration, using the built-in sandbox", "sandbox", sandboxed.url())
		return serve(ctx, configuration, nil, s, log)
	}
	file := config.NewFile(c.Config)
	configuration, err := file.Load()
	if err != nil {
		return err
	}
	return serve(ctx, configuration, file, s, newLog(s.err, configuration.GetLog()))
}

// serve serves until the context ends. Without a file, it serves the same configuration all the
// time.
func serve(ctx context.Context, configuration *configv1.Config, file *config.File, s *streams, log logger) error {
	limitMemory(log)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // which must not end the process, also while it stops
	defer signal.Stop(hangups)
	signal.Ignore(syscall.SIGPIPE) // the end of what reads the output must not end the process either
	metrics := newMetrics()
	var reload *reloader
	if file != nil {
		reload = newReloader(file, configuration, log.Logger, metrics)
	}
	server, finish, err := newServer(ctx, configuration, reload, s, log, metrics)
	if err != nil {
		return err
	}
	if reload != nil {
		go reload.watch(ctx, hangups)
	}
	return errors.Join(server.Run(ctx), finish())
}

// newServer returns a server, and a function that closes its journal and sends the last traces
// after the server has stopped. reload is nil for a configuration that cannot change.
func newServer(
	ctx context.Context, configuration *configv1.Config, reload *reloader, s *streams, log logger, metrics *prometheus.Registry,
) (served *server.Server, finish func() error, err error) {
	tracing, flush, err := newTracing(ctx, log.Logger)
	if err != nil {
		return nil, nil, err
	}
	connected, err := registry.Replace(nil, configuration.GetProviders(), reload.renew)
	if err != nil {
		return nil, nil, err
	}
	registry.SetLimits(connected, configuration.GetProviders())
	opened, err := openJournal(ctx, configuration.GetJournal(), log.Logger, metrics)
	if err != nil {
		return nil, nil, err
	}
	audited, err := audit.Open(configuration.GetAudit(), audit.Options{Output: s.out, Pseudonym: opened.Pseudonym, Log: log.Logger, Metrics: metrics})
	if err != nil {
		return nil, nil, errors.Join(err, opened.Close())
	}
	options := createsOptions(configuration)
	options.Metrics, options.Tracing, options.Ended = metrics, tracing, audited.Ended
	creates := once.New(opened, connected, options, log.Logger)
	metrics.MustRegister(ofProviders(creates.Providers))
	served, err = server.New(server.Options{
		Config: configuration, Creates: creates, Condition: opened.Condition, Gap: opened.Gap, OpenAPI: s.openAPI, Reload: reload.asked(),
		Version: thisBuild().String(), Log: log.Logger, LogLevel: log.level, Metrics: metrics, Tracing: tracing, Audit: audited,
	})
	if err != nil {
		reload.start(creates, nil, nil)
		creates.Close(ctx)
		return nil, nil, errors.Join(err, opened.Close(), audited.Close())
	}
	limits, leave := shareLimits(ctx, opened, configuration.GetJournal(), connected, log.Logger)
	reload.start(creates, served, limits)
	return served, func() error {
		defer flush()
		leave()
		return errors.Join(opened.Close(), audited.Close())
	}, nil
}

// createsOptions returns the options of the package once from a configuration.
func createsOptions(config *configv1.Config) once.Options {
	options := once.Options{Retention: retentionOf(config.GetJournal()), RetentionAt: map[string]journal.Retention{}}
	for _, provider := range config.GetProviders() {
		options.RetentionAt[provider.GetName()] = retentionOf(provider)
	}
	if within := config.GetJournal().GetFinishWithin(); within != nil {
		duration := within.AsDuration()
		options.FinishWithin = &duration
	}
	return options
}

// retentionOf returns the retention that a section of the configuration sets.
func retentionOf(section interface {
	GetRetention() *durationpb.Duration
	GetPayloadRetention() *durationpb.Duration
},
) journal.Retention {
	return journal.Retention{Payload: section.GetPayloadRetention().AsDuration(), Outcome: section.GetRetention().AsDuration()}
}
