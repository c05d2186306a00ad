package wire

import (
	"regexp"
	"strings"
)

// Members are names of secret members in what a vendor says. Safe for concurrent use.
type Members struct{ pattern *regexp.Regexp }

// NewMembers makes Members of some names. Their case does not matter.
func NewMembers(names ...string) *Members {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = regexp.QuoteMeta(name)
	}
	return &Members{regexp.MustCompile(`(?i)"(?:` + strings.Join(quoted, "|") + `)(\\*)"\s*:\s*`)}
}

// Redact replaces the values of the members, whatever they are, in a text of a vendor that may be JSON: whole or cut, in the midst of
// something else, or written as a text within JSON.
func (m *Members) Redact(text string) string {
	var out strings.Builder
	for {
		at := m.pattern.FindStringSubmatchIndex(text)
		if at == nil {
			return out.String() + text
		}
		escape := text[at[2]:at[3]]
		out.WriteString(text[:at[1]] + escape + `"` + redacted + escape + `"`)
		text = text[at[1]:]
		text = text[valueEnd(text, len(escape)):]
	}
}

// valueEnd returns where the JSON value that a text begins with ends. Its quotes stand behind a number of backslashes: none, or more
// when it is written in a text within JSON.
func valueEnd(text string, escapes int) int {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '"', '\\':
			at = stringEnd(text, at, escapes) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth--; depth < 0 { // of what the member stands in
				return at
			}
		case ',':
			if depth == 0 {
				return at
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return at + 1
		}
	}
	return len(text)
}

// stringEnd returns where the JSON text that begins at some place ends, behind its closing quote.
func stringEnd(text string, at, escapes int) int {
	opened, backslashes := false, 0
	for ; at < len(text); at++ {
		switch {
		case text[at] == '\\':
			backslashes++
			continue
		case text[at] == '"' && !opened:
			opened = true
		case text[at] == '"' && backslashes%(2*(escapes+1)) == escapes: // others are part of the text, or of one within it
			return at + 1
		case !opened: // no text after all
			return at + 1
		}
		backslashes = 0
	}
	return at
}
