package codes

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
)

// countriesText has a line for each country: its alpha-2 code, its alpha-3 code and its UN M.49
// number, if it has one. The table has the 249 officially assigned codes of ISO 3166-1 (iso-codes
// 4.15.0; ISO has assigned none since) and Kosovo. ISO leaves Kosovo to its users, who write XK and
// XKX. Reserved codes (UK, EU, IC, UN, …) and withdrawn ones (SU, YU, …) are not countries.
//
//go:embed countries.txt
var countriesText string

// country is a country's entry in the table.
type country struct{ alpha2, alpha3, m49 string }

// countries are the tables by alpha-2 code and by M.49 number.
//
//nolint:gochecknoglobals // a constant
var countries = sync.OnceValue(func() (tables struct{ byAlpha2, byM49 map[string]country }) {
	tables.byAlpha2, tables.byM49 = map[string]country{}, map[string]country{}
	for line := range strings.Lines(countriesText) {
		alpha2, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		alpha3, m49, _ := strings.Cut(rest, " ")
		tables.byAlpha2[alpha2] = country{alpha2, alpha3, m49}
		if m49 != "" {
			tables.byM49[m49] = country{alpha2, alpha3, m49}
		}
	}
	return tables
})

// CheckCountry returns an error unless code is an ISO 3166-1 alpha-2 country code.
func CheckCountry(code string) error {
	_, err := CountryAlpha3(code)
	return err
}

// CountryAlpha3 returns the ISO 3166-1 alpha-3 code of an alpha-2 code. FR gives FRA.
func CountryAlpha3(code string) (string, error) {
	found, isCountry := countries().byAlpha2[code]
	if !isCountry {
		return "", errors.New("must be an assigned ISO 3166-1 alpha-2 country code, for example FR")
	}
	return found.alpha3, nil
}

// CountryOfM49 returns the ISO 3166-1 alpha-2 code of a three-digit UN M.49 number. 250 gives FR.
// It returns "" if no country has the number.
func CountryOfM49(number string) string { return countries().byM49[number].alpha2 }
