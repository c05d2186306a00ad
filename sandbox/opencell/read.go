package opencell

import (
	"net/http"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

func (o *server) getCustomer(c *engine.Call) engine.Response {
	code := c.URL.Query().Get("customerCode")
	if code == "" {
		return o.fail("MISSING_PARAMETER", "Parameters required: customerCode")
	}
	r := o.account(customer, code)
	if r == nil || !r.Visible(c.Now) {
		return o.fail("ENTITY_DOES_NOT_EXISTS_EXCEPTION", "Customer with code "+code+" does not exist")
	}
	return engine.JSONResponse(http.StatusOK, map[string]any{
		"actionStatus": map[string]any{"status": "SUCCESS", "message": ""},
		"customer":     o.shown(c, r),
	})
}

// shown returns a customer as a read gives it. From version 11 on the accounts come only if the
// request asks for them.
func (o *server) shown(c *engine.Call, r *engine.Customer) map[string]any {
	shown := o.showAccount(r, customer)
	if o.Version >= givesAccountsOnDemand && c.URL.Query().Get("includeCustomerAccounts") != "true" {
		delete(shown, "customerAccounts")
	}
	return shown
}

// deleteCustomer removes the customer and all accounts below it. It is an assumption that Opencell
// does not refuse because of those accounts.
func (o *server) deleteCustomer(c *engine.Call) engine.Response {
	code := c.PathValue("code")
	r := o.account(customer, code)
	if r == nil {
		return o.fail("ENTITY_DOES_NOT_EXISTS_EXCEPTION", "Customer with code "+code+" does not exist")
	}
	o.removeTree(r)
	return success(nil)
}

func (o *server) removeTree(r *engine.Customer) {
	for _, child := range r.Detail.(*hierarchy).children {
		o.removeTree(child)
	}
	o.Remove(r)
}
