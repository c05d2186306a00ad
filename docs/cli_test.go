package docs

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// cli.md has the help of every command, as the binary prints it.
func TestCommandLinePage(t *testing.T) {
	enlist := build(t)
	run := func(arguments ...string) string {
		command := exec.CommandContext(t.Context(), enlist, arguments...)
		command.Env = []string{"HOME=" + t.TempDir()}
		printed, err := command.Output()
		if err != nil {
			t.Fatalf("%v: %v", arguments, err)
		}
		return string(printed)
	}
	var page strings.Builder
	page.WriteString(aboutCommandLine)
	var describe func(command []string)
	describe = func(command []string) {
		heading := strings.Join(append([]string{"enlist"}, command...), " ")
		fmt.Fprintf(&page, "\n### %s\n\n```text\n%s```\n", heading, run(append(command[:len(command):len(command)], "--help")...))
		for line := range strings.Lines(run(append(append([]string{"complete"}, command...), "")...)) {
			// A value of an argument has no help text.
			if name, help, _ := strings.Cut(strings.TrimSpace(line), "\t"); help != "" {
				describe(append(command[:len(command):len(command)], name))
			}
		}
	}
	describe(nil)
	generated(t, "cli.md", page.String())
}

const aboutCommandLine = `# Command line

` + "`enlist COMMAND --help` and `enlist help COMMAND`" + ` explain a command. ` + "`make docs`" + ` writes this page
from these texts. ` + "`enlist version` and `enlist --version`" + ` print the version.

Results go to standard output, messages and logs to standard error.

## Exit status

| status | meaning |
|---|---|
| 0 | The command is done. A server has stopped after Ctrl-C or SIGTERM. |
| 1 | The command failed. The message says why. |
| 2 | The outcome is not known yet. Only ` + "`enlist customers create`" + ` returns it: repeat the same request. |
| 80 | The arguments were not understood. The message names the command whose ` + "`--help`" + ` explains them. |

## Completion

` + "`enlist completion`" + ` prints a script for bash, zsh or fish. It completes commands, flags, and
values from a fixed list. For other values the shell completes file names.

| shell | line | in |
|---|---|---|
| bash | ` + "`source <(enlist completion bash)`" + ` | ` + "`~/.bashrc`" + ` |
| zsh | ` + "`source <(enlist completion zsh)`" + ` | ` + "`~/.zshrc`, after `compinit`" + ` |
| fish | ` + "`enlist completion fish \\| source`" + ` | ` + "`~/.config/fish/config.fish`" + ` |

## Commands
`
