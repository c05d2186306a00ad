package codes

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/enlist-dev/enlist/providers/match"
)

// otherCountryNames are common names that the library does not have.
func otherCountryNames() map[string][]string {
	return map[string][]string{
		"BO": {"Bolivia, Plurinational State of"}, "BN": {"Brunei Darussalam"}, "CD": {"Democratic Republic of the Congo"},
		"CI": {"Ivory Coast"}, "CV": {"Cabo Verde"}, "CZ": {"Czechia", "Czech Republic", "Tchéquie", "République tchèque"},
		"GB": {"Great Britain", "UK"}, "IR": {"Iran, Islamic Republic of"}, "KR": {"Republic of Korea", "Korea, Republic of"},
		"MD": {"Moldova, Republic of", "Republic of Moldova"}, "MK": {"North Macedonia", "Macédoine du Nord"}, "MM": {"Myanmar"},
		"NL": {"The Netherlands"}, "RU": {"Russian Federation"}, "SY": {"Syrian Arab Republic"}, "SZ": {"Eswatini"},
		"TR": {"Türkiye"}, "TW": {"Taiwan, Province of China"}, "TZ": {"Tanzania, United Republic of"}, "US": {"United States of America"},
		"VA": {"Holy See", "Vatican"}, "VE": {"Venezuela, Bolivarian Republic of"}, "VN": {"Viet Nam"},
	}
}

// The table has the English and French names of x/text/language/display, alpha-3 codes, and a few
// more names. Linking that package would make the binary 2 MB larger. With UPDATE=1 in the
// environment, the test writes the table.
func TestCountryNamesAreThoseOfTheLibrary(t *testing.T) {
	var table strings.Builder
	owner := map[string]string{}
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			code := string([]rune{first, second})
			alpha3, err := CountryAlpha3(code)
			if err != nil || slices.Contains([]string{"CQ", "EA", "EZ", "FQ", "IC", "PC", "UN"}, code) { // reserved or withdrawn
				continue
			}
			if code == "XK" {
				alpha3 = "XKX"
			}
			region := language.MustParseRegion(code)
			names := append([]string{alpha3, display.English.Regions().Name(region), display.French.Regions().Name(region)}, otherCountryNames()[code]...)
			for i, name := range names {
				if name == "" || slices.Contains(names[:i], name) {
					continue
				}
				if other := owner[match.Name(name)]; other != "" && other != code {
					t.Errorf("%q names %s and %s", name, other, code)
				}
				owner[match.Name(name)] = code
				table.WriteString(code + " " + name + "\n")
			}
		}
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("countrynames.txt", []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if table.String() != countryNamesText {
		t.Error("countrynames.txt is not what the library says; run this test with UPDATE=1")
	}
}

func TestCountryIn(t *testing.T) {
	for text, want := range map[string]string{
		"FR": "FR", "fr": "FR", " FR ": "FR", "FRA": "FR", "France": "FR", "france": "FR", "FRANCE": "FR",
		"Germany": "DE", "Allemagne": "DE", "Ireland": "IE", "Irlande": "IE", "Côte d’Ivoire": "CI", "Cote d'Ivoire": "CI", "Ivory Coast": "CI",
		"États-Unis": "US", "Etats-Unis": "US", "United States": "US", "USA": "US", "United Kingdom": "GB", "Royaume-Uni": "GB",
		"Réunion": "RE", "La Réunion": "RE", "Türkiye": "TR", "Turkey": "TR", "Czech Republic": "CZ", "Tunisie": "TN", "Tunisia": "TN",
		"": "", "Atlantis": "", "Italia": "", "250": "", "SU": "", "Fran": "", "Congo": "",
	} {
		if got := CountryIn(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
