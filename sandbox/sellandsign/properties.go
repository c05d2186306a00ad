package sellandsign

import (
	"net/http"
	"strconv"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

func (a *service) getPropertyList(c *engine.Call, given parameters) engine.Response {
	if given["number"] == "" {
		return given.fail(http.StatusBadRequest, "number", "number must be given")
	}
	entries := []map[string]any{}
	if r := a.find(c, given["number"]); r != nil {
		entries = append(entries, r.Detail.(*details).properties...)
	}
	return a.list(entries)
}

// getOrCreateProperty sets one free property. A key that is not declared fails, with a status that
// is assumed. The id -1 creates a property, or finds it by its key.
func (a *service) getOrCreateProperty(_ *engine.Call, given parameters) engine.Response {
	for _, name := range []string{"customer_number", "key", "value", "id"} {
		if value, present := given[name]; !present || (value == "" && name != "value") {
			return given.fail(http.StatusBadRequest, name, name+" must be given")
		}
	}
	id, err := strconv.ParseInt(given["id"], 10, 64)
	if err != nil {
		return given.fail(http.StatusBadRequest, "id", "id must be a number, -1 to create")
	}
	if !a.keys[given["key"]] {
		return given.fail(http.StatusBadRequest, "key", "key is not declared: "+given["key"])
	}
	held := a.Find(Name, given["customer_number"])
	if len(held) == 0 {
		return given.fail(http.StatusNotFound, "customer_number", "no such customer")
	}
	detail := held[0].Detail.(*details)
	var entry map[string]any
	for _, p := range detail.properties {
		if p["key"] == given["key"] && (id == -1 || id == p["id"]) {
			entry = p
		}
	}
	if entry == nil {
		if id != -1 {
			return given.fail(http.StatusNotFound, "id", "no such property")
		}
		a.lastID++
		entry = map[string]any{"id": a.lastID, "key": given["key"], "customerNumber": held[0].Key}
		detail.properties = append(detail.properties, entry)
	}
	entry["value"] = given["value"]
	all, _ := held[0].Fields["properties"].(map[string]any)
	if all == nil {
		all = map[string]any{}
		held[0].Fields["properties"] = all
	}
	all[given["key"]] = given["value"]
	return engine.JSONResponse(http.StatusOK, entry)
}

// propertyLists is the list of properties in both forms, for the fault odd_row.
func propertyLists() []engine.List {
	return bothForms(engine.List{ID: "id", Key: "key", Row: map[string]any{
		"id": 990001, "key": "other", "value": "other", "customerNumber": "OTHER",
	}})
}
