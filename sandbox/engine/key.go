package engine

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// KeyForm is a form in which a vendor stores a customer's key instead of the given one.
type KeyForm string

// The forms. NFC composes accents. Padded adds leading zeros up to ten characters. Escaped writes
// HTML entities. Cut keeps the first 20 characters. Unaccented drops accents.
const (
	Upper         KeyForm = "upper"
	Lower         KeyForm = "lower"
	Trimmed       KeyForm = "trimmed"
	Padded        KeyForm = "padded"
	ZerosStripped KeyForm = "zeros_stripped"
	NFC           KeyForm = "nfc"
	Escaped       KeyForm = "escaped"
	Cut           KeyForm = "cut"
	Unaccented    KeyForm = "unaccented"
)

// KeyForms returns all forms.
func KeyForms() []KeyForm {
	return []KeyForm{Upper, Lower, Trimmed, Padded, ZerosStripped, NFC, Escaped, Cut, Unaccented}
}

const (
	paddedLength = 10
	cutLength    = 20
)

// Apply returns the text in that form.
func (f KeyForm) Apply(text string) string {
	switch f {
	case Upper:
		return strings.ToUpper(text)
	case Lower:
		return strings.ToLower(text)
	case Trimmed:
		return strings.TrimSpace(text)
	case Padded:
		return strings.Repeat("0", max(0, paddedLength-utf8.RuneCountInString(text))) + text
	case ZerosStripped:
		if digits := strings.TrimLeft(text, "0"); digits != "" {
			return digits
		}
		return text[:min(1, len(text))]
	case NFC:
		return norm.NFC.String(text)
	case Escaped:
		return html.EscapeString(text)
	case Cut:
		characters := []rune(text)
		return string(characters[:min(cutLength, len(characters))])
	case Unaccented:
		isMark := func(r rune) bool { return unicode.Is(unicode.Mn, r) }
		return norm.NFC.String(string(slices.DeleteFunc([]rune(norm.NFD.String(text)), isMark)))
	}
	return text
}

// Key is a customer's key as the caller gave it and as the vendor stores it.
type Key struct {
	Given, Stored string
	form          func(string) string // nil if the vendor stores it as given
}

// PlainKey is a key that the vendor stores as given.
func PlainKey(key string) Key { return Key{Given: key, Stored: key} }

// FormedKey is a key that the vendor stores in the form that the function makes.
func FormedKey(key string, form func(string) string) Key {
	return Key{Given: key, Stored: form(key), form: form}
}

// Key returns the key as the vendor stores it: as given, unless the fault normalised_key applies.
func (c *Call) Key(given string) Key {
	if !c.Normalised || given == "" {
		return PlainKey(given)
	}
	if c.Form != "" {
		return FormedKey(given, c.Form.Apply)
	}
	return FormedKey(given, changingForm(given))
}

// matches reports whether a look-up by that text finds the key.
func (k Key) matches(text string) bool {
	return text == k.Stored || k.form != nil && k.form(text) == k.Stored
}

// same reports whether two stored keys are equal after normalisation.
func (k Key) same(other Key) bool {
	return k.matches(other.Stored) || other.matches(k.Stored) ||
		k.form != nil && k.matches(other.Given) || other.form != nil && other.matches(k.Given)
}

// changingForm returns the first of the usual forms that changes the key. All of them compose
// accents.
func changingForm(key string) func(string) string {
	spaced := func(text string) string { return " " + strings.TrimSpace(text) + " " }
	for _, form := range []func(string) string{Upper.Apply, ZerosStripped.Apply, NFC.Apply, Padded.Apply} {
		composed := func(text string) string { return form(norm.NFC.String(text)) }
		if changed := composed(key); changed != key {
			return composed
		}
	}
	return spaced
}
