package cli

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// The scripts ask `enlist complete`, which reads kong's model. The libraries for kong,
// jotaen/kong-completion and willabides/kongplete, were tried. They work in bash, but bring five
// modules, all without a release since 2020, and show no help texts in zsh and fish.
//
//go:embed completion/*
var completionScripts embed.FS

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: ${enum}."`
}

// Help says how to use the script.
func (completionCommand) Help() string {
	return `Add the line of your shell to its start-up file:

    source <(enlist completion bash)    # in ~/.bashrc
    source <(enlist completion zsh)     # in ~/.zshrc, after compinit
    enlist completion fish | source     # in ~/.config/fish/config.fish`
}

func (c *completionCommand) Run(s *streams) error {
	script, err := completionScripts.ReadFile("completion/enlist." + c.Shell)
	if err != nil {
		return err
	}
	_, err = s.out.Write(script)
	return err
}

type completeCommand struct {
	Words []string `arg:"" optional:"" help:"The words after enlist, up to the cursor."`
}

// Run prints the completions of the last word, each with its help text after a tab. Without any,
// the shell completes file names.
func (c *completeCommand) Run(parser *kong.Kong, s *streams) error {
	for _, completion := range completions(parser, c.Words) {
		if _, err := fmt.Fprintf(s.out, "%s\t%s\n", completion.text, completion.help); err != nil {
			return err
		}
	}
	return nil
}

type completion struct{ text, help string }

// completions returns what the last of the words can become.
func completions(parser *kong.Kong, words []string) []completion {
	if len(words) == 0 {
		words = []string{""}
	}
	before, word := words[:len(words)-1], words[len(words)-1]
	if len(before) > 0 && before[0] == "help" { // its arguments are commands
		before = before[1:]
	}
	parsed, err := kong.Trace(parser, before)
	if err != nil {
		return nil
	}
	hideVersionFlag(parsed)
	node := parser.Model.Node
	if selected := parsed.Selected(); selected != nil {
		node = selected
	}
	var all []completion
	flag, _, hasValue := strings.Cut(word, "=")
	switch last := slices.Concat([]string{""}, before)[len(before)]; {
	case takesValue(parsed, last):
		all = valuesOf(flagOf(parsed, last).Value, "")
	case hasValue && takesValue(parsed, flag):
		all = valuesOf(flagOf(parsed, flag).Value, flag+"=")
	case strings.HasPrefix(word, "-"):
		for _, flag := range parsed.Flags() {
			if !flag.Hidden {
				all = append(all, completion{"--" + flag.Name, flag.Help})
			}
		}
	default:
		for _, child := range node.Children {
			if !child.Hidden {
				all = append(all, completion{child.Name, child.Help})
			}
		}
		if argument := nextArgument(parsed, node); argument != nil {
			all = append(all, valuesOf(argument, "")...)
		}
	}
	return slices.DeleteFunc(all, func(c completion) bool { return !strings.HasPrefix(c.text, word) })
}

// takesValue reports whether a word is a flag that needs a value.
func takesValue(parsed *kong.Context, word string) bool {
	flag := flagOf(parsed, word)
	return flag != nil && !flag.IsBool()
}

func flagOf(parsed *kong.Context, word string) *kong.Flag {
	for _, flag := range parsed.Flags() {
		if "--"+flag.Name == word {
			return flag
		}
	}
	return nil
}

// nextArgument returns the first argument of a command that has no value yet, or nil.
func nextArgument(parsed *kong.Context, node *kong.Node) *kong.Positional {
	given := 0
	for _, part := range parsed.Path {
		if part.Positional != nil {
			given++
		}
	}
	if given < len(node.Positional) {
		return node.Positional[given]
	}
	return nil
}

// valuesOf returns the values of a flag or an argument that has a fixed set of them.
func valuesOf(value *kong.Value, prefix string) []completion {
	var all []completion
	for _, text := range value.EnumSlice() {
		if text != "" {
			all = append(all, completion{prefix + text, ""})
		}
	}
	return all
}
