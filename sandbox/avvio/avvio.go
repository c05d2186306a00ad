package avvio

import (
	"fmt"
	"net/http"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// Name is the vendor's name.
const Name engine.Vendor = "avvio"

// firstAccount is the id in the page's sample: ids need 64 bits.
const firstAccount = 8796093023822

// Credentials go into the userAuth of every body. SiteID is the one property that the user may
// reach.
type Credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
	SiteID   int64  `json:"site_id"`
}

// Settings say how the emulated service behaves.
type Settings struct {
	Credentials Credentials
	// ListStatus adds the status "ok" to lists. The vendor's pages show siteList alone.
	ListStatus bool
}

// service is the emulated vendor. The engine's lock guards its state.
type service struct {
	*engine.Engine
	Settings
	lastID     int64
	operations map[string]operation
}

// operation is what the body's operation names.
type operation struct {
	engine.Endpoint
	serve func(*engine.Call, map[string]any) engine.Response
}

// Defaults returns the settings of the demo. The credentials are public on purpose.
func Defaults() Settings {
	return Settings{Credentials: Credentials{Username: "demo-avvio-user", Password: "demo-avvio-password", SiteID: 1853}}
}

// Add adds Avvio to the engine.
func Add(e *engine.Engine, settings Settings) {
	a := &service{Engine: e, Settings: settings, lastID: firstAccount - 1}
	a.operations = a.newOperations()
	v := &engine.API{
		Vendor:      Name,
		Credentials: settings.Credentials,
		Operations:  []string{"create", "get", "access"},
		Failure:     refuse("internal error"),
		Apology:     func(*engine.Call) engine.Response { return fail("internal error") },
		Throttled:   engine.TooManyRequests,
	}
	for _, o := range a.operations {
		v.Serves(o.Endpoint)
	}
	e.AddVendor(v)
	e.Dispatch(v, "/api/ws_api", a.dispatch)
}

func (a *service) newOperations() map[string]operation {
	return map[string]operation{
		"createAccount": {engine.Endpoint{
			Operation: "create", Creates: true, Refusal: refuse("the account could not be created"),
			JSON: &engine.JSON{Fixed: []string{"status"}, IDs: []string{"accountID"}},
		}, a.createAccount},
		"getAccounts": {engine.Endpoint{
			Operation: "get", Refusal: refuse("the accounts could not be listed"),
			JSON:  &engine.JSON{Fixed: []string{"status", "email"}, IDs: []string{"accountID", "siteID"}},
			Lists: []engine.List{{Path: []string{"siteList", "accountList"}, ID: "accountID", Key: "email", Row: otherAccount()}},
		}, a.getAccounts},
		"getSiteAccess": {engine.Endpoint{
			Operation: "access", Refusal: refuse("the sites could not be listed"),
			JSON: &engine.JSON{Fixed: []string{"status"}, IDs: []string{"siteID"}},
			Lists: []engine.List{{
				Path: []string{"siteList"}, ID: "siteID", Key: "primaryName",
				Row: map[string]any{"siteID": 4712, "primaryName": "Other Hotel"},
			}},
		}, a.getSiteAccess},
	}
}

// otherAccount is an account of another customer, for the fault odd_row.
func otherAccount() map[string]any {
	return map[string]any{
		"accountID": 8796093000001, "dtCreated": "2020-01-01 00:00:00", "dtModified": "2020-01-01 00:00:00",
		"username": "other@example.com", "status": "active", "email": "other@example.com",
		"name": map[string]any{"title": "Ms", "first": "Olga", "last": "Other"}, "address": map[string]any{},
	}
}

// dispatch reads the body and returns the endpoint of its operation.
func (a *service) dispatch(c *engine.Call) engine.Endpoint {
	unserved := func(format string, values ...any) engine.Endpoint {
		return engine.Endpoint{Serve: func(*engine.Call) engine.Response { return fail(format, values...) }}
	}
	if c.MediaType() != "application/json" {
		return unserved("the content type must be application/json")
	}
	request, err := engine.DecodeObject(c.Body)
	if err != nil {
		return unserved("the request is not a JSON object")
	}
	named := engine.TextAt(request, "operation")
	o, known := a.operations[named]
	if !known {
		return unserved("unknown operation %q", named)
	}
	o.Serve = func(c *engine.Call) engine.Response {
		if c.Refused || engine.TextAt(request, "userAuth", "username") != a.Credentials.Username ||
			engine.TextAt(request, "userAuth", "password") != a.Credentials.Password {
			return fail("the user could not be authenticated")
		}
		return o.serve(c, request)
	}
	return o.Endpoint
}

func fail(format string, values ...any) engine.Response {
	return engine.JSONResponse(http.StatusOK, map[string]any{"status": "error", "message": fmt.Sprintf(format, values...)})
}

// refuse is a failure under HTTP 500.
func refuse(message string) func(*engine.Call) engine.Response {
	return func(*engine.Call) engine.Response {
		return engine.JSONResponse(http.StatusInternalServerError, map[string]any{"status": "error", "message": message})
	}
}
