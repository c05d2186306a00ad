package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server/config"
)

type checkCommand struct {
	Config  string        `help:"Configuration file (YAML)." type:"path" required:"" placeholder:"FILE"`
	Connect bool          `help:"Also ask the journal and every vendor, and change nothing there: are they reached, and are keys and credentials good?"`
	Timeout time.Duration `help:"How long they have to answer." default:"10s"`
}

func (c *checkCommand) Run(ctx context.Context, s *streams) error {
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
	if err != nil || !c.Connect {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	return checkConnections(ctx, s.out, configuration, connected)
}

type healthCommand struct {
	Address string        `help:"The server's REST address." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Timeout time.Duration `help:"How long to wait for its answer." default:"2s"`
}

func (c *healthCommand) Run(ctx context.Context, s *streams) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.Address+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errors.New("not ready: " + response.Status)
	}
	_, err = fmt.Fprintln(s.out, "ready")
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
