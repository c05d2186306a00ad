// Package shell writes texts into commands that people paste into sh, bash, dash or zsh.
//
// Packages server and cli import it. It imports nothing of Enlist.
package shell

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain matches words that need no quotes. A shell may replace `~` and `=` at the start.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=-]*$`)

// Word returns a text as one word of a command, in quotes if it needs them. The command has only
// characters that a terminal shows. A text of other characters loses line breaks at its end.
func Word(text string) string {
	switch {
	case plain.MatchString(text):
		return text
	case !IsPrintable(text):
		return `"$(` + Printf(text) + `)"`
	}
	return Quote(text)
}

// Quote returns a text as one word in quotes. The shell expands only `$NAME` of the variables.
func Quote(text string, variables ...string) string {
	pairs := []string{"'", `'\''`}
	for _, variable := range longestFirst(variables) {
		pairs = append(pairs, "$"+variable, `'"$`+variable+`"'`)
	}
	return "'" + strings.NewReplacer(pairs...).Replace(text) + "'"
}

// Printf returns a command that prints a text. The command is one line and has only characters that
// a terminal shows. The shell expands only `$NAME` of the variables.
func Printf(text string, variables ...string) string {
	variables = longestFirst(variables)
	var format, arguments strings.Builder
	for text != "" {
		if at := slices.IndexFunc(variables, func(name string) bool { return strings.HasPrefix(text, "$"+name) }); at >= 0 {
			format.WriteString("%s")
			arguments.WriteString(` "$` + variables[at] + `"`)
			text = text[1+len(variables[at]):]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		format.WriteString(inFormat(r, text[:size], format.Len() == 0))
		text = text[size:]
	}
	return "printf '" + format.String() + "'" + arguments.String()
}

// inFormat returns a character as the format of printf has it, in single quotes.
func inFormat(r rune, character string, first bool) string {
	switch {
	case r == '%':
		return "%%"
	case r == '\'':
		return `'\''`
	case r == '\\', r == '!', r == '-' && first, r == utf8.RuneError, !unicode.IsPrint(r):
		octal := ""
		for i := range len(character) {
			octal += fmt.Sprintf(`\%03o`, character[i])
		}
		return octal
	}
	return character
}

// IsPrintable reports whether a terminal shows each character of a text. Line breaks and tabs are
// not such characters.
func IsPrintable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// longestFirst sorts variables, so that `$A_B` is not read as `$A`.
func longestFirst(variables []string) []string {
	return slices.SortedFunc(slices.Values(variables), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
}
