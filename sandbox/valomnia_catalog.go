package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// valomniaCatalog is what an operator has configured: what ids and references
// may point at.
type valomniaCatalog struct {
	categories, segmentations, users, paymentTypes, regions []valomniaEntry

	countries       map[string]string // code or name, lower case, to code
	currencies      map[string]bool   // all there are
	configured      map[string]bool   // those with an exchange rate
	defaultCurrency string
}

type valomniaEntry struct {
	id              int64
	reference, name string
}

func newValomniaCatalog() valomniaCatalog {
	catalog := valomniaCatalog{
		categories:      []valomniaEntry{{1, "root", "All customers"}, {2, "jewelry", "Jewelry and accessories"}, {3, "grocery", "Grocery"}},
		segmentations:   []valomniaEntry{{1, "seg_a", "Segmentation A"}, {2, "seg_b", "Segmentation B"}},
		users:           []valomniaEntry{{2, "emp-002", "emp-002"}, {3, "emp-003", "emp-003"}},
		paymentTypes:    []valomniaEntry{{7, "cash", "cash"}, {8, "cheque", "cheque"}, {9, "transfer", "transfer"}},
		regions:         []valomniaEntry{{3, "new_york", "New York"}, {4, "paris", "Paris"}},
		countries:       map[string]string{},
		currencies:      set(strings.Fields(iso4217)...),
		configured:      set("USD", "EUR", "TND", "MAD", "CHF", "CAD"), // not GBP, as on the page
		defaultCurrency: "USD",
	}
	for _, c := range countries() {
		catalog.countries[strings.ToLower(c.alpha2)] = c.alpha2
		catalog.countries[strings.ToLower(c.name)] = c.alpha2
	}
	return catalog
}

// resolved is what the ids and references of a request point at.
type resolved struct {
	category, segmentation, user, region *valomniaEntry
	paymentTypes                         []valomniaEntry
	parent                               *record
	countries                            map[string]string
	currency                             string
}

// resolve looks everything up that the request points at.
func (a *valomnia) resolve(form valomniaForm) (*resolved, *answer) {
	found := &resolved{countries: map[string]string{}, currency: a.catalog.defaultCurrency}
	external := form.values["useExternalId"] == "true"
	notFound := func(description string) (*resolved, *answer) {
		wrong := valomniaError(http.StatusNotFound, "not_found", description)
		return nil, &wrong
	}
	absent := func(what, id string) (*resolved, *answer) {
		by := "id"
		if external {
			by = "reference"
		}
		return notFound("The " + what + " with the " + by + " " + id + " doesn't exist.")
	}
	found.category = &a.catalog.categories[0]
	found.user = &a.catalog.users[0]
	for _, one := range []struct {
		parameter, what string
		among           []valomniaEntry
		external        bool
		into            **valomniaEntry
	}{
		{"categoryId", "customer category", a.catalog.categories, external, &found.category},
		{"customerSegmentationId", "customer segmentation", a.catalog.segmentations, external, &found.segmentation},
		{"userId", "user", a.catalog.users, external, &found.user},
		{"regionId", "region", a.catalog.regions, false, &found.region},
	} {
		if id, given := form.values[one.parameter]; given {
			if *one.into = lookUp(one.among, id, one.external); *one.into == nil {
				return absent(one.what, id)
			}
		}
	}
	ids, _ := paymentTypeIDs(form)
	for _, id := range ids {
		entry := lookUp(a.catalog.paymentTypes, id, external)
		if entry == nil {
			return absent("payment type", id)
		}
		found.paymentTypes = append(found.paymentTypes, *entry)
	}
	if id, given := form.values["parentCustomer"]; given {
		if found.parent = a.customer(id, external); found.parent == nil {
			return absent("parent customer", id)
		}
	}
	for _, parameter := range []string{"billingCountry", "country"} {
		if name, given := form.values[parameter]; given {
			code, known := a.catalog.countries[strings.ToLower(name)]
			if !known { // assumed: the page shows no failure of a country
				return notFound("The country with name " + name + " doesn't exist.")
			}
			found.countries[parameter] = code
		}
	}
	if name, given := form.values["currency"]; given {
		switch {
		case !a.catalog.currencies[name]:
			return notFound("The currency with name " + name + " doesn't exist.")
		case !a.catalog.configured[name]:
			return notFound("The currency with name " + name + " is not configured.")
		}
		found.currency = name
	}
	return found, nil
}

func lookUp(among []valomniaEntry, id string, external bool) *valomniaEntry {
	for i, entry := range among {
		if external && entry.reference == id || !external && strconv.FormatInt(entry.id, 10) == id {
			return &among[i]
		}
	}
	return nil
}

// iso4217 are the currencies in use.
const iso4217 = `
	AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
	CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
	GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
	KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD
	NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
	SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS
	VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER
	ZAR ZMW ZWG
`
