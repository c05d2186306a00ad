package sellandsign

import (
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// parameter is a parameter of selectOrCreateCustomer, with its name in the response.
type parameter struct {
	name, member string
	mandatory    bool
}

func customerParameters() []parameter {
	return []parameter{
		{"number", "number", true},
		{"civility", "civility", true},
		{"firstname", "firstname", true},
		{"lastname", "lastname", true},
		{"email", "email", true},
		{"cell_phone", "cellPhone", true},
		{"address_1", "address1", true},
		{"postal_code", "postalCode", true},
		{"city", "city", true},
		{"country", "country", true},
		{"customer_code", "customerCode", true},
		{"company_name", "companyName", false},
		{"registration_number", "registrationNumber", false},
		{"address_2", "address2", false},
		{"phone", "phone", false},
		{"job_title", "jobTitle", false},
		{"birthdate", "birthdate", false},
		{"birthplace", "birthplace", false},
	}
}

// details is what a record has besides the customer's own fields.
type details struct {
	contractor  int64            // id of the customer as a contractor of itself
	contractors []map[string]any // seeded ones
	properties  []map[string]any
}

// selectOrCreateCustomer merges by number: the given values replace the stored ones, also where
// they are empty.
func (a *service) selectOrCreateCustomer(c *engine.Call, given parameters) engine.Response {
	fields := map[string]any{}
	for _, p := range customerParameters() {
		value, present := given[p.name]
		switch {
		case !present:
			return given.fail(http.StatusBadRequest, p.name, p.name+" must be given")
		case p.mandatory && strings.TrimSpace(value) == "":
			return given.fail(http.StatusBadRequest, p.name, p.name+" must not be empty")
		}
		if message := a.checkParameter(p.name, value); message != "" {
			return given.fail(http.StatusBadRequest, p.name, p.name+" "+message)
		}
		fields[p.member] = value
	}
	birthdate := int64(-1)
	if given["birthdate"] != "" {
		birthdate, _ = strconv.ParseInt(given["birthdate"], 10, 64)
	}
	timer := a.timer(c)
	fields["birthdate"] = birthdate
	fields["syncTimer"] = timer
	fields["lastModificationPlace"] = "SERVER"

	key := c.Key(given["number"])
	if held := a.InUse(Name, key); len(held) > 0 {
		maps.Copy(held[0].Fields, fields)
		held[0].Fields["number"] = held[0].Key // a merge does not change it
		held[0].Updated++
		return engine.JSONResponse(http.StatusOK, shownCustomer(held[0]))
	}
	a.lastActor++
	a.lastID++
	fields["number"], fields["actorId"], fields["creationDate"] = key.Stored, a.lastActor, timer
	r := a.Add(c, Name, key, fields)
	r.Detail = &details{contractor: a.lastID}
	return engine.JSONResponse(http.StatusOK, shownCustomer(r))
}

// timer returns the time in milliseconds, always later than the last one. So an update never has
// the syncTimer of the creation.
func (a *service) timer(c *engine.Call) int64 {
	a.lastTimer = max(c.Now.UnixMilli(), a.lastTimer+1)
	return a.lastTimer
}

// shownCustomer returns the customer as the vendor shows it. Its properties have an operation of
// their own.
func shownCustomer(r *engine.Customer) map[string]any {
	shown := maps.Clone(r.Fields)
	delete(shown, "properties")
	return shown
}

// find returns the customer, or nil if look-ups do not find it.
func (a *service) find(c *engine.Call, number string) *engine.Customer {
	held := a.Find(Name, number)
	if len(held) == 0 || !held[0].Visible(c.Now) {
		return nil
	}
	return held[0]
}

// getCustomer sends the object of selectOrCreateCustomer. No page says what it sends for an unknown
// number: see Settings.NotFoundStatus.
func (a *service) getCustomer(c *engine.Call, given parameters) engine.Response {
	if given["number"] == "" {
		return given.fail(http.StatusBadRequest, "number", "number must be given")
	}
	r := a.find(c, given["number"])
	if r == nil {
		return engine.NewResponse(a.NotFoundStatus, "application/json;charset=UTF-8", []byte(a.NotFoundBody))
	}
	return engine.JSONResponse(http.StatusOK, shownCustomer(r))
}
