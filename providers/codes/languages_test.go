package codes

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// The table has the names of x/text/language/display. Linking that package would make the binary 2
// MB larger. With UPDATE=1 in the environment, the test writes the table.
func TestLanguageNamesAreThoseOfTheLibrary(t *testing.T) {
	var table strings.Builder
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for _, first := range letters {
		for _, second := range letters {
			for _, third := range " " + letters {
				code := strings.TrimSpace(string([]rune{first, second, third}))
				base, err := language.ParseBase(code)
				if err != nil || base.String() != code || code == "und" || code == "mul" || code == "zxx" {
					continue
				}
				name := display.English.Languages().Name(language.Raw.Make(code))
				if code == "no" { // an old name of nb in the library; the macrolanguage in the registry
					name = "Norwegian"
				}
				if code == "tl" { // an old name of fil in the library; Tagalog in the registry
					name = "Tagalog"
				}
				if name != "" {
					table.WriteString(code + " " + strings.ToLower(name) + "\n")
				}
			}
		}
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("languages.txt", []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if table.String() != languages {
		t.Error("languages.txt is not what the library says; run this test with UPDATE=1")
	}
}

func TestLanguageName(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "english", "en-GB": "english", "fr-CA": "french", "pt-BR": "portuguese", "zh-Hant-TW": "chinese", "de": "german", "ga": "irish",
		"es-419": "spanish", "nb": "norwegian bokmål", "no": "norwegian", "gsw": "swiss german", "aa": "afar",
	} {
		if got, err := LanguageName(tag); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tag, got, err, want)
		}
	}
	for _, tag := range []string{"", "xx", "und", "zxx", "aaa", "qaa", "french", "fr_"} {
		if got, err := LanguageName(tag); got != "" || err == nil {
			t.Errorf("%s: got %q, %v, want an error", tag, got, err)
		}
	}
}
