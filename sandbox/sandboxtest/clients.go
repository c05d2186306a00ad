package sandboxtest

import (
	"strings"
	"testing"
)

// Client sends requests to one vendor in the plainest way.
type Client struct {
	Vendor string
	// Session returns the headers that authenticate.
	Session func(w *World) []string
	// Create returns a POST request that creates a customer, always of the same key.
	Create func(w *World) (path, contentType, body string)
	// Find reports whether a look-up finds that customer.
	Find func(w *World, session []string) bool
	// Refused is the status of bad credentials. Avvio's is 200.
	Refused int
	// Renews says that credentials end and can be renewed.
	Renews bool
	// Broken is the status of error_but_created.
	Broken int
	// Failed reports whether a response tells of a failure.
	Failed func(t *testing.T, r Reply) bool
}

// Clients returns one client for each vendor.
func Clients() []Client {
	none := func(*World) []string { return nil }
	byStatus := func(_ *testing.T, r Reply) bool { return r.Status >= 400 }
	return []Client{
		{
			Vendor:  "opencell",
			Session: func(w *World) []string { return []string{"Authorization", "Bearer " + w.OpencellToken()} },
			Create: func(w *World) (string, string, string) {
				return OpencellCreate, JSONType, w.Fixture("opencell/create_request.json")
			},
			Find: func(w *World, session []string) bool {
				return w.Send("GET", OpencellAPI+"customer?customerCode=CLASSIC-C00", "", session...).Status == 200
			},
			Refused: 401, Renews: true, Broken: 500, Failed: byStatus,
		},
		{
			Vendor:  "sell_and_sign",
			Session: func(w *World) []string { return []string{"j_token", w.Credentials.SellAndSign.Token} },
			Create: func(w *World) (string, string, string) {
				return SellAndSignUpdate + w.SellAndSignQuery(nil), "", ""
			},
			Find: func(w *World, session []string) bool {
				return w.Send("GET", SellAndSignRead+SellAndSignByNumber, "", session...).Body != "null"
			},
			Refused: 401, Broken: 500, Failed: byStatus,
		},
		{
			Vendor:  "valomnia",
			Session: func(w *World) []string { return []string{"Cookie", w.ValomniaSession()} },
			Create: func(*World) (string, string, string) {
				return ValomniaCustomers, FormType, Form("reference=R-1", "name=N")
			},
			Find: func(w *World, session []string) bool {
				return w.Send("GET", ValomniaCustomers+"/reference/R-1", "", session...).Status == 200
			},
			Refused: 401, Renews: true, Broken: 500, Failed: byStatus,
		},
		{
			Vendor:  "caliq",
			Session: none,
			Create: func(w *World) (string, string, string) {
				return CaliqCreate, JSONType, w.CaliqRequest(nil)
			},
			Find: func(w *World, _ []string) bool {
				return w.Caliq(CaliqChange, `{"apiKey":"`+w.Credentials.Caliq.APIKey+`"}`).Status == 200
			},
			Refused: 401, Broken: 503, Failed: byStatus,
		},
		{
			Vendor:  "avvio",
			Session: none,
			Create: func(w *World) (string, string, string) {
				return AvvioAPI, JSONType, w.AvvioRequest(nil)
			},
			Find: func(w *World, _ []string) bool {
				return strings.Contains(w.Avvio(map[string]any{"operation": "getAccounts"}).Body, "joe.blogs")
			},
			Refused: 200, Broken: 200,
			Failed: func(t *testing.T, r Reply) bool { return r.JSON(t)["status"] == "error" },
		},
	}
}

// TryCreate sends the request that creates a customer.
func (c Client) TryCreate(w *World, session []string) (Reply, error) {
	path, contentType, body := c.Create(w)
	return w.Try("POST", path, body, append([]string{"Content-Type", contentType}, session...)...)
}

// Order orders a fault of the vendor. rest is the JSON of its other members.
func (c Client) Order(w *World, rest string) {
	w.Helper()
	w.Order(`{"vendor":"` + c.Vendor + `",` + rest + `}`)
}
