package cli

import (
	"fmt"

	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server/config"
)

type checkCommand struct {
	Config string `help:"Configuration file (YAML)." type:"path" required:"" placeholder:"FILE"`
}

func (c *checkCommand) Run(s *streams) error {
	configuration, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	connected, err := registry.New(configuration.GetProviders())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is valid: %d provider(s), gRPC on %s, REST on %s\n", c.Config, len(connected),
		configuration.GetGrpc().GetAddress(), configuration.GetHttp().GetAddress())
	return err
}

type versionCommand struct{}

func (versionCommand) Run(s *streams) error {
	_, err := fmt.Fprintln(s.out, "enlist", thisBuild())
	return err
}
