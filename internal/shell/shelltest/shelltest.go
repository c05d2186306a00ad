// Package shelltest runs commands in every shell of this machine, with a program that shows what
// the shell passes to it.
package shelltest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Ran is what a command passed to the program.
type Ran struct {
	Arguments []string
	Stdin     string // if an argument ends with `-`
}

// show writes its arguments to a file, each with a NUL after it, and then its standard input.
const show = `#!/bin/sh
printf '%s\0' "$@" > "$SHOWN"
for last; do :; done
case "$last" in *-) cat >> "$SHOWN" ;; esac
`

// Run runs a command in each shell. In it, a name stands for a program that shows its arguments. No
// other program may run that leaves a file. It returns what the program got, by shell.
func Run(t testing.TB, command, name string, variables map[string]string) map[string]Ran {
	t.Helper()
	tools, ran := t.TempDir(), map[string]Ran{}
	if err := os.WriteFile(filepath.Join(tools, name), []byte(show), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	for shell, arguments := range map[string][]string{
		"sh": {"sh", "-c", command}, "dash": {"dash", "-c", command}, "bash": {"bash", "-c", command}, "zsh": {"zsh", "-f", "-c", command},
		"bash, interactive": {"bash", "--norc", "-i"}, "zsh, interactive": {"zsh", "-f", "-i"}, // with history expansion
	} {
		program, err := exec.LookPath(arguments[0])
		if err != nil {
			continue
		}
		shown := filepath.Join(t.TempDir(), "shown")
		run := exec.CommandContext(t.Context(), program, arguments[1:]...) //nolint:gosec // a shell
		run.Dir, run.Env = t.TempDir(), []string{"PATH=" + tools + ":" + os.Getenv("PATH"), "SHOWN=" + shown, "HISTFILE=/dev/null", "LC_ALL=C.UTF-8"}
		for variable, value := range variables {
			run.Env = append(run.Env, variable+"="+value)
		}
		if strings.HasSuffix(shell, "interactive") {
			run.Stdin = strings.NewReader("true before\n" + command + "\nexit\n")
		}
		said, err := run.CombinedOutput()
		text, readErr := os.ReadFile(shown) //nolint:gosec // of this test
		if err != nil || readErr != nil {
			t.Errorf("%s: %v, %v\n%s\n%s", shell, err, readErr, command, said)
			continue
		}
		if files, _ := os.ReadDir(run.Dir); len(files) > 0 {
			t.Errorf("%s ran a part of\n%s", shell, command)
		}
		parts := strings.Split(string(text), "\x00")
		got := Ran{Arguments: parts[:len(parts)-1], Stdin: parts[len(parts)-1]}
		for i, argument := range got.Arguments { // what follows is standard input, with NULs of its own
			if strings.HasSuffix(argument, "@-") {
				got = Ran{Arguments: parts[:i+1], Stdin: strings.Join(parts[i+1:], "\x00")}
				break
			}
		}
		ran[shell] = got
	}
	return ran
}
