package sandboxtest

import "net/url"

// Paths, and what tests send to them.
const (
	SellAndSignModel    = "/calinda/hub/selling/model/"
	SellAndSignUpdate   = SellAndSignModel + "customer/update?action=selectOrCreateCustomer"
	SellAndSignRead     = SellAndSignModel + "customer/read?action=getCustomer"
	ContractorsRead     = SellAndSignModel + "contractor/read?action=getContractorsFor"
	SellAndSignList     = SellAndSignModel + "customerproperty/list?action=getCustomerPropertyListFor"
	SellAndSignSet      = SellAndSignModel + "customerproperty/update?action=getOrCreateCustomerProperty"
	SellAndSignNumber   = "AM201603021055"
	SellAndSignByNumber = "&number=" + SellAndSignNumber
)

// SellAndSign sends a request without a body.
func (w *World) SellAndSign(method, path string) Reply {
	w.Helper()
	return w.Send(method, path, "", "j_token", w.Credentials.SellAndSign.Token)
}

// SellAndSignQuery returns the documented request's query with changes. It removes a value that is
// set to "-".
func (w *World) SellAndSignQuery(changes map[string]string) string {
	w.Helper()
	query, err := url.ParseQuery(w.Fixture("sellandsign/create_request.txt"))
	if err != nil {
		w.Fatal(err)
	}
	for name, value := range changes {
		if query.Set(name, value); value == "-" {
			query.Del(name)
		}
	}
	return "&" + query.Encode()
}
