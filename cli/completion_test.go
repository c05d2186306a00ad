package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// askBash and askFish print what the Tab key offers after a line.
const (
	askBash = `
source <(enlist completion bash)
complete -p enlist > /dev/null || exit 1
COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
_enlist
printf '%s\n' "${COMPREPLY[@]}"`
	askFish = `enlist completion fish | source; complete --do-complete $argv[1]`
)

// The scripts complete commands, flags and fixed values in a real shell.
func TestCompletion(t *testing.T) {
	for shell, ask := range map[string][]string{
		"bash": {"bash", "--norc", "-c", askBash, "bash"},
		"fish": {"fish", "--no-config", "-c", askFish},
	} {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skip("not run here: it needs " + shell)
			}
			for line, want := range map[string]string{
				"enlist ":                         "backup certify check contractors",
				"enlist certify --re":             "--report --request",
				"enlist s":                        "sandbox serve",
				"enlist help s":                   "sandbox serve",
				"enlist nonsense":                 "",
				"enlist serve --":                 "--config --help --sandbox-address",
				"enlist serve --config x --sand":  "--sandbox-address",
				"enlist demo --once --grpc":       "--grpc-address",
				"enlist completion ":              "bash fish zsh",
				"enlist completion f":             "fish",
				"enlist init --vendor ":           strings.Join(slices.Sorted(slices.Values(initNames())), " "),
				"enlist init --vendor s":          "sandbox sellandsign",
				"enlist init --force --vendor=op": "opencell",
				"enlist init --vendor caliq --f":  "--force",
				"./enlist sa":                     "sandbox",
				"enlist completion --":            "--help",
			} {
				command := exec.CommandContext(t.Context(), ask[0], append(slices.Clone(ask[1:]), line)...)
				command.Dir = filepath.Dir(binary)
				command.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"))
				printed, err := command.CombinedOutput()
				if err != nil {
					t.Fatalf("%q: %v: %s", line, err, printed)
				}
				var got []string
				for completion := range strings.Lines(string(printed)) {
					word, _, _ := strings.Cut(strings.TrimSpace(completion), "\t")
					got = append(got, strings.TrimPrefix(word, "--vendor=")) // which bash leaves out
				}
				slices.Sort(got)
				if got := strings.TrimSpace(strings.Join(got, " ")); got != want && (line != "enlist " || !strings.HasPrefix(got, want)) {
					t.Errorf("%q: got %q, want %q", line, got, want)
				}
			}
		})
	}
}
