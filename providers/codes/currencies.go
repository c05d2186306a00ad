package codes

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
)

// currenciesText has a line for each code of ISO 4217 list one, as published on 2026-01-01. The
// list has the fund codes (CHE, CLF, UYW, …), the precious metals (XAU, …), XTS and XXX as well;
// they are accepted, because list one is what ISO calls current. Withdrawn codes (list three) are
// not in it: DEM, HRK, BGN.
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

// CheckCurrency reports an error unless code is an ISO 4217 currency code that is in use.
func CheckCurrency(code string) error {
	if !currencies()[code] {
		return errors.New("must be an active ISO 4217 currency code, for example EUR")
	}
	return nil
}
