package valomnia

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// resolved is what the ids and references of one request point at.
type resolved struct {
	category, segmentation, user, region *entry
	paymentTypes                         []entry
	parent                               *engine.Customer
	countries                            map[string]string
	currency                             string
}

// resolve looks up everything that the request points at.
func (a *service) resolve(form formData) (*resolved, *engine.Response) {
	found := &resolved{countries: map[string]string{}, currency: a.catalog.defaultCurrency}
	external := form.values["useExternalId"] == "true"
	notFound := func(description string) (*resolved, *engine.Response) {
		wrong := fail(http.StatusNotFound, "not_found", description)
		return nil, &wrong
	}
	absent := func(what, id string) (*resolved, *engine.Response) {
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
		among           []entry
		external        bool
		into            **entry
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
	if problem := a.resolveNames(form, found); problem != "" {
		return notFound(problem)
	}
	return found, nil
}

// resolveNames looks up the countries and the currency, which have names. It returns what is wrong.
func (a *service) resolveNames(form formData, found *resolved) string {
	for _, parameter := range []string{"billingCountry", "country"} {
		if name, given := form.values[parameter]; given {
			code, known := a.catalog.countries[strings.ToLower(name)]
			if !known { // assumed: the page shows no failure of a country
				return "The country with name " + name + " doesn't exist."
			}
			found.countries[parameter] = code
		}
	}
	if name, given := form.values["currency"]; given {
		switch {
		case !a.catalog.currencies[name]:
			return "The currency with name " + name + " doesn't exist."
		case !a.catalog.configured[name]:
			return "The currency with name " + name + " is not configured."
		}
		found.currency = name
	}
	return ""
}

func lookUp(among []entry, id string, external bool) *entry {
	for i, entry := range among {
		if external && entry.reference == id || !external && strconv.FormatInt(entry.id, 10) == id {
			return &among[i]
		}
	}
	return nil
}
