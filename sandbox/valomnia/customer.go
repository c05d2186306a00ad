package valomnia

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// details is what a record has besides the values of the request.
type details struct {
	id int64
	*resolved
	logo    string
	created time.Time
}

// createCustomer refuses a reference in use, after all other checks.
func (a *service) createCustomer(c *engine.Call) engine.Response {
	form, wrong := a.parseForm(c)
	if wrong == nil {
		wrong = a.checkForm(form)
	}
	if wrong != nil {
		return *wrong
	}
	found, wrong := a.resolve(form)
	if wrong != nil {
		return *wrong
	}
	key := c.Key(form.values["reference"])
	if len(a.InUse(Name, key)) > 0 {
		return fail(http.StatusBadRequest, "not_unique", "reference already used")
	}
	a.lastID++
	customer := &details{id: a.lastID, resolved: found, created: c.Now.UTC()}
	fields := typedParameters(form)
	fields["id"], fields["reference"] = customer.id, key.Stored
	if form.image != nil {
		customer.logo = fmt.Sprintf("http://%s/entity1-1450169988465/photoCustomer/%d_%s", c.Host, c.Now.UnixMilli(), form.image.name)
		fields["imageFile"] = map[string]any{"name": form.image.name, "type": form.image.contentType, "size": form.image.size}
	}
	r := a.Add(c, Name, key, fields)
	r.Detail = customer
	return engine.JSONResponse(http.StatusCreated, show(r, c.PathValue("version")))
}

// typedParameters returns the documented parameters in their types.
func typedParameters(form formData) map[string]any {
	fields := map[string]any{}
	texts, flags, numbers, integers, ids := parameters()
	hold := func(names []string, convert func(string) any) {
		for _, name := range names {
			if value, given := form.values[name]; given {
				fields[name] = convert(value)
			}
		}
	}
	hold(texts, func(v string) any { return v })
	hold(flags, func(v string) any { return v == "true" })
	hold(numbers, func(v string) any { n, _ := strconv.ParseFloat(v, 64); return n })
	hold(integers, func(v string) any { return json.Number(v) })
	hold(ids, func(v string) any { return v })
	return fields
}

func (a *service) getByID(c *engine.Call) engine.Response {
	return a.get(c, a.customer(c.PathValue("id"), false), "id "+c.PathValue("id"))
}

func (a *service) getByReference(c *engine.Call) engine.Response {
	return a.get(c, a.customer(c.PathValue("reference"), true), "reference "+c.PathValue("reference"))
}

func (a *service) get(c *engine.Call, r *engine.Customer, by string) engine.Response {
	if r == nil || !r.Visible(c.Now) {
		return fail(http.StatusNotFound, "not_found", "The customer with the "+by+" doesn't exist.")
	}
	return engine.JSONResponse(http.StatusOK, show(r, c.PathValue("version")))
}

// customer finds a record by its reference or by its id.
func (a *service) customer(key string, byReference bool) *engine.Customer {
	if byReference {
		if held := a.Find(Name, key); len(held) > 0 {
			return held[0]
		}
		return nil
	}
	id, err := strconv.ParseInt(key, 10, 64)
	for _, r := range a.Customers(Name) {
		if err == nil && r.Detail.(*details).id == id {
			return r
		}
	}
	return nil
}
