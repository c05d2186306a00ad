package match

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Kinship says how alike two texts are.
type Kinship int

const (
	// Different texts cannot be two forms of the same text.
	Different Kinship = iota
	// Near texts may be two forms of the same text.
	Near
	// Same texts are equal to the byte.
	Same
)

// Keys compares a key that was sent with one that a vendor holds. Two empty keys are different.
func Keys(sent, held string) Kinship {
	switch {
	case sent == "" || held == "":
		return Different
	case sent == held:
		return Same
	case Key(sent) == Key(held):
		return Near
	}
	return Different
}

// Key returns the normal form of a key: without HTML escapes and accents, compatibility composed
// (NFKC), case folded, every run of white space one space, trimmed, and without leading zeros. Keys
// with the same normal form are near.
func Key(key string) string {
	if isOrdinary(key) {
		return withoutZeros(strings.ToLower(key))
	}
	return withoutZeros(withoutAccents(fold(key)))
}

// isOrdinary reports whether a key has only ASCII letters, digits, hyphens, underscores and stops.
// For these lower case is all that fold does.
func isOrdinary(key string) bool {
	for i := range len(key) {
		switch c := key[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// fold returns a text without HTML escapes and invisible characters, composed, case folded and with
// single spaces.
func fold(text string) string {
	text = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(unescape(text))))
	return strings.Join(strings.Fields(strings.Map(visible, text)), " ")
}

// visible drops control and format characters, such as a zero-width space, but no white space.
func visible(character rune) rune {
	if !unicode.IsSpace(character) && unicode.In(character, unicode.Cf, unicode.Cc) {
		return -1
	}
	return character
}

// withoutAccents returns a folded text without the accents of Latin, Greek and Cyrillic letters.
func withoutAccents(text string) string {
	var out strings.Builder
	for _, character := range norm.NFD.String(text) {
		switch latin := withoutDecomposition[character]; {
		case latin != "":
			out.WriteString(latin)
		case character < '\u0300' || character > '\u036F':
			out.WriteRune(character)
		}
	}
	return norm.NFC.String(out.String())
}

// unescape undoes HTML escapes, also those of a text that was escaped twice.
func unescape(text string) string {
	for range 2 {
		if !strings.Contains(text, "&") {
			break
		}
		text = html.UnescapeString(text)
	}
	return text
}

// withoutZeros drops leading zeros. Of zeros alone one stays.
func withoutZeros(key string) string {
	if trimmed := strings.TrimLeft(key, "0 "); trimmed != "" || key == "" {
		return trimmed
	}
	return "0"
}

// leastCut is the length in characters of the shortest name that may be a longer name cut short.
const leastCut = 4

// Names compares a name or another text of content that was sent with what a vendor holds. Two
// empty texts are the same.
func Names(sent, held string) Kinship {
	if sent == held {
		return Same
	}
	normalSent := Name(sent)
	for _, read := range []string{held, cutEscape.ReplaceAllString(held, ""), misread(held)} {
		if equalOrCut(normalSent, Name(read)) {
			return Near
		}
	}
	return Different
}

// cutEscape is an HTML escape at the end of a text that was cut short inside it.
var cutEscape = regexp.MustCompile(`&#?[0-9A-Za-z]{0,8}$`)

// Name returns the normal form of a name: folded, without accents and without what is neither a
// letter nor a digit, since a vendor may drop or replace apostrophes, hyphens and spaces. It has no
// leading zeros, since a vendor may pad a text. Characters that were replaced stay as '?'. A name
// that was cut short has another normal form.
func Name(name string) string {
	var out strings.Builder
	for _, character := range norm.NFKD.String(fold(name)) {
		switch {
		case unicode.Is(unicode.Mn, character):
		case character == '?' || character == utf8.RuneError:
			out.WriteByte('?')
		case unicode.IsLetter(character) || unicode.IsDigit(character):
			if latin := withoutDecomposition[character]; latin != "" {
				out.WriteString(latin)
			} else {
				out.WriteRune(character)
			}
		}
	}
	return strings.TrimLeft(out.String(), "0")
}

// withoutDecomposition are Latin letters that Unicode does not decompose, as vendors write them
// without accents.
var withoutDecomposition = map[rune]string{ //nolint:gochecknoglobals // a constant
	'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ħ': "h", 'ı': "i", 'ł': "l", 'ŋ': "n", 'þ': "th", 'ŧ': "t",
}

// equalOrCut reports whether held is sent, sent cut short, or one of these with characters replaced
// by question marks. Which of the two was cut is not known: another client may have sent more.
func equalOrCut(sent, held string) bool {
	if sent == held {
		return true
	}
	long, short := []rune(sent), []rune(held)
	if len(short) > len(long) {
		long, short = short, long
	}
	if len(short) < len(long) && len(short) < leastCut {
		return false
	}
	for i, character := range short {
		if character != long[i] && character != '?' && long[i] != '?' {
			return false
		}
	}
	return strings.Trim(string(short), "?") != ""
}

// misread undoes the reading of UTF-8 as Windows-1252 or ISO 8859-1: "Ã©" for "é". It returns other
// texts as they are.
func misread(text string) string {
	for _, octets := range []*charmap.Charmap{charmap.Windows1252, charmap.ISO8859_1} {
		if read, err := octets.NewEncoder().String(text); err == nil && utf8.ValidString(read) {
			return read
		}
	}
	return text
}
