package opencell

import "github.com/enlist-dev/enlist/sandbox/engine"

// setup holds the codes that a request may refer to. A real operator sets them up before customers
// can be created.
type setup struct {
	titles, languages, currencies, countries map[string]bool
	categories, brands, billingCycles        map[string]bool
	creditCategories, terminationReasons     map[string]bool
	sellers, emailTemplates                  map[string]bool
}

func newSetup(seller string) setup {
	s := setup{
		titles: engine.Set("MR", "MRS", "MS", "MISS", "DR"),
		languages: engine.Set("FRA", "ENG", "DEU", "SPA", "ITA", "NLD", "POR", "POL", "ARA", "ZHO", "JPN", "RUS",
			"SWE", "DAN", "NOR", "FIN"),
		currencies: engine.Set("EUR", "USD", "GBP", "CHF", "CAD", "AUD", "JPY", "CNY", "SEK", "NOK", "DKK", "PLN",
			"CZK", "MAD", "BRL", "TND"),
		countries:          map[string]bool{},
		categories:         engine.Set("CLIENT", "PROSPECT"),
		brands:             engine.Set("DEFAULT"),
		billingCycles:      engine.Set("BC_MONTHLY_1ST", "BC_MONTHLY_15TH", "BC_YEARLY"),
		creditCategories:   engine.Set("NEWCUSTOMER", "REGULAR", "VIP"),
		terminationReasons: engine.Set("TERM_REASON_1", "TERM_REASON_2"),
		sellers:            engine.Set("MAIN_SELLER", seller),
		emailTemplates:     engine.Set("INVOICE_EMAIL"),
	}
	for _, c := range engine.Countries() {
		s.countries[c.Alpha2] = true
	}
	return s
}
