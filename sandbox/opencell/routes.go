package opencell

import (
	"net/http"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

func (o *server) routeAccounts(v *engine.API) {
	notAllowed := engine.NoContent(http.StatusMethodNotAllowed)
	const rest = "/opencell/api/rest/account"
	for path, write := range map[string]func(*engine.Call, map[string]any) engine.Response{
		"createCRMAccountHierarchy":         o.create,
		"updateCRMAccountHierarchy":         o.update,
		"createOrUpdateCRMAccountHierarchy": o.createOrUpdate,
	} {
		o.Route(v, rest+"/accountHierarchy/"+path, notAllowed, map[string]engine.Endpoint{
			http.MethodPost: {
				Operation: "create", Serve: o.authenticated(o.hierarchy(write)),
				Creates: true, Refusal: o.refuse("The customer account could not be created"), JSON: accountJSON(),
			},
		})
	}
	o.Route(v, rest+"/customer", notAllowed, map[string]engine.Endpoint{
		http.MethodGet: {
			Operation: "get", Serve: o.authenticated(o.getCustomer),
			Refusal: o.refuse("The customer could not be read"), JSON: accountJSON(), Lists: customerLists(),
		},
	})
	o.Route(v, rest+"/customer/{code}", notAllowed, map[string]engine.Endpoint{
		http.MethodDelete: {
			Operation: "delete", Serve: o.authenticated(o.deleteCustomer),
			Refusal: o.refuse("The customer could not be removed"), JSON: accountJSON(),
		},
	})
}

// accountJSON says what identifies an account or an outcome: accounts refer to one another by code.
func accountJSON() *engine.JSON {
	return &engine.JSON{Fixed: []string{
		"status", "errorCode", "entityCode", "code", "customer", "customerAccount", "billingAccount", "userAccount",
	}}
}

// customerLists are the lists in a customer that the fault odd_row extends.
func customerLists() []engine.List {
	return []engine.List{
		{
			Path: []string{"customer", "customerAccounts", "customerAccount"}, Inner: true,
			Row: map[string]any{"code": "OTHER-ACCOUNT", "description": "Other", "currency": "EUR", "language": "ENG"},
			ID:  "code", Key: "description",
		},
		{
			Path: []string{"customer", "customFields", "customField"}, Inner: true,
			Row: map[string]any{"code": "OTHER_FIELD", "fieldType": "STRING", "stringValue": "other"},
			ID:  "code", Key: "stringValue",
		},
	}
}
