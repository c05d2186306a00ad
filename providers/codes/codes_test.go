package codes

import (
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
)

func TestCountryAlpha3(t *testing.T) {
	for code, want := range map[string]string{"FR": "FRA", "GB": "GBR", "US": "USA", "SS": "SSD", "XK": "XKX"} {
		if got, err := CountryAlpha3(code); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", code, got, err, want)
		}
	}
	for _, code := range []string{"", "fr", "ZZ", "XX", "AA", "UK", "EU", "DD", "SU", "YU", "001", "FRA", "QO", "IC", "EA", "EZ", "UN", "CQ", "FQ", "PC"} {
		if got, err := CountryAlpha3(code); got != "" || err == nil {
			t.Errorf("%s: got %q, %v, want an error", code, got, err)
		}
	}
}

func TestCountryOfM49(t *testing.T) {
	for number, want := range map[string]string{
		"250": "FR", "826": "GB", "840": "US", "056": "BE", "": "", "FR": "", "FRA": "", "999": "", "150": "", "56": "",
	} {
		if got := CountryOfM49(number); got != want {
			t.Errorf("%s: got %q, want %q", number, got, want)
		}
	}
}

func TestCheckCurrency(t *testing.T) {
	for _, code := range []string{"EUR", "USD", "XAU", "XTS", "CLF", "SLE", "ZWG", "VES", "MRU", "UYW"} {
		if err := CheckCurrency(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, code := range []string{"", "eur", "ZZZ", "EU", "LE ", "EURO", "DEM", "HRK", "BGN", "VEF"} {
		if CheckCurrency(code) == nil {
			t.Errorf("%s: want an error", code)
		}
	}
}

func TestLanguageAlpha3(t *testing.T) {
	for tag, want := range map[string]string{"fr": "FRA", "fr-CA": "FRA", "de": "DEU", "zh-Hant-TW": "ZHO", "en-GB": "ENG", "nb": "NOB", "tl": "TGL", "he": "HEB", "yi": "YID"} {
		got, err := LanguageAlpha3(tag)
		if got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tag, got, err, want)
		}
		if back := LanguageOfAlpha3(got); back != tag[:2] {
			t.Errorf("%s: back from %s is %q", tag, got, back)
		}
	}
	for _, tag := range []string{"", "xx", "und", "fr_", "french", "en-XYZW", "aaa", "cmn", "sh", "qaa", "fre"} {
		if got, err := LanguageAlpha3(tag); got != "" || err == nil {
			t.Errorf("%s: got %q, %v, want an error", tag, got, err)
		}
	}
	for alpha3, want := range map[string]string{"heb": "he", "YID": "yi", "FIL": "fil", "cmn": "cmn"} {
		if got := LanguageOfAlpha3(alpha3); got != want {
			t.Errorf("%s: got %q, want %q", alpha3, got, want)
		}
	}
	for _, alpha3 := range []string{"", "ZZZZ", "F"} {
		if got := LanguageOfAlpha3(alpha3); got != "" {
			t.Errorf("%q: got %q, want nothing", alpha3, got)
		}
	}
}

func TestDate(t *testing.T) {
	if got := Date(&date.Date{Year: 2018, Month: 1, Day: 9}); got != "2018-01-09" {
		t.Errorf("got %q", got)
	}
	if got := Date(nil); got != "" {
		t.Errorf("got %q for none", got)
	}
}
