package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

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
	_, err := fmt.Fprintln(s.out, "enlist", thisBuild())
	return err
}
