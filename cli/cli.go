// Package cli is the command line. It reads the arguments, connects configuration, providers,
// sandbox and server, and runs them.
//
// Only package main imports it.
package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server"
)

type commands struct {
	VersionFlag kong.VersionFlag `name:"version" help:"Print the version."`

	Init    initCommand    `cmd:"" help:"Write a configuration, with comments."`
	Demo    demoCommand    `cmd:"" help:"Create a customer at every vendor of the sandbox."`
	Check   checkCommand   `cmd:"" help:"Check a configuration and list all problems."`
	Certify certifyCommand `cmd:"" help:"Find out whether a vendor behaves as Enlist expects."`
	Serve   serveCommand   `cmd:"" help:"Serve gRPC and REST, with a configuration or the sandbox."`
	Health  healthCommand  `cmd:"" help:"Check whether a running server is ready."`
	Reload  reloadCommand  `cmd:"" help:"Make a running server read its configuration again."`
	Backup  backupCommand  `cmd:"" help:"Copy an SQLite journal to a file, also while a server runs."`
	Restore restoreCommand `cmd:"" help:"Put a backup in place of the journal, and open a gap."`
	Key     keyCommand     `cmd:"" help:"Generate an API key and its line for the configuration."`
	Sandbox sandboxCommand `cmd:"" help:"Serve the vendors' APIs from memory, for tests."`

	Customers   customersCommand   `cmd:"" help:"Create and show customers, through a server."`
	Contractors contractorsCommand `cmd:"" help:"List the people who sign for a customer."`
	Import      importCommand      `cmd:"" help:"Create a customer for each row of a file."`
	Operations  operationsCommand  `cmd:"" help:"Show creations, and decide on those that need a person."`
	Providers   providersCommand   `cmd:"" help:"List and show the providers of a server."`

	// The list of commands leaves these out, so that it fits one screen.
	Help       helpCommand       `cmd:"" hidden:"" help:"Explain a command."`
	Version    versionCommand    `cmd:"" hidden:"" help:"Print the version."`
	Completion completionCommand `cmd:"" hidden:"" help:"Print a script that completes commands in your shell."`
	Complete   completeCommand   `cmd:"" hidden:"" passthrough:"" help:"List completions, for the scripts of enlist completion."`
}

// streams are where commands write: results to out, logs and errors to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
	openAPI  []byte
	schema   []byte // of the configuration
}

// Run runs the command that the arguments name. It returns the exit status: 0 done, 1 failed, 2 the
// outcome of a creation is not known yet, 3 a person must decide on it, 4 rows of an import were
// rejected or a check of a vendor failed, 80 wrong arguments.
// openAPI describes the contract, and schema the configuration.
func Run(arguments []string, out, errOut io.Writer, openAPI, schema []byte) (status int) {
	defer func() {
		if asked, ok := recover().(exit); ok {
			status = int(asked)
		}
	}()
	for i, argument := range arguments {
		if !utf8.ValidString(argument) { // which kong would alter
			return printError(errOut, &failure{fmt.Errorf("argument %d must be UTF-8", i+1), exitUsage})
		}
	}
	parsed, err := newParser(out, errOut).Parse(arguments)
	if err != nil {
		return printUsageError(errOut, err)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&streams{in: os.Stdin, out: out, err: errOut, openAPI: openAPI, schema: schema}); err != nil {
		return printError(errOut, err)
	}
	return 0
}

// logger is the log, and its level, which can be changed while it is in use.
type logger struct {
	*slog.Logger
	level *slog.LevelVar
}

// newLog returns a log with the level and the format of the configuration.
func newLog(w io.Writer, config *configv1.Log) logger {
	level := &slog.LevelVar{}
	level.Set(server.LevelOf(config.GetLevel()))
	options := &slog.HandlerOptions{Level: level}
	if config.GetFormat() == configv1.Log_FORMAT_TEXT {
		return logger{slog.New(slog.NewTextHandler(w, options)), level}
	}
	return logger{slog.New(slog.NewJSONHandler(w, options)), level}
}
