package sellandsign

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// parameters are those of the query, and those of a form or JSON body for names that the query does
// not have.
type parameters map[string]string

func (p parameters) fail(status int, name, message string) engine.Response {
	return engine.JSONResponse(status, map[string]any{"error": message, "parameter": name})
}

// action checks the token and the action, and collects the parameters.
func (a *service) action(action string, serve func(*engine.Call, parameters) engine.Response) func(*engine.Call) engine.Response {
	return func(c *engine.Call) engine.Response {
		query := c.URL.Query()
		token := c.Header.Get("j_token")
		if token == "" {
			token = query.Get("j_token")
		}
		if c.Refused || token != a.Credentials.Token {
			return engine.JSONResponse(http.StatusUnauthorized, map[string]any{"error": "j_token is missing or not valid"})
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

func bodyParameters(c *engine.Call) (parameters, *engine.Response) {
	given := parameters{}
	if len(c.Body) == 0 {
		return given, nil
	}
	unreadable := engine.JSONResponse(http.StatusBadRequest, map[string]any{"error": "the body does not parse"})
	switch c.MediaType() {
	case "application/json":
		object, err := engine.DecodeObject(c.Body)
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
		form, err := url.ParseQuery(string(c.Body))
		if err != nil {
			return nil, &unreadable
		}
		for name := range form {
			given[name] = form.Get(name)
		}
	default:
		wrong := engine.JSONResponse(http.StatusUnsupportedMediaType, map[string]any{"error": "the body must be JSON or a form"})
		return nil, &wrong
	}
	return given, nil
}
