package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/enlist-dev/enlist/journal/postgres"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server/audit"
	"github.com/enlist-dev/enlist/server/config"
)

type checkCommand struct {
	Config  string        `help:"Configuration file (YAML)." type:"path" required:"" placeholder:"FILE"`
	Connect bool          `help:"Also connect to the journal and every vendor, and check keys and credentials. This changes nothing."`
	Timeout time.Duration `help:"How long to wait for a response. Default: ${default}." default:"10s" placeholder:"DURATION"`
}

func (c *checkCommand) Run(ctx context.Context, s *streams) error {
	configuration, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	connected, err := registry.New(configuration.GetProviders())
	err = errors.Join(err, audit.Check(configuration.GetAudit()))
	if dsn := configuration.GetJournal().GetPostgres().GetDsn(); dsn != "" {
		err = errors.Join(err, postgres.CheckDSN(dsn))
	}
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

type versionCommand struct{}

func (versionCommand) Run(s *streams) error {
	_, err := fmt.Fprintln(s.out, "enlist", thisBuild())
	return err
}
