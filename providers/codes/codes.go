// Package codes translates between the codes of the contract (ISO 3166-1 alpha-2, ISO 4217, BCP-47) and those that vendors use.
// A code that no table knows is an error, never an empty string.
package codes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"google.golang.org/genproto/googleapis/type/date"
)

// CheckCountry reports an error unless code is an ISO 3166-1 alpha-2 country code.
func CheckCountry(code string) error {
	_, err := country(code)
	return err
}

// CountryAlpha3 returns the ISO 3166-1 alpha-3 code of an alpha-2 code: FR gives FRA.
func CountryAlpha3(code string) (string, error) {
	region, err := country(code)
	if err != nil {
		return "", err
	}
	return region.ISO3(), nil
}

// CountryOfM49 returns the ISO 3166-1 alpha-2 code of a UN M.49 number of three digits, and "" when there is none: 250 gives FR.
func CountryOfM49(number string) string {
	region, err := language.ParseRegion(number)
	if err != nil || len(number) != 3 || strings.Trim(number, "0123456789") != "" || !region.IsCountry() {
		return ""
	}
	return region.Canonicalize().String()
}

// notCountries are codes that x/text takes for countries though ISO 3166-1 has withdrawn or only reserved them.
func notCountries() []string {
	return []string{"AC", "AN", "CP", "CS", "DG", "NT", "SU", "TA", "YU"}
}

func country(code string) (language.Region, error) {
	region, err := language.ParseRegion(code)
	// ParseRegion also takes alpha-3 and M.49 codes, and codes that it then canonicalizes to others.
	if err != nil || len(code) != 2 || !region.IsCountry() || region.String() != code || region.Canonicalize() != region ||
		slices.Contains(notCountries(), code) {
		return language.Region{}, errors.New("must be an ISO 3166-1 alpha-2 country code that is in use, for example FR")
	}
	return region, nil
}

// newCurrencies are codes that ISO 4217 has added since the tables of x/text were made.
func newCurrencies() []string { return []string{"SLE", "VED", "XCG", "ZWG"} }

// CheckCurrency reports an error unless code is an ISO 4217 currency code.
func CheckCurrency(code string) error {
	unit, err := currency.ParseISO(code)
	if (err != nil || unit.String() != code) && !slices.Contains(newCurrencies(), code) {
		return errors.New("must be an ISO 4217 currency code, for example EUR")
	}
	return nil
}

// CheckLanguage reports an error unless tag is a BCP-47 tag whose parts are registered.
func CheckLanguage(tag string) error {
	_, err := base(tag)
	return err
}

// LanguageAlpha3 returns the ISO 639-2/T code, in capitals, of a tag's base language: fr-CA gives FRA.
func LanguageAlpha3(tag string) (string, error) {
	base, err := base(tag)
	if err != nil {
		return "", err
	}
	alpha3 := base.ISO3()
	if alpha3 == "" {
		return "", errors.New("must be a language that has an ISO 639-2 code, for example fr")
	}
	return strings.ToUpper(alpha3), nil
}

// LanguageOfAlpha3 returns the BCP-47 tag of an ISO 639-2 code in any case, and "" when there is none: FRA gives fr.
func LanguageOfAlpha3(alpha3 string) string {
	base, err := language.ParseBase(strings.ToLower(alpha3))
	if err != nil || alpha3 == "" {
		return ""
	}
	return base.String()
}

func base(tag string) (language.Base, error) {
	parsed, err := language.Parse(tag)
	base, _, _ := parsed.Raw()
	if err != nil || base == (language.Base{}) {
		return language.Base{}, errors.New("must be a BCP-47 language tag whose parts are registered, for example fr or en-GB")
	}
	return base, nil
}

// Date returns a date as yyyy-MM-dd, and "" for an absent one. The date is complete: the server has checked it.
func Date(d *date.Date) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}
