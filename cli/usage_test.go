package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alecthomas/kong"
)

// The help of every command fits a terminal of 80 columns and 24 lines, and every flag says its
// default.
func TestHelpFitsAScreen(t *testing.T) {
	t.Setenv("COLUMNS", "200")
	var visit func(node *kong.Node)
	visit = func(node *kong.Node) {
		for _, arguments := range [][]string{
			append(strings.Fields(node.Path()), "--help"),
			append([]string{"help"}, strings.Fields(node.Path())...),
		} {
			if node.Passthrough {
				continue // its arguments are any
			}
			var out, errOut bytes.Buffer
			if status := Run(arguments, &out, &errOut, nil, nil); status != 0 || errOut.Len() > 0 {
				t.Errorf("%v: status %d, %s", arguments, status, errOut.String())
			}
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if len(lines) > 24 {
				t.Errorf("%v prints %d lines:\n%s", arguments, len(lines), out.String())
			}
			for _, line := range lines {
				if utf8.RuneCountInString(line) > helpWidth {
					t.Errorf("%v prints more than %d columns: %s", arguments, helpWidth, line)
				}
			}
			for _, flag := range node.Flags {
				if flag.HasDefault && !strings.Contains(flag.Help, flag.Default) {
					t.Errorf("%v: --%s does not say its default %s", arguments, flag.Name, flag.Default)
				}
			}
		}
		for _, child := range node.Children {
			visit(child)
		}
	}
	visit(newParser(nil, nil).Model.Node)
}

// A usage error is one line that says what is wrong and which command explains it.
func TestUsageErrors(t *testing.T) {
	for arguments, want := range map[string]string{
		"":                             `missing command, expected one of "init"`,
		"serv":                         `unknown command serv, did you mean "serve"? Run "enlist --help"`,
		"frobnicate":                   `unknown command frobnicate; run "enlist --help"`,
		"help serv":                    `unknown command serv, did you mean "serve"? Run "enlist --help"`,
		"sandbox --addrss x":           `unknown flag --addrss, did you mean "--address"? Run "enlist sandbox --help"`,
		"demo x":                       `unexpected argument x; run "enlist demo --help"`,
		"check":                        `missing flags: --config=FILE; run "enlist check --help"`,
		"serve --config":               `--config: expected file value but got nothing; run "enlist serve --help"`,
		"backup --config x":            `missing argument <to>; run "enlist backup --help"`,
		"check --config x --timeout y": `--timeout: expected duration but got "y": time: invalid duration "y"; run "enlist check --help"`,
		"completion csh":               `<shell> must be one of "bash","zsh","fish" but got "csh"; run "enlist completion --help"`,
	} {
		var out, errOut bytes.Buffer
		if status := Run(strings.Fields(arguments), &out, &errOut, nil, nil); status != 80 {
			t.Errorf("%q: status %d", arguments, status)
		}
		if printed := errOut.String(); !strings.HasPrefix(printed, "enlist: "+want) || strings.Count(printed, "\n") != 1 || out.Len() > 0 {
			t.Errorf("%q prints %q and %q, want %q", arguments, out.String(), printed, want)
		}
	}
}

// --version and version print the same.
func TestVersionFlag(t *testing.T) {
	var flag, command, errOut bytes.Buffer
	if Run([]string{"--version"}, &flag, &errOut, nil, nil) != 0 || Run([]string{"version"}, &command, &errOut, nil, nil) != 0 ||
		flag.String() != command.String() || !strings.HasPrefix(flag.String(), "enlist ") {
		t.Errorf("%q and %q, %s", flag.String(), command.String(), errOut.String())
	}
}
