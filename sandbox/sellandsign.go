package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// sellAndSign emulates Sell&Sign. Its documents show no failure: the status
// codes and the JSON of failures here are assumed.
type sellAndSign struct {
	*Sandbox
	keys      map[string]bool // free properties that are declared
	countries map[string]bool
	lastActor int64
	lastID    int64 // of contractors and properties
	lastTimer int64
}

func newSellAndSign(s *Sandbox) {
	a := &sellAndSign{
		Sandbox:   s,
		keys:      set(s.sellAndSignKeys...),
		countries: map[string]bool{},
		lastActor: 140,
	}
	for _, c := range countries() {
		a.countries[c.alpha2], a.countries[c.numeric] = true, true
	}
	broken := func(*call) answer {
		return jsonAnswer(http.StatusInternalServerError, map[string]any{"error": "The sandbox was ordered to fail"})
	}
	v := &vendorAPI{
		vendor:     SellAndSign,
		operations: []string{"create", "get", "list_contractors", "list_properties", "set_property"},
		failure:    broken,
		apology:    broken,
		throttled:  func(*call) answer { return emptyAnswer(http.StatusTooManyRequests) },
	}
	s.vendors[SellAndSign] = v
	notAllowed := func(*call) answer {
		return jsonAnswer(http.StatusMethodNotAllowed, map[string]any{"error": "method not allowed"})
	}
	for _, e := range []struct {
		method, path, action, operation string
		serve                           func(*call, parameters) answer
	}{
		{http.MethodPost, "customer/update", "selectOrCreateCustomer", "create", a.selectOrCreateCustomer},
		{http.MethodGet, "customer/read", "getCustomer", "get", a.getCustomer},
		{http.MethodGet, "contractor/read", "getContractorsFor", "list_contractors", a.getContractorsFor},
		{http.MethodGet, "customerproperty/list", "getCustomerPropertyListFor", "list_properties", a.getPropertyList},
		{http.MethodPost, "customerproperty/update", "getOrCreateCustomerProperty", "set_property", a.getOrCreateProperty},
	} {
		s.route(v, "/calinda/hub/selling/model/"+e.path, notAllowed, map[string]endpoint{
			e.method: {e.operation, a.action(e.action, e.serve)},
		})
	}
	s.mux.HandleFunc("/calinda/", func(w http.ResponseWriter, _ *http.Request) {
		newAnswer(http.StatusNotFound, "text/html;charset=utf-8", []byte("<html><body><h1>HTTP Status 404</h1></body></html>")).write(w)
	})
	s.mux.HandleFunc("POST /sandbox/contractors", a.seedContractors)
}

// parameters are those of the query, and those of a form or JSON body where the
// query has none of that name.
type parameters map[string]string

func (p parameters) fail(status int, name, message string) answer {
	return jsonAnswer(status, map[string]any{"error": message, "parameter": name})
}

// action checks the token and the action, and collects the parameters.
func (a *sellAndSign) action(action string, serve func(*call, parameters) answer) func(*call) answer {
	return func(c *call) answer {
		query := c.URL.Query()
		token := c.Header.Get("j_token")
		if token == "" {
			token = query.Get("j_token")
		}
		if c.refused || token != a.credentials.SellAndSign.Token {
			return jsonAnswer(http.StatusUnauthorized, map[string]any{"error": "j_token is missing or not valid"})
		}
		if query.Get("action") != action {
			return parameters(nil).fail(http.StatusBadRequest, "action", "action must be "+action)
		}
		given, wrong := bodyParameters(c)
		if wrong != nil {
			return *wrong
		}
		for name := range query {
			given[name] = query.Get(name)
		}
		return serve(c, given)
	}
}

func bodyParameters(c *call) (parameters, *answer) {
	given := parameters{}
	if len(c.body) == 0 {
		return given, nil
	}
	unreadable := jsonAnswer(http.StatusBadRequest, map[string]any{"error": "the body does not parse"})
	switch c.mediaType() {
	case "application/json":
		object, err := decodeObject(c.body)
		if err != nil {
			return nil, &unreadable
		}
		for name, value := range object {
			switch v := value.(type) {
			case string:
				given[name] = v
			case json.Number:
				given[name] = v.String()
			case bool:
				given[name] = strconv.FormatBool(v)
			case nil:
				given[name] = ""
			default:
				return nil, &unreadable
			}
		}
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(c.body))
		if err != nil {
			return nil, &unreadable
		}
		for name := range form {
			given[name] = form.Get(name)
		}
	default:
		wrong := jsonAnswer(http.StatusUnsupportedMediaType, map[string]any{"error": "the body must be JSON or a form"})
		return nil, &wrong
	}
	return given, nil
}
