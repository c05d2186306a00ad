package codes

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// The tables of this package come from iso-codes and ISO's list one. These tests compare every
// possible code with a second source: golang.org/x/text, made from CLDR 32 and the IANA registry.
// If Debian's iso-codes is installed, they compare with it as well. They name each difference.

func codesOf(letters int) []string {
	all := []string{""}
	for range letters {
		var longer []string
		for _, begin := range all {
			for letter := 'A'; letter <= 'Z'; letter++ {
				longer = append(longer, begin+string(letter))
			}
		}
		all = longer
	}
	return all
}

// isoCodes returns the entries of a list of Debian's package iso-codes.
func isoCodes(t *testing.T, list string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile("/usr/share/iso-codes/json/iso_" + list + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Debian's package iso-codes is not installed")
	}
	var lists map[string][]map[string]string
	if err := errors.Join(err, json.Unmarshal(data, &lists)); err != nil || len(lists[list]) < 100 {
		t.Fatal(err, lists)
	}
	return lists[list]
}

func TestCountriesAreThoseOfCLDR(t *testing.T) {
	notAssigned := []string{ // countries to CLDR
		"AC", "AN", "CP", "CQ", "CS", "DG", "EA", "EZ", "FQ", "IC", "NT", "PC", "SU", "TA", "UN", "YU",
	}
	countries := 0
	for _, code := range codesOf(2) {
		region, err := language.ParseRegion(code)
		want := err == nil && region.IsCountry() && region.Canonicalize() == region && !slices.Contains(notAssigned, code)
		alpha3, err := CountryAlpha3(code)
		if (err == nil) != want {
			t.Errorf("%s: is a country: %t, want %t", code, err == nil, want)
		}
		if !want {
			continue
		}
		countries++
		if wantAlpha3 := strings.ReplaceAll(region.ISO3(), "XKK", "XKX"); alpha3 != wantAlpha3 {
			t.Errorf("%s: got %s, want %s", code, alpha3, wantAlpha3)
		}
		if m49 := countriesNumber(code); code != "XK" && (m49 == "" || CountryOfM49(m49) != code || regionOf(m49) != code) {
			t.Errorf("%s: M.49 number %q", code, m49)
		}
	}
	if countries != 250 {
		t.Errorf("%d countries", countries)
	}
}

func countriesNumber(code string) string { return countries().byAlpha2[code].m49 }

func regionOf(m49 string) string {
	region, _ := language.ParseRegion(m49)
	return region.String()
}

func TestCountriesAreThoseOfISOCodes(t *testing.T) {
	seen := map[string]bool{"XK": true}
	for _, entry := range isoCodes(t, "3166-1") {
		code := entry["alpha_2"]
		seen[code] = true
		if got, err := CountryAlpha3(code); err != nil || got != entry["alpha_3"] || CountryOfM49(entry["numeric"]) != code {
			t.Errorf("%v: got %q, %v", entry, got, err)
		}
	}
	for _, code := range codesOf(2) {
		if (CheckCountry(code) == nil) != seen[code] {
			t.Errorf("%s: %v", code, CheckCountry(code))
		}
	}
}

func TestCurrenciesAreThoseOfCLDR(t *testing.T) {
	since := []string{ // added by ISO; CLDR 32 does not have it, or has no dates
		"MRU", "SLE", "SVC", "UYW", "VED", "VES", "XAD", "XCG", "ZWG",
	}
	gone := []string{"ANG", "BGN", "CUC", "HRK", "MRO", "SLL", "STD", "VEF", "ZWL"} // withdrawn by ISO since
	neverISO := []string{"CNH"}                                                     // only in CLDR
	inCLDR := map[string]bool{}
	for all := currency.Query(currency.NonTender, currency.Date(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))); all.Next(); {
		inCLDR[all.Unit().String()] = true
	}
	currencies := 0
	for _, code := range codesOf(3) {
		want := (inCLDR[code] || slices.Contains(since, code)) && !slices.Contains(gone, code) && !slices.Contains(neverISO, code)
		if err := CheckCurrency(code); (err == nil) != want {
			t.Errorf("%s: is a currency: %t, want %t", code, err == nil, want)
		}
		if want {
			currencies++
		}
	}
	if currencies != 178 {
		t.Errorf("%d currencies", currencies)
	}
}

func TestCurrenciesAreThoseOfISOCodes(t *testing.T) {
	want := map[string]bool{}
	for _, entry := range isoCodes(t, "4217") {
		want[entry["alpha_3"]] = true
	}
	for code, change := range map[string]struct {
		inUse bool
		why   string
	}{
		"HRK": {false, "withdrawn 2023-01"}, "SLL": {false, "withdrawn 2024-03"}, "ZWL": {false, "amendment 177"}, "CUC": {false, "amendment 178"},
		"ANG": {false, "amendment 176"}, "BGN": {false, "Bulgaria has had the euro since 2026-01-01"},
		"ZWG": {true, "amendment 177"}, "XCG": {true, "amendment 176"}, "XAD": {true, "amendment 179"},
	} {
		want[code] = change.inUse
	}
	for _, code := range codesOf(3) {
		if err := CheckCurrency(code); (err == nil) != want[code] {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// For each tag of one, two or three letters, x/text has the three-letter code, and iso-codes knows
// which codes belong to ISO 639-2.
func TestLanguagesAreThoseOfTheRegistry(t *testing.T) {
	successor := map[string]string{ // of codes that the registry deprecates
		"mo": "ron", "mol": "ron", "adp": "dzo", "blg": "iba", "kxl": "kru", "prp": "guj", "smd": "kmb", "snb": "iba",
	}
	withCode := 0
	for _, code := range append(codesOf(2), codesOf(3)...) {
		code = strings.ToLower(code)
		base, err := language.ParseBase(code)
		got, gotErr := LanguageAlpha3(code)
		if want := cmp.Or(successor[code], base.ISO3()); gotErr == nil && (err != nil || want != strings.ToLower(got)) {
			t.Errorf("%s: got %s, want %s, %v", code, got, want, err)
		}
		if err == nil && len(code) == 2 && gotErr != nil && code != "sh" { // sh has no ISO 639-2 code
			t.Errorf("%s: %v", code, gotErr)
		}
		if gotErr == nil && len(code) == 2 {
			withCode++
		}
	}
	if withCode < 184 {
		t.Errorf("only %d languages with two letters", withCode)
	}
}

func TestLanguagesAreThoseOfISOCodes(t *testing.T) {
	want := map[string]bool{}
	for _, entry := range isoCodes(t, "639-2") {
		alpha3, tag := entry["alpha_3"], entry["alpha_2"]
		if alpha3 == "qaa-qtz" || alpha3 == "und" {
			continue
		}
		want[alpha3] = true
		if tag == "" {
			tag = alpha3
		}
		if got, err := LanguageAlpha3(tag); err != nil || strings.ToLower(got) != alpha3 {
			t.Errorf("%s: got %q, %v, want %s", tag, got, err, alpha3)
		}
		if back := LanguageOfAlpha3(alpha3); back != tag {
			t.Errorf("%s: got %q, want %s", alpha3, back, tag)
		}
	}
	for _, code := range codesOf(3) {
		code = strings.ToLower(code)
		if got, err := LanguageAlpha3(code); err == nil && !want[strings.ToLower(got)] {
			t.Errorf("%s: got %s, which is no code of ISO 639-2", code, got)
		}
	}
}
