package valomnia

import (
	"net/http"
	"regexp"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// Name is the vendor's name.
const Name engine.Vendor = "valomnia"

// Credentials open a session.
type Credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// Settings say how the emulated service behaves.
type Settings struct {
	Credentials   Credentials
	TokenLifetime time.Duration // of a session that is not used
}

// service is the emulated vendor. The engine's lock guards its state.
type service struct {
	*engine.Engine
	Settings
	sessions map[string]time.Time // id to expiry. Every use prolongs it.
	catalog  catalog
	version  *regexp.Regexp
	lastID   int64
}

// Defaults returns the settings of the demo. The credentials are public on purpose.
func Defaults() Settings {
	return Settings{
		Credentials:   Credentials{Username: "demo@valomnia.example", Password: "demo-valomnia-password"},
		TokenLifetime: 5 * time.Minute,
	}
}

// Add adds Valomnia to the engine.
func Add(e *engine.Engine, settings Settings) {
	a := &service{
		Engine:   e,
		Settings: settings,
		sessions: map[string]time.Time{},
		catalog:  newCatalog(),
		version:  regexp.MustCompile(`^v\d+\.\d+$`),
		lastID:   255,
	}
	broken := func(*engine.Call) engine.Response {
		return fail(http.StatusInternalServerError, "server_error", "Oops! Something went wrong...")
	}
	v := &engine.API{
		Vendor:      Name,
		Credentials: settings.Credentials,
		Operations:  []string{"login", "create", "get"},
		Failure:     broken,
		Apology:     broken,
		Throttled:   engine.TooManyRequests,
	}
	e.AddVendor(v)
	a.route(v)
	e.HandleNotFound("/api/", func(r *http.Request) engine.Response {
		return fail(http.StatusNotFound, "not_found", "There is nothing at "+r.URL.Path)
	})
}

func (a *service) route(v *engine.API) {
	notAllowed := engine.NoContent(http.StatusMethodNotAllowed)
	route := func(method, path string, endpoint engine.Endpoint) {
		a.Route(v, path, notAllowed, map[string]engine.Endpoint{method: endpoint})
	}
	page := func(serve func(*engine.Call) engine.Response) engine.Endpoint {
		return engine.Endpoint{Operation: "login", Serve: serve, Page: true, JSON: &engine.JSON{Fixed: []string{"success", "token"}}}
	}
	read := func(serve func(*engine.Call) engine.Response) engine.Endpoint {
		return engine.Endpoint{Operation: "get", Serve: a.authenticated(serve), JSON: customerJSON(), Lists: customerLists()}
	}
	route(http.MethodPost, "/j_spring_security_check", engine.Endpoint{Operation: "login", Serve: a.login})
	route(http.MethodGet, "/login/ajaxSuccess", page(a.loggedIn))
	route(http.MethodGet, "/login/authfail", page(loginFailed))
	const customers = "/api/{version}/customers"
	route(http.MethodPost, customers, engine.Endpoint{
		Operation: "create", Serve: a.authenticated(a.createCustomer),
		Creates: true, Refusal: refused, JSON: customerJSON(), Lists: customerLists(),
	})
	route(http.MethodGet, customers+"/{id}", read(a.getByID))
	route(http.MethodGet, customers+"/reference/{reference}", read(a.getByReference))
}

// customerJSON says what identifies a customer or an outcome.
func customerJSON() *engine.JSON {
	return &engine.JSON{Fixed: []string{"reference", "error"}, IDs: []string{"id"}}
}

// customerLists are the lists in a customer that the fault odd_row extends.
func customerLists() []engine.List {
	other := map[string]any{"id": 4712, "reference": "other", "name": "Other"}
	return []engine.List{
		{Path: []string{"paymentTypes"}, Inner: true, ID: "id", Key: "reference", Row: other},
		{Path: []string{"contacts"}, Inner: true, ID: "id", Key: "reference", Row: other},
	}
}

// refused is a refusal under HTTP 500. The page shows its code under 400.
func refused(*engine.Call) engine.Response {
	return fail(http.StatusInternalServerError, "save_failed", "Failed to save instance.")
}

func fail(status int, code, description string) engine.Response {
	return engine.JSONResponse(status, map[string]any{"error": code, "error_description": description})
}
