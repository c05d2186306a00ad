package cli

import (
	"context"
	"log/slog"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
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
	server, err := newServer(configuration, openAPI, log)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}

func newServer(configuration *configv1.Config, openAPI []byte, log *slog.Logger) (*server.Server, error) {
	connected, err := registry.New(configuration.GetProviders())
	if err != nil {
		return nil, err
	}
	if configuration.GetJournal() != nil {
		log.Warn("journal is set, but this version keeps no journal: creates are not recorded")
	}
	return server.New(configuration, connected, openAPI, log)
}
