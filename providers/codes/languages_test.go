package codes

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// The table is what x/text/language/display says; linked in, that package would make the binary 2 MB larger.
// With UPDATE=1 in the environment the test writes it.
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
				if code == "no" { // the library has it for an old name of nb; in the registry it stands for the language as a whole
					name = "Norwegian"
				}
				if code == "tl" { // the library has it for an old name of fil; in the registry it is Tagalog
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
