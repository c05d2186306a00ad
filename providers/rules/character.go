package rules

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// invisible returns the first invisible character of a text: one of Unicode category Cf, U+2028 or
// U+2029. It returns -1 if there is none. White space on a keyboard is not invisible.
func invisible(text string) rune {
	for _, r := range text {
		if r >= 0xad && (unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029) {
			return r
		}
	}
	return -1
}

// isBlank reports whether a text has no visible character.
func isBlank(text string) bool {
	for _, r := range text {
		if !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector,
			unicode.Other_Default_Ignorable_Code_Point) && r != brailleBlank {
			return false
		}
	}
	return true
}

// brailleBlank is a symbol without dots. No Unicode category tells it from the symbols with dots.
const brailleBlank = 0x2800

// character describes a character by its code point and by its kind or, if it is invisible, its
// name. It does not show the value.
func character(r rune) string {
	kind := names()[r]
	for _, class := range classes() {
		if kind == "" && unicode.Is(class.table, r) {
			kind = class.name
		}
	}
	if kind == "" {
		return fmt.Sprintf("U+%04X", r)
	}
	return fmt.Sprintf("U+%04X (%s)", r, kind)
}

// names has the names of invisible characters that word processors, web pages and some scripts'
// keyboards add to texts.
func names() map[rune]string {
	return map[rune]string{
		' ': "space", 0x00a0: "no-break space", 0x00ad: "soft hyphen", 0x034f: "combining grapheme joiner", 0x061c: "Arabic letter mark",
		0x200b: "zero width space", 0x200c: "zero width non-joiner", 0x200d: "zero width joiner", 0x200e: "left-to-right mark",
		0x200f: "right-to-left mark", 0x2028: "line separator", 0x2029: "paragraph separator", 0x202a: "left-to-right embedding",
		0x202b: "right-to-left embedding", 0x202c: "pop directional formatting", 0x202d: "left-to-right override",
		0x202e: "right-to-left override", 0x202f: "narrow no-break space", 0x2060: "word joiner", 0x2066: "left-to-right isolate",
		0x2067: "right-to-left isolate", 0x2068: "first strong isolate", 0x2069: "pop directional isolate",
		0x3000: "ideographic space", 0xfeff: "zero width no-break space",
	}
}

type class struct {
	table *unicode.RangeTable
	name  string
}

func classes() []class {
	return []class{
		{unicode.Letter, "a letter"},
		{unicode.Mark, "a combining mark"},
		{unicode.Number, "a digit or number"},
		{unicode.Punct, "punctuation"},
		{unicode.Symbol, "a symbol"},
		{unicode.White_Space, "white space"},
		{unicode.Cf, "a format character"},
		{unicode.Cc, "a control character"},
	}
}

// foreign returns the first character of a text that no part of a pattern matches, and its place,
// counted from 1. No text with that character matches. It returns -1 if the pattern fails for
// another reason.
func foreign(pattern, text string) (r rune, place int) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || !isWhole(parsed) {
		return -1, 0
	}
	for _, r := range text {
		place++
		if !mayMatch(parsed, r) {
			return r, place
		}
	}
	return -1, 0
}

// isWhole reports whether a pattern covers a whole text, from ^ to $.
func isWhole(pattern *syntax.Regexp) bool {
	parts := pattern.Sub
	return pattern.Op == syntax.OpConcat && parts[0].Op == syntax.OpBeginText && parts[len(parts)-1].Op == syntax.OpEndText
}

// mayMatch reports whether a part of a pattern matches a character.
func mayMatch(pattern *syntax.Regexp, r rune) bool {
	switch pattern.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		for _, literal := range pattern.Rune {
			if literal == r || pattern.Flags&syntax.FoldCase != 0 && strings.EqualFold(string(literal), string(r)) {
				return true
			}
		}
	case syntax.OpCharClass: // pairs of first and last character
		for i := 0; i+1 < len(pattern.Rune); i += 2 {
			if pattern.Rune[i] <= r && r <= pattern.Rune[i+1] {
				return true
			}
		}
	default:
		for _, part := range pattern.Sub {
			if mayMatch(part, r) {
				return true
			}
		}
	}
	return false
}
