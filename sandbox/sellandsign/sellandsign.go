package sellandsign

import (
	"net/http"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// Name is the vendor's name.
const Name engine.Vendor = "sell_and_sign"

// Credentials hold the token that every request presents as j_token.
type Credentials struct {
	Token string `json:"token"`
}

// Settings say how the emulated service behaves.
type Settings struct {
	Credentials  Credentials
	PropertyKeys []string // the free properties that are declared
	// BareLists sends lists as arrays instead of an object with elements. Both forms have been seen.
	BareLists bool
	// NotFoundStatus and NotFoundBody are what getCustomer sends for an unknown number, which the
	// vendor does not document.
	NotFoundStatus int
	NotFoundBody   string
}

// service is the emulated vendor. The engine's lock guards its state.
type service struct {
	*engine.Engine
	Settings
	keys      map[string]bool // the declared free properties
	countries map[string]bool
	lastActor int64
	lastID    int64 // of contractors and properties
	lastTimer int64
}

// Defaults returns the settings of the demo. The token is public on purpose. It holds the
// characters that a URL must escape, as the vendor's real tokens do.
func Defaults() Settings {
	return Settings{
		Credentials:    Credentials{Token: "demo|c2VsbCtzaWdu/dG9rZW4+=="},
		PropertyKeys:   []string{"segment", "loyalty_level", "account_manager", "note"},
		NotFoundStatus: http.StatusOK,
		NotFoundBody:   "null",
	}
}

// Add adds Sell&Sign to the engine.
func Add(e *engine.Engine, settings Settings) {
	a := &service{
		Engine:    e,
		Settings:  settings,
		keys:      engine.Set(settings.PropertyKeys...),
		countries: map[string]bool{},
		lastActor: 140,
	}
	for _, c := range engine.Countries() {
		a.countries[c.Alpha2], a.countries[c.Numeric] = true, true
	}
	broken := func(*engine.Call) engine.Response {
		return engine.JSONResponse(http.StatusInternalServerError, map[string]any{"error": "The sandbox was ordered to fail"})
	}
	v := &engine.API{
		Vendor:      Name,
		Alias:       "sellandsign",
		Credentials: settings.Credentials,
		Operations:  []string{"create", "get", "list_contractors", "list_properties", "set_property"},
		Failure:     broken,
		Apology:     broken,
		Throttled:   engine.TooManyRequests,
	}
	e.AddVendor(v)
	a.route(v)
	e.HandleNotFound("/calinda/", func(*http.Request) engine.Response {
		return engine.NewResponse(http.StatusNotFound, "text/html;charset=utf-8", []byte("<html><body><h1>HTTP Status 404</h1></body></html>"))
	})
	e.Control("POST /sandbox/contractors", "", a.seedContractors)
}

func (a *service) route(v *engine.API) {
	notAllowed := func(*engine.Call) engine.Response {
		return engine.JSONResponse(http.StatusMethodNotAllowed, map[string]any{"error": "method not allowed"})
	}
	customer := &engine.JSON{Fixed: []string{"number"}, IDs: []string{"actorId"}}
	route := func(method, path, action string, serve func(*engine.Call, parameters) engine.Response, endpoint engine.Endpoint) {
		endpoint.Serve, endpoint.Refusal = a.action(action, serve), refused
		a.Route(v, "/calinda/hub/selling/model/"+path, notAllowed, map[string]engine.Endpoint{method: endpoint})
	}
	route(http.MethodPost, "customer/update", "selectOrCreateCustomer", a.selectOrCreateCustomer,
		engine.Endpoint{Operation: "create", Creates: true, JSON: customer})
	route(http.MethodGet, "customer/read", "getCustomer", a.getCustomer,
		engine.Endpoint{Operation: "get", JSON: customer})
	route(http.MethodGet, "contractor/read", "getContractorsFor", a.getContractorsFor,
		engine.Endpoint{Operation: "list_contractors", JSON: listJSON(), Lists: contractorLists()})
	route(http.MethodGet, "customerproperty/list", "getCustomerPropertyListFor", a.getPropertyList,
		engine.Endpoint{Operation: "list_properties", JSON: listJSON(), Lists: propertyLists()})
	route(http.MethodPost, "customerproperty/update", "getOrCreateCustomerProperty", a.getOrCreateProperty,
		engine.Endpoint{Operation: "set_property", JSON: listJSON()})
}

// refused is a refusal under HTTP 500. The page of another operation shows one for a business
// condition.
func refused(*engine.Call) engine.Response {
	return engine.JSONResponse(http.StatusInternalServerError, map[string]any{"message": "The request cannot be carried out in this state"})
}
