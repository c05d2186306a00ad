package cli

import (
	"context"
	"errors"
	"fmt"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server"
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
			return err
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
		return serve(ctx, configuration, s.openAPI, log)
	}
	configuration, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	return serve(ctx, configuration, s.openAPI, newLog(s.err, configuration.GetLog()))
}

func serve(ctx context.Context, configuration *configv1.Config, openAPI []byte, log logger) error {
	limitMemory(log)
	server, finish, err := newServer(ctx, configuration, openAPI, log)
	if err != nil {
		return err
	}
	return errors.Join(server.Run(ctx), finish())
}

// newServer returns a server, and a function that closes its journal and sends the last traces
// after the server has stopped.
func newServer(
	ctx context.Context, configuration *configv1.Config, openAPI []byte, log logger,
) (served *server.Server, finish func() error, err error) {
	metrics := newMetrics()
	tracing, flush, err := newTracing(ctx, log.Logger)
	if err != nil {
		return nil, nil, err
	}
	connected, err := registry.New(configuration.GetProviders())
	if err != nil {
		return nil, nil, err
	}
	for _, provider := range connected {
		metrics.MustRegister(provider.Metrics())
	}
	opened, err := openJournal(ctx, configuration.GetJournal(), log.Logger, metrics)
	if err != nil {
		return nil, nil, err
	}
	options := createsOptions(configuration.GetJournal())
	options.Metrics, options.Tracing = metrics, tracing
	creates := once.New(opened, connected, options, log.Logger)
	served, err = server.New(server.Options{
		Config: configuration, Providers: connected, Creates: creates, OpenAPI: openAPI,
		Version: thisBuild().String(), Log: log.Logger, LogLevel: log.level, Metrics: metrics, Tracing: tracing,
	})
	if err != nil {
		creates.Close(ctx)
		return nil, nil, errors.Join(err, opened.Close())
	}
	return served, func() error {
		defer flush()
		return opened.Close()
	}, nil
}

// createsOptions returns the options of the package once, from the journal section of a
// configuration.
func createsOptions(config *configv1.Journal) once.Options {
	options := once.Options{Retention: config.GetRetention().AsDuration()}
	if within := config.GetFinishWithin(); within != nil {
		duration := within.AsDuration()
		options.FinishWithin = &duration
	}
	return options
}
