package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/server/config"
)

// sandboxAddress is where the sandbox listens by default.
const sandboxAddress = "127.0.0.1:8090"

type sandboxCommand struct {
	Address string `help:"Address to listen on, loopback only. Port 0 is a free one. Default: ${default}." default:"${sandbox_address}" placeholder:"HOST:PORT"`
}

func (c *sandboxCommand) Run(ctx context.Context, s *streams) error {
	started, err := startSandbox(c.Address)
	if err != nil {
		return fmt.Errorf("%w (--address sets another address)", err)
	}
	defer started.close()
	if _, err := fmt.Fprintf(s.out, "Sandbox on %s (GET /sandbox lists its paths)\n", started.url()); err != nil {
		return err
	}
	select {
	case err := <-started.failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

type runningSandbox struct {
	listener net.Listener
	server   *http.Server
	failed   chan error
}

// startSandbox serves an empty sandbox. Like the server without auth, it listens on loopback only.
func startSandbox(address string) (*runningSandbox, error) {
	if !config.IsLoopback(address) {
		return nil, fmt.Errorf("the sandbox listens on a loopback address only, such as 127.0.0.1:8090, and not on %s", address)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot serve the sandbox: %w", err)
	}
	started := &runningSandbox{
		listener: listener,
		server:   &http.Server{Handler: sandbox.New(), ReadHeaderTimeout: 10 * time.Second},
		failed:   make(chan error, 1),
	}
	go func() {
		if err := started.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			started.failed <- err
		}
	}()
	return started, nil
}

func (r *runningSandbox) url() string { return "http://" + r.listener.Addr().String() }

func (r *runningSandbox) close() { _ = r.server.Close() }

// EmbeddedConfig returns the configuration of a server without a file: every vendor at the sandbox.
func EmbeddedConfig(sandboxURL string) *configv1.Config {
	embedded := &configv1.Config{Providers: registry.Demo(sandboxURL)}
	config.SetDefaults(embedded)
	return embedded
}
