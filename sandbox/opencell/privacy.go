package opencell

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// routePrivacy adds the requests for a person's data.
func (o *server) routePrivacy(v *engine.API) {
	notAllowed := engine.NoContent(http.StatusMethodNotAllowed)
	for path, endpoint := range map[string]engine.Endpoint{
		"exportCustomerHierarchy": {
			Operation: "export", Serve: o.authenticated(o.named(o.export)), Refusal: o.refuse("The customer could not be exported"),
		},
		"anonymizeGdpr": {
			Operation: "erase", Serve: o.authenticated(o.named(o.anonymise)), Refusal: o.refuse("The customer could not be anonymised"),
			JSON: accountJSON(),
		},
	} {
		o.Route(v, "/opencell/api/rest/account/customer/"+path, notAllowed, map[string]engine.Endpoint{http.MethodGet: endpoint})
	}
}

// named finds the customer that a request names.
func (o *server) named(serve func(*engine.Call, *engine.Customer) engine.Response) func(*engine.Call) engine.Response {
	return func(c *engine.Call) engine.Response {
		code := c.URL.Query().Get("customerCode")
		if code == "" {
			return o.fail("MISSING_PARAMETER", "Parameters required: customerCode")
		}
		r := o.account(customer, code)
		if r == nil {
			return o.fail("ENTITY_DOES_NOT_EXISTS_EXCEPTION", "Customer with code "+code+" does not exist")
		}
		return serve(c, r)
	}
}

// export responds with a ZIP file. A real one also has the invoices.
func (o *server) export(_ *engine.Call, r *engine.Customer) engine.Response {
	text, err := json.Marshal(map[string]any{"customer": o.showAccount(r, customer)})
	if err != nil {
		return o.fail("GENERIC_API_EXCEPTION", err.Error())
	}
	packed := new(bytes.Buffer)
	files := zip.NewWriter(packed)
	file, _ := files.Create(r.Key + "/" + r.Key + ".json") // a buffer takes everything
	_, _ = file.Write(text)
	_ = files.Close()
	return engine.NewResponse(http.StatusOK, "application/octet-stream", packed.Bytes()).
		With("Content-Disposition", `attachment;filename="`+r.Key+`.zip"`)
}

// anonymise replaces names, addresses and contact data at every level, and keeps everything else.
func (o *server) anonymise(_ *engine.Call, r *engine.Customer) engine.Response {
	code := rand.Text()
	o.anonymiseTree(r, code)
	return success(nil)
}

func (o *server) anonymiseTree(r *engine.Customer, code string) {
	for name, members := range map[string][]string{
		"name":               {"firstName", "lastName"},
		"address":            {"address1", "address2", "address3", "city", "state"},
		"contactInformation": {"email", "phone", "mobile", "fax"},
	} {
		held, ok := r.Fields[name].(map[string]any)
		if !ok {
			continue
		}
		replaced := maps.Clone(held) // several records may share the held one
		for _, member := range members {
			if _, there := replaced[member]; there {
				replaced[member] = code
			}
		}
		if name == "address" {
			replaced["zipCode"] = "xxx"
			delete(replaced, "country")
		}
		r.Fields[name] = replaced
	}
	if _, there := r.Fields["email"]; there {
		r.Fields["email"] = code
	}
	for _, child := range r.Detail.(*hierarchy).children {
		o.anonymiseTree(child, code)
	}
}
