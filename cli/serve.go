package cli

import (
	"context"
	"errors"
	"log/slog"

	"github.com/KimMachineGun/automemlimit/memlimit"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server"
	"github.com/enlist-dev/enlist/server/config"
)

type serveCommand struct {
	Config         string `help:"Configuration file (YAML)." type:"path" placeholder:"FILE"`
	SandboxAddress string `help:"Where the sandbox listens when there is no configuration." default:"127.0.0.1:8090" placeholder:"HOST:PORT"`
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
		log.Info("no configuration: serving against the built-in sandbox", "sandbox", sandboxed.url())
		return serve(ctx, configuration, s.openAPI, log)
	}
	configuration, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	return serve(ctx, configuration, s.openAPI, newLog(s.err, configuration.GetLog()))
}

func serve(ctx context.Context, configuration *configv1.Config, openAPI []byte, log *slog.Logger) error {
	if _, err := memlimit.Set(); err != nil { // to nine tenths of the container's, unless GOMEMLIMIT says it; the server goes by it
		log.Debug("the memory limit of this process is not known", "cause", err)
	}
	server, closeJournal, err := newServer(ctx, configuration, openAPI, log)
	if err != nil {
		return err
	}
	return errors.Join(server.Run(ctx), closeJournal())
}

// newServer wires a server. What it returns besides closes the journal, after the server has run.
func newServer(
	ctx context.Context, configuration *configv1.Config, openAPI []byte, log *slog.Logger,
) (served *server.Server, closeJournal func() error, err error) {
	connected, err := registry.New(configuration.GetProviders())
	if err != nil {
		return nil, nil, err
	}
	opened, err := openJournal(ctx, configuration.GetJournal())
	if err != nil {
		return nil, nil, err
	}
	served, err = server.New(server.Options{
		Config: configuration, Providers: connected, Creates: newCreates(opened, connected, configuration.GetJournal(), log), OpenAPI: openAPI, Log: log,
	})
	if err != nil {
		return nil, nil, errors.Join(err, opened.Close())
	}
	return served, opened.Close, nil
}

// newCreates makes the service that creates customers, as a configuration's journal section says.
func newCreates(opened *journal.Journal, connected map[string]providers.Provider, config *configv1.Journal, log *slog.Logger) *once.Service {
	options := once.Options{Retention: config.GetRetention().AsDuration()}
	if within := config.GetFinishWithin(); within != nil {
		duration := within.AsDuration()
		options.FinishWithin = &duration
	}
	return once.New(opened, connected, options, log)
}
