package sellandsign

import (
	"net/http"
	"strconv"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// list sends a list in the form of Settings.BareLists.
func (a *service) list(entries []map[string]any) engine.Response {
	if a.BareLists {
		return engine.JSONResponse(http.StatusOK, entries)
	}
	return engine.JSONResponse(http.StatusOK, map[string]any{"elements": entries})
}

// getContractorsFor pages through the contractors: first the customer itself, which is the default
// one, then the seeded ones. An unknown customer has none.
func (a *service) getContractorsFor(c *engine.Call, given parameters) engine.Response {
	if given["number"] == "" {
		return given.fail(http.StatusBadRequest, "number", "number must be given")
	}
	page := map[string]int{"offset": 0, "size": 100}
	for name := range page {
		if value, present := given[name]; present {
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return given.fail(http.StatusBadRequest, name, name+" must be a whole number, 0 or more")
			}
			page[name] = n
		}
	}
	entries := []map[string]any{}
	if r := a.find(c, given["number"]); r != nil {
		detail := r.Detail.(*details)
		entries = append(entries, ownContractor(r, detail.contractor))
		entries = append(entries, detail.contractors...)
	}
	start := min(page["offset"], len(entries))
	end := start + min(page["size"], len(entries)-start)
	return a.list(entries[start:end])
}

// ownContractor returns the customer as a contractor. It is an assumption that the members have the
// names of the contractor's documented parameters, in camel case.
func ownContractor(r *engine.Customer, id int64) map[string]any {
	contractor := map[string]any{
		"id": id, "customerNumber": r.Key, "title": r.Fields["civility"],
		"isDefault": true, "category": "", "localisation": "fr_FR",
	}
	for _, name := range []string{
		"firstname", "lastname", "email", "address1", "address2", "postalCode", "city", "country",
		"cellPhone", "phone", "companyName", "jobTitle", "registrationNumber", "birthdate", "birthplace",
	} {
		contractor[name] = r.Fields[name]
	}
	return contractor
}

// listJSON says what identifies an entry of a list.
func listJSON() *engine.JSON {
	return &engine.JSON{Fixed: []string{"customerNumber", "key"}, IDs: []string{"id"}}
}

// contractorLists is the list of contractors in both forms, for the fault odd_row.
func contractorLists() []engine.List {
	return bothForms(engine.List{ID: "id", Key: "customerNumber", Row: map[string]any{
		"id": 990001, "customerNumber": "OTHER", "title": "MADAME", "firstname": "Olga", "lastname": "Other", "isDefault": false,
	}})
}

// bothForms returns the list as the response itself and as its member elements.
func bothForms(list engine.List) []engine.List {
	inside := list
	inside.Path = []string{"elements"}
	return []engine.List{list, inside}
}
