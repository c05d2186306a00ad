package codes

import (
	_ "embed"
	"errors"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// languages has a line for each language: its code, a space, and its English name in lower case. A
// test of this package generates it.
//
//go:embed languages.txt
var languages string

// LanguageName returns the English name, in lower case, of a tag's base language. fr-CA gives
// french.
func LanguageName(tag string) (string, error) {
	base, err := base(tag)
	if err != nil {
		return "", err
	}
	_, from, found := strings.Cut("\n"+languages, "\n"+base.String()+" ")
	if !found {
		return "", errors.New("must be a language with an English name, for example fr")
	}
	name, _, _ := strings.Cut(from, "\n")
	return name, nil
}

// alpha3Text has a line for each ISO 639-2/T code: the code and the language's ISO 639-1 code, if
// it has one. It is the list of iso-codes 4.15.0, without the range qaa-qtz for local use.
//
//go:embed languages_alpha3.txt
var alpha3Text string

// languagesByAlpha3 maps an ISO 639-2/T code to the language's shortest code, which BCP-47 uses.
//
//nolint:gochecknoglobals // a constant
var languagesByAlpha3 = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(alpha3Text) {
		alpha3, alpha2, found := strings.Cut(strings.TrimSpace(line), " ")
		if all[alpha3] = alpha3; found {
			all[alpha3] = alpha2
		}
	}
	return all
})

// LanguageAlpha3 returns the ISO 639-2/T code, in capitals, of a tag's base language. fr-CA gives
// FRA. Some languages of BCP-47 have no such code.
func LanguageAlpha3(tag string) (string, error) {
	base, err := base(tag)
	if err != nil {
		return "", err
	}
	alpha3 := base.ISO3()
	if _, found := languagesByAlpha3()[alpha3]; !found {
		return "", errors.New("must be a language with an ISO 639-2 code, for example fr")
	}
	return strings.ToUpper(alpha3), nil
}

// LanguageOfAlpha3 returns the BCP-47 tag of a three-letter code in any case. FRA gives fr. It
// returns "" if no language has the code. Languages without an ISO 639-2 code keep their ISO 639-3
// code.
func LanguageOfAlpha3(alpha3 string) string {
	alpha3 = strings.ToLower(alpha3)
	if tag := languagesByAlpha3()[alpha3]; tag != "" {
		return tag
	}
	base, err := language.ParseBase(alpha3)
	if err != nil || alpha3 == "" {
		return ""
	}
	return base.String()
}
