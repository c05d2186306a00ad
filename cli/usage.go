package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// helpWidth is the number of columns of a help text, which a terminal of any size shows.
const helpWidth = 80

// exit is what kong panics with to stop after --help or --version.
type exit int

// newParser returns the parser of the command line.
func newParser(out, errOut io.Writer) *kong.Kong {
	defaults := EmbeddedConfig("")
	parser := kong.Must(&commands{},
		kong.Name("enlist"),
		kong.Description("Creates customers in several vendors' systems through one API."),
		kong.Vars{
			"examples":        strings.Join(examples(), ", "),
			"version":         "enlist " + thisBuild().String(),
			"grpc_address":    defaults.GetGrpc().GetAddress(),
			"rest_address":    defaults.GetHttp().GetAddress(),
			"sandbox_address": sandboxAddress,
			"states":          valueNames(enlistv1.OperationState(0), "OPERATION_STATE_"),
			"reasons":         valueNames(enlistv1.OperationReason(0), "OPERATION_REASON_"),
		},
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: helpWidth}),
		kong.Help(func(options kong.HelpOptions, context *kong.Context) error {
			hideVersionFlag(context)
			hideTLSFlags(context)
			for _, flag := range context.Model.Flags { // without them, the list of commands fits a screen, and its last line names --help
				flag.Hidden = flag != context.Model.HelpFlag || context.Selected() == nil
			}
			return kong.DefaultHelpPrinter(options, context)
		}),
	)
	parser.Model.HelpFlag.Help = "Print this help."
	return parser
}

// hideVersionFlag hides --version after a command.
func hideVersionFlag(parsed *kong.Context) {
	for _, flag := range parsed.Model.Flags {
		flag.Hidden = parsed.Selected() != nil && flag != parsed.Model.HelpFlag
	}
}

// hideTLSFlags makes one line of the flags of TLS in the help of enlist import. All its flags would
// not fit on a screen.
func hideTLSFlags(parsed *kong.Context) {
	command := parsed.Selected()
	if command == nil || command.Name != "import" {
		return
	}
	for _, flag := range command.Flags {
		switch flag.Name {
		case "ca-file":
			flag.Help = "Authority, PEM. Also: --cert-file and --key-file."
		case "cert-file", "key-file":
			flag.Hidden = true
		}
	}
}

// printError prints why a command failed and returns the exit status.
func printError(errOut io.Writer, err error) (status int) {
	if wrongUsage := (*kong.ParseError)(nil); errors.As(err, &wrongUsage) { // of enlist help
		return printUsageError(errOut, err)
	}
	_, _ = fmt.Fprintln(errOut, "enlist:", onTerminal(err.Error()))
	if failed := (*failure)(nil); errors.As(err, &failed) {
		return failed.status
	}
	return 1
}

// printUsageError prints what is wrong with the arguments, and which command explains them. It
// returns the exit status.
func printUsageError(errOut io.Writer, err error) (status int) {
	command, takesCommand, status := "enlist", false, 1
	if wrong := (*kong.ParseError)(nil); errors.As(err, &wrong) {
		node := cmp.Or(wrong.Context.Selected(), wrong.Context.Model.Node)
		command, takesCommand, status = node.FullPath(), !node.Leaf(), wrong.ExitCode()
	}
	text := plainUsageError(err.Error(), takesCommand)
	if strings.HasSuffix(text, "?") {
		text += " Run"
	} else {
		text += "; run"
	}
	_, _ = fmt.Fprintf(errOut, "enlist: %s %q\n", onTerminal(text), command+" --help")
	return status
}

// onTerminal removes what a terminal would act on, except line breaks.
func onTerminal(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, text)
}

// plainUsageError replaces kong's words for a wrong or missing argument.
func plainUsageError(text string, takesCommand bool) string {
	text = strings.ReplaceAll(text, `"EOL" (<EOL>)`, "nothing")
	text = strings.Replace(text, `must be one of "",`, "must be one of ", 1) // the default
	switch rest, unexpected := strings.CutPrefix(text, "unexpected argument "); {
	case unexpected && takesCommand:
		return "unknown command " + rest
	case strings.HasPrefix(text, "expected ") && takesCommand:
		return "missing command, " + text
	case strings.HasPrefix(text, `expected "<`):
		return "missing argument " + strings.Trim(strings.TrimPrefix(text, "expected "), `"`)
	}
	return text
}

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command to explain."`
}

func (c *helpCommand) Run(parser *kong.Kong) error {
	_, err := parser.Parse(append(c.Command, "--help"))
	return err
}
