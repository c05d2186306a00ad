package cli

import (
	"fmt"
	"runtime/debug"

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
	_, err := fmt.Fprintln(s.out, "enlist", version())
	return err
}

// version returns what Go recorded of the build: the module's version where it was installed by version, and the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	text := info.Main.Version
	if text == "" {
		text = "(devel)"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			text += " " + setting.Value
		}
	}
	return text + " " + info.GoVersion
}
