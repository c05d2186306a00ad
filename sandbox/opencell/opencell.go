package opencell

import (
	"net/http"
	"strings"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// Name is the vendor's name.
const Name engine.Vendor = "opencell"

// newestVersion is the version that the table of names is of.
const newestVersion = 16

// Credentials open a session at Opencell's identity server. SellerCode is no secret: it names the
// seller under which customers are created.
type Credentials struct {
	Realm        string `json:"realm"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Username     string `json:"username"`
	Password     string `json:"password"`
	SellerCode   string `json:"seller_code"`
}

// Settings say how the emulated server behaves.
type Settings struct {
	Credentials          Credentials
	TokenLifetime        time.Duration
	RefreshTokenLifetime time.Duration
	// Before2021 emulates an older server: it refuses an existing customer with 403 instead of 409,
	// and isCompany is an unknown property.
	Before2021 bool
	// Version is the major version of the server. Versions differ in payment methods, in
	// isCompany, and in when a read gives the accounts.
	Version int
}

// server is the emulated vendor. The engine's lock guards its state.
type server struct {
	*engine.Engine
	Settings
	access  map[string]time.Time // token to expiry
	refresh map[string]time.Time
	setup   setup
	form    map[string]property
	lastID  int64
}

// Defaults returns the settings of the demo. The credentials are public on purpose.
func Defaults() Settings {
	return Settings{
		Credentials: Credentials{
			Realm:        "opencell",
			ClientID:     "opencell-web",
			ClientSecret: "demo-opencell-client-secret",
			Username:     "demo@opencell.example",
			Password:     "demo-opencell-password",
			SellerCode:   "MAIN_SELLER",
		},
		TokenLifetime:        5 * time.Minute,
		RefreshTokenLifetime: 30 * time.Minute,
		Version:              newestVersion,
	}
}

// Add adds Opencell to the engine.
func Add(e *engine.Engine, settings Settings) {
	o := &server{
		Engine:   e,
		Settings: settings,
		access:   map[string]time.Time{},
		refresh:  map[string]time.Time{},
		setup:    newSetup(settings.Credentials.SellerCode),
		form:     hierarchyForm(settings.Version, settings.Before2021),
	}
	v := &engine.API{
		Vendor:      Name,
		Credentials: settings.Credentials,
		Operations:  []string{"login", "create", "get", "delete", "export", "erase"},
		Failure:     o.broken,
		Apology:     o.broken,
		Throttled:   engine.TooManyRequests,
	}
	e.AddVendor(v)

	e.Route(v, "/auth/realms/{realm}/protocol/openid-connect/token", keycloakNotAllowed, map[string]engine.Endpoint{
		http.MethodPost: {Operation: "login", Serve: o.token, JSON: tokenJSON()},
	})
	e.HandleNotFound("/auth/", func(*http.Request) engine.Response {
		return engine.JSONResponse(http.StatusNotFound, map[string]any{"error": "HTTP 404 Not Found"})
	})
	o.routeAccounts(v)
	o.routePrivacy(v)
	e.HandleNotFound("/opencell/", func(*http.Request) engine.Response { return engine.Empty(http.StatusNotFound) })
}

// authenticated lets a request pass that presents a valid access token.
func (o *server) authenticated(next func(*engine.Call) engine.Response) func(*engine.Call) engine.Response {
	return func(c *engine.Call) engine.Response {
		scheme, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
		if c.Refused {
			delete(o.access, token)
		}
		if expiry, known := o.access[token]; !strings.EqualFold(scheme, "Bearer") || !known || !c.Now.Before(expiry) {
			return o.fail("AUTHENTICATION_AUTHORIZATION_EXCEPTION", "A valid access token is needed")
		}
		return next(c)
	}
}

// hierarchy reads and checks the body of a request that writes accounts.
func (o *server) hierarchy(write func(*engine.Call, map[string]any) engine.Response) func(*engine.Call) engine.Response {
	return func(c *engine.Call) engine.Response {
		if c.MediaType() != "application/json" {
			return engine.Empty(http.StatusUnsupportedMediaType)
		}
		given, err := engine.DecodeObject(c.Body)
		if err != nil {
			return o.fail("INVALID_PARAMETER", "The body is not a JSON object: "+err.Error())
		}
		dto, wrong := checkObject("", given, o.form)
		if wrong != nil {
			return o.fail(wrong.code, wrong.message)
		}
		return write(c, dto)
	}
}
