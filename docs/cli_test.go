package docs

import (
	"fmt"
	"os"
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
	written, err := os.ReadFile("cli.md")
	about, _, found := strings.Cut(string(written), beginCommands)
	if err != nil || !found {
		t.Fatalf("cli.md has no %q (%v)", beginCommands, err)
	}
	page.WriteString(about + beginCommands)
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

// beginCommands is the heading in docs/cli.md above what the program prints. The text before it is
// written by hand.
const beginCommands = "\n## Commands\n"
