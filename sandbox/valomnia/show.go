package valomnia

import (
	"fmt"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// show returns the object of the page's sample: values that were not given are null.
func show(r *engine.Customer, version string) map[string]any {
	customer := r.Detail.(*details)
	href := func(collection string, id int64) string {
		return fmt.Sprintf("/api/%s/%s/%d", version, collection, id)
	}
	linked := func(collection string, entry *entry) any {
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
		shown[name] = r.Fields[name]
	}
	for name, otherwise := range map[string]bool{
		"isActive": true, "isSubCustomer": false, "billWithParent": false, "isSameAddress": true, "onHold": false,
	} {
		shown[name] = otherwise
		if value, given := r.Fields[name]; given {
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
		id := parent.Detail.(*details).id
		shown["parentCustomer"] = map[string]any{"id": id, "reference": parent.Key, "name": parent.Fields["name"], "href": href("customers", id)}
	}
	shown["createdBy"] = map[string]any{"userId": customer.user.id, "reference": customer.user.reference, "href": href("users", customer.user.id)}
	// The name for type 2 is assumed; the page shows the other only.
	shown["dueDateConfigType"] = map[any]any{"1": "daysAfterInvoiceDate", "2": "daysAfterEndOfInvoiceMonth"}[r.Fields["dueDateConfigType"]]
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
