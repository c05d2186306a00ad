package sandbox

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// valomnia emulates Valomnia: a session opened by a login form, and customers
// told apart by their reference.
type valomnia struct {
	*Sandbox
	sessions map[string]time.Time // id to expiry; every use prolongs it
	catalog  valomniaCatalog
	version  *regexp.Regexp
	lastID   int64
}

func newValomnia(s *Sandbox) {
	a := &valomnia{
		Sandbox:  s,
		sessions: map[string]time.Time{},
		catalog:  newValomniaCatalog(),
		version:  regexp.MustCompile(`^v\d+\.\d+$`),
		lastID:   255,
	}
	broken := func(*call) answer {
		return valomniaError(http.StatusInternalServerError, "server_error", "Oops! Something went wrong...")
	}
	v := &vendorAPI{
		vendor:     Valomnia,
		operations: []string{"login", "create", "get"},
		failure:    broken,
		apology:    broken,
		throttled:  func(*call) answer { return emptyAnswer(http.StatusTooManyRequests) },
	}
	s.vendors[Valomnia] = v

	notAllowed := func(*call) answer { return emptyAnswer(http.StatusMethodNotAllowed) }
	s.route(v, "/j_spring_security_check", notAllowed, map[string]endpoint{http.MethodPost: {"login", a.login}})
	for path, page := range map[string]func(*call) answer{
		"GET /login/ajaxSuccess": a.loggedIn,
		"GET /login/authfail": func(*call) answer {
			return jsonAnswer(http.StatusOK, map[string]any{"success": false, "error": "unknown user or wrong password"})
		},
	} {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			s.do(&call{Request: r}, endpoint{serve: page}).write(w)
		})
	}
	const customers = "/api/{version}/customers"
	s.route(v, customers, notAllowed, map[string]endpoint{http.MethodPost: {"create", a.authenticated(a.createCustomer)}})
	s.route(v, customers+"/{id}", notAllowed, map[string]endpoint{http.MethodGet: {"get", a.authenticated(a.getByID)}})
	s.route(v, customers+"/reference/{reference}", notAllowed, map[string]endpoint{http.MethodGet: {"get", a.authenticated(a.getByReference)}})
}

// login is Spring Security's login form. Either way it redirects and sets a
// session cookie; only a good login's session is authenticated.
func (a *valomnia) login(c *call) answer {
	form, err := url.ParseQuery(string(c.body))
	want := a.credentials.Valomnia
	good := err == nil && !c.refused && c.mediaType() == "application/x-www-form-urlencoded" &&
		form.Get("j_username") == want.Username && form.Get("j_password") == want.Password
	maps.DeleteFunc(a.sessions, func(_ string, expiry time.Time) bool { return !c.now.Before(expiry) })
	session, location := rand.Text(), "/login/authfail?login_error=1"
	if good {
		a.sessions[session] = c.now.Add(a.tokenLifetime)
		location = "/login/ajaxSuccess"
		if form.Get("ajax") != "true" {
			location = "/"
		}
	}
	cookie := http.Cookie{Name: "JSESSIONID", Value: session, Path: "/", HttpOnly: true}
	return emptyAnswer(http.StatusFound).with("Location", location).with("Set-Cookie", cookie.String())
}

func (a *valomnia) loggedIn(c *call) answer {
	if !a.inSession(c) {
		return noCredentials()
	}
	return jsonAnswer(http.StatusOK, map[string]any{
		"success": true,
		"token":   rand.Text(),
		"user":    map[string]any{"id": 2, "reference": "emp-002", "username": a.credentials.Valomnia.Username},
	})
}

func (a *valomnia) inSession(c *call) bool {
	cookie, err := c.Cookie("JSESSIONID")
	if err != nil {
		return false
	}
	if c.refused {
		delete(a.sessions, cookie.Value)
	}
	expiry, known := a.sessions[cookie.Value]
	if !known || !c.now.Before(expiry) {
		return false
	}
	a.sessions[cookie.Value] = c.now.Add(a.tokenLifetime)
	return true
}

// authenticated lets a call through that has a session and a known version.
// That a missing session is answered with 401 is assumed; the code is known.
func (a *valomnia) authenticated(next func(*call) answer) func(*call) answer {
	return func(c *call) answer {
		if !a.version.MatchString(c.PathValue("version")) {
			return apiNotFound(c.Request)
		}
		if !a.inSession(c) {
			return noCredentials()
		}
		return next(c)
	}
}

func noCredentials() answer {
	return valomniaError(http.StatusUnauthorized, "no_credentials", "You must be logged in.")
}

func valomniaError(status int, code, description string) answer {
	return jsonAnswer(status, map[string]any{"error": code, "error_description": description})
}

// serveUnknownAPI answers what no vendor serves under /api/, which three share.
func (s *Sandbox) serveUnknownAPI() {
	s.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { apiNotFound(r).write(w) })
}

func apiNotFound(r *http.Request) answer {
	if strings.HasPrefix(r.URL.Path, "/api/v1/") { // Caliq's, in the words of its framework
		return jsonAnswer(http.StatusNotFound, map[string]any{
			"Message": "No HTTP resource was found that matches the request URI '" + r.URL.Path + "'.",
		})
	}
	return valomniaError(http.StatusNotFound, "not_found", "There is nothing at "+r.URL.Path)
}
