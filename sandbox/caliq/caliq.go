package caliq

import (
	"net/http"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// Name is the vendor's name.
const Name engine.Vendor = "caliq"

// Credentials hold the key that every body presents as apiKey, and the one sales channel that is
// set up.
type Credentials struct {
	APIKey    string `json:"api_key"`
	ChannelID int64  `json:"channel_id"`
}

// Settings say how the emulated service behaves.
type Settings struct {
	Credentials Credentials
	// AutoNumbering has the vendor make the account numbers. AccountNo must be blank then.
	AutoNumbering bool
	// UniqueAccountNo refuses a second customer with a number in use. The vendor does not say whether
	// it does.
	UniqueAccountNo bool
	// UniqueEmail refuses a second customer with an email in use. The vendor documents that the email
	// of a contact is unique among the accounts of a brand, but not that CustomerCreate refuses
	// another. It is off by default: it would refuse a creation that Enlist repeats by mistake, and
	// so hide the mistake from the tests.
	UniqueEmail bool
}

// service is the emulated vendor. The engine's lock guards its state.
type service struct {
	*engine.Engine
	Settings
	countries, currencies, categories map[string]bool
	serviceLevels                     map[int64]bool
	lastID                            int64
}

// Defaults returns the settings of the demo. The credentials are public on purpose.
func Defaults() Settings {
	return Settings{Credentials: Credentials{APIKey: "demo-caliq-api-key", ChannelID: 2}}
}

// Add adds Caliq to the engine.
func Add(e *engine.Engine, settings Settings) {
	q := &service{
		Engine:        e,
		Settings:      settings,
		countries:     map[string]bool{},
		currencies:    engine.Currencies(),
		categories:    engine.Set("RET", "TRD", "WEB"),
		serviceLevels: map[int64]bool{1: true, 2: true, 3: true},
	}
	for _, c := range engine.Countries() {
		q.countries[c.Alpha3] = true
	}
	v := &engine.API{
		Vendor:      Name,
		Credentials: settings.Credentials,
		Operations:  []string{"create", "get", "messages"},
		Failure:     q.says(http.StatusInternalServerError, "An error has occurred."),
		// The documented 503. Without Retry-After it does not say that nothing was done.
		Apology:   q.says(http.StatusServiceUnavailable, "The service is unavailable."),
		Throttled: q.says(http.StatusTooManyRequests, "Too many requests."),
	}
	e.AddVendor(v)
	q.route(v)
	e.HandleNotFound("/api/v1/", func(r *http.Request) engine.Response {
		return engine.JSONResponse(http.StatusNotFound, failure{
			Message: "No HTTP resource was found that matches the request URI '" + r.URL.Path + "'.",
		})
	})
}

func (q *service) route(v *engine.API) {
	notAllowed := q.says(http.StatusMethodNotAllowed, "The requested resource does not support this http method.")
	post := func(path string, endpoint engine.Endpoint) {
		q.Route(v, "/api/v1/"+path, notAllowed, map[string]engine.Endpoint{http.MethodPost: endpoint})
	}
	post("CustomerCreate", engine.Endpoint{
		Operation: "create", Serve: q.authenticated("CustomerCreateParams", customerCreateForm(), q.customerCreate),
		Creates: true, Refusal: q.refused,
		JSON: &engine.JSON{Fixed: []string{"OK", "AccountNo"}, IDs: []string{"ID", "AccountID", "AddressID", "ContactID"}},
		Lists: []engine.List{{
			Path: []string{"CustomerCreateData", "CustomerCreateIssues"}, Inner: true, ID: "ID", Key: "Message",
			Row: map[string]any{"ID": 99, "Message": "Other", "ExtraData": "Other"},
		}},
	})
	post("CustomerChange", engine.Endpoint{
		Operation: "get",
		Serve:     q.authenticated("CustomerChangeParams", []field{{name: "apiKey"}, {name: "ChangesSince"}}, q.customerChange),
		JSON:      &engine.JSON{Fixed: []string{"AccountNo"}, IDs: []string{"ID"}},
		Lists: []engine.List{{
			Path: []string{"CustomerChangeList"}, ID: "ID", Key: "AccountNo",
			Row: map[string]any{"ID": 990001, "AccountNo": "OTHER-1"}, Whole: nothingChanged,
		}},
	})
	post("Message", engine.Endpoint{
		Operation: "messages", Serve: q.authenticated("MessageParams", []field{{name: "apiKey"}}, q.messages),
		JSON: &engine.JSON{IDs: []string{"ID"}},
		Lists: []engine.List{{
			Path: []string{"MessagesList"}, ID: "ID", Key: "Description",
			Row: map[string]any{"ID": 99, "Description": "Other"},
		}},
	})
}

// nothingChanged is the empty list that the vendor does not send: it responds with 204 instead.
func nothingChanged(c *engine.Call) any {
	if wantsXML(c) {
		return nil
	}
	return map[string]any{"CustomerChangeList": []any{}}
}

func (q *service) says(status int, message string) func(*engine.Call) engine.Response {
	return func(c *engine.Call) engine.Response { return q.message(c, status, message) }
}
