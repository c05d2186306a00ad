package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/enlist-dev/enlist/server"
	"github.com/enlist-dev/enlist/server/config"
)

type reloadCommand struct {
	Address string        `help:"Address of the server's admin port on this machine. Default: the port in --config." placeholder:"HOST:PORT"`
	Config  string        `help:"Configuration file (YAML) of a server on this machine." type:"path" placeholder:"FILE"`
	Timeout time.Duration `help:"How long to wait for a response. Default: ${default}." default:"10s" placeholder:"DURATION"`
}

// Help says what a reload does.
func (reloadCommand) Help() string {
	return "The server reads its configuration and the files that it names again, and replaces what changed. " +
		"If there is a problem, it changes nothing, and the command prints the problem. " +
		"A server also reloads on SIGHUP, and within a few seconds of a change."
}

func (c *reloadCommand) Run(ctx context.Context, s *streams) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	address, err := c.target()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/reload", http.NoBody)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Transport: &http.Transport{}}).Do(request) // without a proxy
	if err != nil && c.Address == "" {
		return fmt.Errorf("%w. If you changed admin.address, name the old one with --address", err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	var said server.Reloaded
	switch problem := json.Unmarshal(body, &said); {
	case problem != nil:
		return fmt.Errorf("%s does not reload: %s. %s", address, response.Status, strings.TrimSpace(string(body)))
	case said.Error != "":
		return errors.New(said.Error)
	case len(said.Changed) == 0:
		_, err = fmt.Fprintln(s.out, "reloaded; nothing has changed")
	default:
		_, err = fmt.Fprintln(s.out, "reloaded; changed: "+strings.Join(said.Changed, ", "))
	}
	return err
}

// target returns the address of the admin port. It reads it from a file that may have problems, as
// the server finds those itself.
func (c *reloadCommand) target() (string, error) {
	if c.Address != "" {
		return strings.TrimSuffix(strings.TrimPrefix(c.Address, "http://"), "/"), nil
	}
	if c.Config == "" {
		return "", &failure{errors.New("set --config or --address"), exitUsage}
	}
	admin, err := config.AdminAddress(c.Config)
	if err == nil && admin == "" {
		err = errors.New(c.Config + " has no admin.address, the port that this command uses. Set it, or send SIGHUP to the server")
	}
	return here(admin), err
}
