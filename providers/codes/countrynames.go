package codes

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/enlist-dev/enlist/providers/match"
)

// countryNamesText has a line for each name of a country: its alpha-2 code, a space, and the name
// in English or French. A test of this package generates it.
//
//go:embed countrynames.txt
var countryNamesText string

// countryNames is the table by name, in the form of match.Name.
//
//nolint:gochecknoglobals // a constant
var countryNames = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	for line := range strings.Lines(countryNamesText) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		codes[match.Name(name)] = code
	}
	return codes
})

// CountryIn returns the ISO 3166-1 alpha-2 code of a country that a vendor stores as an alpha-2 or
// alpha-3 code, or as an English or French name. It ignores case, and accents in names. It returns
// "" for anything else.
func CountryIn(text string) string {
	text = strings.TrimSpace(text)
	if code := strings.ToUpper(text); CheckCountry(code) == nil {
		return code
	}
	return countryNames()[match.Name(text)]
}
