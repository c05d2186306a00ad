package sandbox_test

import (
	"strings"
	"testing"
)

// client calls one vendor in the plainest way.
type client struct {
	vendor  string
	session func(w *world) []string                         // headers that authenticate
	create  func(w *world) (path, contentType, body string) // POST; always of one key
	find    func(w *world, session []string) bool           // whether a look-up finds it
	refused int                                             // status of bad credentials; Avvio's is 200
	renews  bool                                            // credentials end, and are renewed
	broken  int                                             // status of error_but_created
	failed  func(t *testing.T, r reply) bool                // whether an answer tells of a failure
}

func clients() []client {
	none := func(*world) []string { return nil }
	byStatus := func(_ *testing.T, r reply) bool { return r.status >= 400 }
	return []client{
		{
			vendor:  "opencell",
			session: func(w *world) []string { return []string{"Authorization", "Bearer " + w.opencellToken()} },
			create: func(w *world) (string, string, string) {
				return opencellCreate, jsonType, w.fixture("opencell_create_request.json")
			},
			find: func(w *world, session []string) bool {
				return w.send("GET", opencellAPI+"customer?customerCode=CLASSIC-C00", "", session...).status == 200
			},
			refused: 401, renews: true, broken: 500, failed: byStatus,
		},
		{
			vendor:  "sell_and_sign",
			session: func(w *world) []string { return []string{"j_token", w.credentials.SellAndSign.Token} },
			create: func(w *world) (string, string, string) {
				return sellAndSignUpdate + w.sellAndSignQuery(nil), "", ""
			},
			find: func(w *world, session []string) bool {
				return w.send("GET", sellAndSignRead+sellAndSignByNumber, "", session...).body != "null"
			},
			refused: 401, broken: 500, failed: byStatus,
		},
		{
			vendor:  "valomnia",
			session: func(w *world) []string { return []string{"Cookie", w.valomniaSession()} },
			create: func(*world) (string, string, string) {
				return valomniaCustomers, formType, form("reference=R-1", "name=N")
			},
			find: func(w *world, session []string) bool {
				return w.send("GET", valomniaCustomers+"/reference/R-1", "", session...).status == 200
			},
			refused: 401, renews: true, broken: 500, failed: byStatus,
		},
		{
			vendor:  "caliq",
			session: none,
			create: func(w *world) (string, string, string) {
				return caliqCreate, jsonType, w.caliqRequest(nil)
			},
			find: func(w *world, _ []string) bool {
				return w.caliq(caliqChange, `{"apiKey":"`+w.credentials.Caliq.APIKey+`"}`).status == 200
			},
			refused: 401, broken: 503, failed: byStatus,
		},
		{
			vendor:  "avvio",
			session: none,
			create: func(w *world) (string, string, string) {
				return avvioAPI, jsonType, w.avvioRequest(nil)
			},
			find: func(w *world, _ []string) bool {
				return strings.Contains(w.avvio(map[string]any{"operation": "getAccounts"}).body, "joe.blogs")
			},
			refused: 200, broken: 200,
			failed: func(t *testing.T, r reply) bool { return r.json(t)["status"] == "error" },
		},
	}
}

func (c client) tryCreate(w *world, session []string) (reply, error) {
	path, contentType, body := c.create(w)
	return w.try("POST", path, body, append([]string{"Content-Type", contentType}, session...)...)
}

func (c client) order(w *world, rest string) {
	w.Helper()
	w.order(`{"vendor":"` + c.vendor + `",` + rest + `}`)
}
