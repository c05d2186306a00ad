package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// valomniaCustomer is a customer as the vendor knows it; a record's fields are
// what the request said, under the request's names.
type valomniaCustomer struct {
	id int64
	*resolved
	logo    string
	created time.Time
}

// createCustomer refuses a reference that is taken, after all other checks.
func (a *valomnia) createCustomer(c *call) answer {
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
	reference := form.values["reference"]
	if len(a.records.withKey(Valomnia, reference)) > 0 {
		return valomniaError(http.StatusBadRequest, "not_unique", "reference already used")
	}
	a.lastID++
	customer := &valomniaCustomer{id: a.lastID, resolved: found, created: c.now.UTC()}
	fields := heldForm(form)
	fields["id"] = customer.id
	if form.image != nil {
		customer.logo = fmt.Sprintf("http://%s/entity1-1450169988465/photoCustomer/%d_%s", c.Host, c.now.UnixMilli(), form.image.name)
		fields["imageFile"] = map[string]any{"name": form.image.name, "type": form.image.contentType, "size": form.image.size}
	}
	r := a.add(c, Valomnia, reference, fields)
	r.detail = customer
	return jsonAnswer(http.StatusCreated, showValomnia(r, c.PathValue("version")))
}

// heldForm gives the documented parameters their types.
func heldForm(form valomniaForm) map[string]any {
	fields := map[string]any{}
	texts, flags, numbers, integers, ids := valomniaParameters()
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

func (a *valomnia) getByID(c *call) answer {
	return a.get(c, a.customer(c.PathValue("id"), false), "id "+c.PathValue("id"))
}

func (a *valomnia) getByReference(c *call) answer {
	return a.get(c, a.customer(c.PathValue("reference"), true), "reference "+c.PathValue("reference"))
}

func (a *valomnia) get(c *call, r *record, by string) answer {
	if r == nil || !r.visible(c.now) {
		return valomniaError(http.StatusNotFound, "not_found", "The customer with the "+by+" doesn't exist.")
	}
	return jsonAnswer(http.StatusOK, showValomnia(r, c.PathValue("version")))
}

// customer finds a record by its reference or by its id.
func (a *valomnia) customer(key string, byReference bool) *record {
	if byReference {
		if held := a.records.withKey(Valomnia, key); len(held) > 0 {
			return held[0]
		}
		return nil
	}
	id, err := strconv.ParseInt(key, 10, 64)
	for _, r := range a.records.of(Valomnia) {
		if err == nil && r.detail.(*valomniaCustomer).id == id {
			return r
		}
	}
	return nil
}

// showValomnia is the object of the page's sample: what was not given is null.
func showValomnia(r *record, version string) map[string]any {
	customer := r.detail.(*valomniaCustomer)
	href := func(collection string, id int64) string {
		return fmt.Sprintf("/api/%s/%s/%d", version, collection, id)
	}
	linked := func(collection string, entry *valomniaEntry) any {
		if entry == nil {
			return nil
		}
		return map[string]any{"id": entry.id, "reference": entry.reference, "name": entry.name, "href": href(collection, entry.id)}
	}
	shown := map[string]any{}
	for _, name := range []string{
		"reference", "reference2", "name", "barcode", "email", "phone", "mobile", "fax", "comment", "website",
		"billingCountry", "billingCity", "billingPostalCode", "billingAddress", "billingLat", "billingLng",
		"country", "city", "postalCode", "address", "latitude", "longitude", "creditLimit", "onHoldReason",
		"dueDateConfigNumber", "taxNumber", "companyRegistrationNumber", "customerRisk", "customerRiskColor",
		// Never given by a create:
		"pocTenus", "isCredit", "balance", "maxChequePeriod", "maxChequeValue", "appliedCashBackOutput",
		"returnDiscount", "invoicesPerRoute", "paymentTerm",
	} {
		shown[name] = r.fields[name]
	}
	for name, otherwise := range map[string]bool{
		"isActive": true, "isSubCustomer": false, "billWithParent": false, "isSameAddress": true, "onHold": false,
	} {
		shown[name] = otherwise
		if value, given := r.fields[name]; given {
			shown[name] = value
		}
	}
	for name, code := range customer.countries {
		shown[name] = code
	}
	shown["id"], shown["logo"] = customer.id, nil
	if customer.logo != "" {
		shown["logo"] = customer.logo
	}
	shown["categoryReference"] = customer.category.reference
	shown["customerCategory"] = linked("customerCategories", customer.category)
	shown["customerSegmentationReference"] = nil
	if customer.segmentation != nil {
		shown["customerSegmentationReference"] = customer.segmentation.reference
	}
	shown["customerSegmentation"] = linked("customerSegmentations", customer.segmentation)
	shown["parentCustomer"] = nil
	if parent := customer.parent; parent != nil {
		id := parent.detail.(*valomniaCustomer).id
		shown["parentCustomer"] = map[string]any{"id": id, "reference": parent.key, "name": parent.fields["name"], "href": href("customers", id)}
	}
	shown["createdBy"] = map[string]any{"userId": customer.user.id, "reference": customer.user.reference, "href": href("users", customer.user.id)}
	// The name for type 2 is assumed; the page shows the other only.
	shown["dueDateConfigType"] = map[any]any{"1": "daysAfterInvoiceDate", "2": "daysAfterEndOfInvoiceMonth"}[r.fields["dueDateConfigType"]]
	types := []any{}
	for _, entry := range customer.paymentTypes {
		types = append(types, linked("paymentTypes", &entry))
	}
	shown["paymentTypes"], shown["contacts"] = types, []any{}
	shown["currency"], shown["organization"] = customer.currency, "entity1"
	stamp := customer.created.Format(time.RFC3339)
	shown["dateCreated"], shown["lastUpdated"] = stamp, stamp
	shown["region"] = nil
	if customer.region != nil {
		shown["region"] = map[string]any{"id": customer.region.id, "name": customer.region.name, "href": href("regions", customer.region.id)}
	}
	return shown
}
