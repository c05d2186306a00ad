package valomnia

import (
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// catalog is what an operator has configured. Ids and references in a request point at it.
type catalog struct {
	categories, segmentations, users, paymentTypes, regions []entry

	countries       map[string]string // code or name, lower case, to code
	currencies      map[string]bool   // all that exist
	configured      map[string]bool   // those with an exchange rate
	defaultCurrency string
}

type entry struct {
	id              int64
	reference, name string
}

func newCatalog() catalog {
	all := catalog{
		categories:      []entry{{1, "root", "All customers"}, {2, "jewelry", "Jewelry and accessories"}, {3, "grocery", "Grocery"}},
		segmentations:   []entry{{1, "seg_a", "Segmentation A"}, {2, "seg_b", "Segmentation B"}},
		users:           []entry{{2, "emp-002", "emp-002"}, {3, "emp-003", "emp-003"}},
		paymentTypes:    []entry{{7, "cash", "cash"}, {8, "cheque", "cheque"}, {9, "transfer", "transfer"}},
		regions:         []entry{{3, "new_york", "New York"}, {4, "paris", "Paris"}},
		countries:       map[string]string{},
		currencies:      engine.Currencies(),
		configured:      engine.Set("USD", "EUR", "TND", "MAD", "CHF", "CAD"), // not GBP, as on the page
		defaultCurrency: "USD",
	}
	for _, c := range engine.Countries() {
		all.countries[strings.ToLower(c.Alpha2)] = c.Alpha2
		all.countries[strings.ToLower(c.Name)] = c.Alpha2
	}
	return all
}
