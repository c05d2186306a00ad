package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// maxContractors bounds what one order seeds.
const maxContractors = 10_000

// list answers a list in the form that is set; see WithSellAndSignBareLists.
func (a *sellAndSign) list(entries []map[string]any) answer {
	if a.sellAndSignBareLists {
		return jsonAnswer(http.StatusOK, entries)
	}
	return jsonAnswer(http.StatusOK, map[string]any{"elements": entries})
}

// getContractorsFor pages through the customer itself, which comes first and is
// the default, and the contractors seeded. An unknown customer has none.
func (a *sellAndSign) getContractorsFor(c *call, given parameters) answer {
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
		detail := r.detail.(*sellAndSignCustomer)
		entries = append(entries, ownContractor(r, detail.contractor))
		entries = append(entries, detail.contractors...)
	}
	start := min(page["offset"], len(entries))
	end := start + min(page["size"], len(entries)-start)
	return a.list(entries[start:end])
}

// ownContractor is the customer as a contractor. Its names are those of the
// contractor's documented parameters in the answers' spelling, which is assumed.
func ownContractor(r *record, id int64) map[string]any {
	contractor := map[string]any{
		"id": id, "customerNumber": r.key, "title": r.fields["civility"],
		"isDefault": true, "category": "", "localisation": "fr_FR",
	}
	for _, name := range []string{
		"firstname", "lastname", "email", "address1", "address2", "postalCode", "city", "country",
		"cellPhone", "phone", "companyName", "jobTitle", "registrationNumber", "birthdate", "birthplace",
	} {
		contractor[name] = r.fields[name]
	}
	return contractor
}

// seedContractors serves POST /sandbox/contractors {number, count}.
func (a *sellAndSign) seedContractors(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Number string `json:"number"`
		Count  int    `json:"count"`
	}
	decoder := json.NewDecoder(io.LimitReader(r.Body, 1<<16))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&order); err != nil {
		jsonAnswer(http.StatusBadRequest, &refusal{Field: "body", Message: `body: {"number":"…","count":n} is expected: ` + err.Error()}).write(w)
		return
	}
	if order.Count < 1 || order.Count > maxContractors {
		jsonAnswer(http.StatusBadRequest, &refusal{Field: "count", Message: fmt.Sprintf("count: must lie between 1 and %d", maxContractors)}).write(w)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	held := a.records.withKey(SellAndSign, order.Number)
	if len(held) == 0 {
		jsonAnswer(http.StatusNotFound, &refusal{Field: "number", Message: "number: no such Sell&Sign customer"}).write(w)
		return
	}
	detail := held[0].detail.(*sellAndSignCustomer)
	for range order.Count {
		a.lastID++
		contractor := ownContractor(held[0], a.lastID)
		contractor["isDefault"] = false
		contractor["firstname"] = "Contractor"
		contractor["lastname"] = strconv.Itoa(len(detail.contractors) + 1)
		contractor["email"] = fmt.Sprintf("contractor%d@example.com", a.lastID)
		detail.contractors = append(detail.contractors, contractor)
	}
	jsonAnswer(http.StatusOK, map[string]any{"number": order.Number, "contractors": len(detail.contractors) + 1}).write(w)
}

func (a *sellAndSign) getPropertyList(c *call, given parameters) answer {
	if given["number"] == "" {
		return given.fail(http.StatusBadRequest, "number", "number must be given")
	}
	entries := []map[string]any{}
	if r := a.find(c, given["number"]); r != nil {
		entries = append(entries, r.detail.(*sellAndSignCustomer).properties...)
	}
	return a.list(entries)
}

// getOrCreateProperty sets one free property. A key that is not declared fails;
// with which status is assumed. An id of -1 creates, or finds by its key.
func (a *sellAndSign) getOrCreateProperty(_ *call, given parameters) answer {
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
	held := a.records.withKey(SellAndSign, given["customer_number"])
	if len(held) == 0 {
		return given.fail(http.StatusNotFound, "customer_number", "no such customer")
	}
	detail := held[0].detail.(*sellAndSignCustomer)
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
		entry = map[string]any{"id": a.lastID, "key": given["key"], "customerNumber": given["customer_number"]}
		detail.properties = append(detail.properties, entry)
	}
	entry["value"] = given["value"]
	all, _ := held[0].fields["properties"].(map[string]any)
	if all == nil {
		all = map[string]any{}
		held[0].fields["properties"] = all
	}
	all[given["key"]] = given["value"]
	return jsonAnswer(http.StatusOK, entry)
}
