package codes

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
)

// currenciesText has a line for each code of ISO 4217 list one, as published on 2026-01-01. It
// includes the fund codes (CHE, CLF, UYW, …), the precious metals (XAU, …), XTS and XXX, because
// ISO calls list one current. It does not include withdrawn codes (list three): DEM, HRK, BGN.
//
//go:embed currencies.txt
var currenciesText string

//nolint:gochecknoglobals // a constant
var currencies = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(currenciesText) {
		all[strings.TrimSpace(line)] = true
	}
	return all
})

// CheckCurrency returns an error unless code is an active ISO 4217 currency code.
func CheckCurrency(code string) error {
	if !currencies()[code] {
		return errors.New("must be an active ISO 4217 currency code, for example EUR")
	}
	return nil
}
