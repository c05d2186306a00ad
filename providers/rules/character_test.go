package rules

import (
	"testing"

	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
)

func TestForeign(t *testing.T) {
	const names = `^[\pL\pM\p{Nd}'’ -]*[\pL\p{Nd}][\pL\pM\p{Nd}'’ -]*$`
	for name, c := range map[string]struct {
		pattern, text string
		want          rune
		place         int
	}{
		"all that is allowed":       {names, "O’Neill-Élodie 2", -1, 0},
		"a zero-width non-joiner":   {names, "\u0645\u06cc\u200c\u0634\u0648\u062f", 0x200c, 3},
		"allowed, but not there":    {"^\\+?[0-9]+$", "12+", -1, 0},
		"a letter":                  {"^\\+?[0-9]+$", "+3x", 'x', 3},
		"an alternative":            {"^(abc|[x-z]+)$", "ad", 'd', 2},
		"another case":              {"(?i)^abc$", "ABD", 'D', 3},
		"anything":                  {"^.+$", "\u200c", -1, 0},
		"all but some":              {"^[^<>]+$", "a<", '<', 2},
		"a part of the text":        {`\S`, "  ", -1, 0},
		"begins only":               {`^[a-z]+`, "a1", -1, 0},
		"not a pattern":             {"(", "a", -1, 0},
		"a vendor's rule for names": {names, "Smith, Jr.", ',', 6},
	} {
		if r, place := foreign(c.pattern, c.text); r != c.want || place != c.place {
			t.Errorf("%s: got %U at %d, want %U at %d", name, r, place, c.want, c.place)
		}
	}
}

func TestCharacter(t *testing.T) {
	for r, want := range map[rune]string{
		0x200c: "U+200C (zero width non-joiner)", ',': "U+002C (punctuation)", 'ж': "U+0436 (a letter)", '7': "U+0037 (a digit or number)",
		'€': "U+20AC (a symbol)", 0x0301: "U+0301 (a combining mark)", 0xe0020: "U+E0020 (a format character)", 0x1f600: "U+1F600 (a symbol)",
		0x2003: "U+2003 (white space)", 0xe000: "U+E000",
	} {
		if got := character(r); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The description names the character, and does not show the value.
func TestForeignCharacterOfAWireField(t *testing.T) {
	got := map[string]string{}
	for _, violation := range Check(&sellandsignv1.SelectOrCreateCustomer{Firstname: "\u0645\u06cc\u200c\u0634\u0648\u062f", CellPhone: "+331;ext=12"}) {
		got[violation.Path] = violation.Description
	}
	if want := "contains U+200C (zero width non-joiner) at character 3, but must be set, in letters, digits, apostrophes, hyphens and spaces only"; got["firstname"] != want {
		t.Errorf("got %q, want %q", got["firstname"], want)
	}
	if want := "must be a telephone number of digits with an optional leading +, without (0) after a country code, for example +33612345678"; got["cell_phone"] != want {
		t.Errorf("got %q, want %q", got["cell_phone"], want)
	}
}

func TestBlankAndInvisible(t *testing.T) {
	for text, blank := range map[string]bool{
		" \u00a0\u3000\u2028": true, "\u200b\u2060\ufeff": true, "\u3164\u115f\u1160\uffa0": true, "\u2800": true, "\ufe0f\u034f": true,
		" a": false, "\u200b.": false, "\u00e9": false, "\U0001f600": false,
	} {
		if got := isBlank(text); got != blank {
			t.Errorf("%q: blank: %t", text, got)
		}
	}
	for text, want := range map[string]rune{
		"abc \u00e9\u4e2d": -1, "a\u00ad": 0xad, "\u200bb": 0x200b, "a\u200d": 0x200d, "a\ufeff": 0xfeff, "a\u2028": 0x2028, "a\u2029": 0x2029,
		"\U000e0041": 0xe0041, "a\u00a0": -1,
	} {
		if got := invisible(text); got != want {
			t.Errorf("%q: got %U, want %U", text, got, want)
		}
	}
}
