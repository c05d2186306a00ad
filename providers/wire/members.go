package wire

import (
	"regexp"
	"strings"
)

// Members are the names of secret members in a vendor's texts. Safe for concurrent use.
type Members struct{ pattern *regexp.Regexp }

// NewMembers returns Members for some names, in any case.
func NewMembers(names ...string) *Members {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = regexp.QuoteMeta(name)
	}
	return &Members{regexp.MustCompile(`(?i)"(?:` + strings.Join(quoted, "|") + `)(\\*)"\s*:\s*`)}
}

// Redact replaces the values of the members in a vendor's text. The text may contain JSON that is
// complete or cut short, inside other text, or escaped in a JSON string.
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

// valueEnd returns the end of the JSON value at the start of a text. Its quotes follow a number of
// backslashes: more than none if the value is escaped in a JSON string.
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
			if depth--; depth < 0 { // the end of the enclosing object or list
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

// stringEnd returns the end of the JSON string that starts at a position, after its closing quote.
func stringEnd(text string, at, escapes int) int {
	opened, backslashes := false, 0
	for ; at < len(text); at++ {
		switch {
		case text[at] == '\\':
			backslashes++
			continue
		case text[at] == '"' && !opened:
			opened = true
		case text[at] == '"' && backslashes%(2*(escapes+1)) == escapes: // other quotes belong to the string, or to a string inside it
			return at + 1
		case !opened: // it is not a string
			return at + 1
		}
		backslashes = 0
	}
	return at
}
