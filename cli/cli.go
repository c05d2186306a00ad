// Package cli is the command line: it reads flags, wires configuration, providers, sandbox and server together, and runs them.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server"
)

type commands struct {
	Demo    demoCommand    `cmd:"" help:"Start with the built-in sandbox, create a customer at every provider, print a table, and keep serving."`
	Serve   serveCommand   `cmd:"" help:"Serve gRPC and REST. Without --config, use the built-in sandbox."`
	Sandbox sandboxCommand `cmd:"" help:"Serve the vendors' APIs from memory, for tests."`
	Check   checkCommand   `cmd:"" help:"Check a configuration and list all problems."`
	Backup  backupCommand  `cmd:"" help:"Copy an SQLite journal to a file, while a server uses it."`
	Health  healthCommand  `cmd:"" help:"Check whether a running server is ready. The exit status is 0 if it is."`
	Key     keyCommand     `cmd:"" help:"Generate an API key and its line for the configuration."`

	Customers   customersCommand   `cmd:"" help:"Create and show customers, through a running server."`
	Contractors contractorsCommand `cmd:"" help:"List the people who sign for a customer."`
	Providers   providersCommand   `cmd:"" help:"List and show the providers of a running server."`

	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams are where commands write: results to out, logs and errors to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
	openAPI  []byte
}

// exit is what kong panics with to stop after --help.
type exit int

// Run runs the command that the arguments name and returns the exit status: 0 done, 1 failed, 80 arguments not understood.
func Run(arguments []string, out, errOut io.Writer, openAPI []byte) (status int) {
	defer func() {
		if asked, ok := recover().(exit); ok {
			status = int(asked)
		}
	}()
	parser := kong.Must(&commands{},
		kong.Name("enlist"),
		kong.Description("Creates customers in several vendors' systems through one API."),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.UsageOnError(),
	)
	parsed, err := parser.Parse(arguments)
	parser.FatalIfErrorf(err)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&streams{in: os.Stdin, out: out, err: errOut, openAPI: openAPI}); err != nil {
		_, _ = fmt.Fprintln(errOut, "enlist:", err)
		if failed := (*failure)(nil); errors.As(err, &failed) {
			return failed.status
		}
		return 1
	}
	return 0
}

// logger is the log, and its level, which can be changed while it is in use.
type logger struct {
	*slog.Logger
	level *slog.LevelVar
}

// newLog makes the log that a configuration asks for.
func newLog(w io.Writer, config *configv1.Log) logger {
	level := &slog.LevelVar{}
	level.Set(server.LevelOf(config.GetLevel()))
	options := &slog.HandlerOptions{Level: level}
	if config.GetFormat() == configv1.Log_FORMAT_TEXT {
		return logger{slog.New(slog.NewTextHandler(w, options)), level}
	}
	return logger{slog.New(slog.NewJSONHandler(w, options)), level}
}
