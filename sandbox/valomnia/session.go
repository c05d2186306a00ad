package valomnia

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// login is Spring Security's login form. Either way it redirects and sets a session cookie. Only
// the session of a good login is authenticated.
func (a *service) login(c *engine.Call) engine.Response {
	form, err := url.ParseQuery(string(c.Body))
	want := a.Credentials
	good := err == nil && !c.Refused && c.MediaType() == "application/x-www-form-urlencoded" &&
		form.Get("j_username") == want.Username && form.Get("j_password") == want.Password
	maps.DeleteFunc(a.sessions, func(_ string, expiry time.Time) bool { return !c.Now.Before(expiry) })
	session, location := rand.Text(), "/login/authfail?login_error=1"
	if good {
		a.sessions[session] = c.Now.Add(a.TokenLifetime)
		location = "/login/ajaxSuccess"
		if form.Get("ajax") != "true" {
			location = "/"
		}
	}
	cookie := http.Cookie{Name: "JSESSIONID", Value: session, Path: "/", HttpOnly: true}
	return engine.Empty(http.StatusFound).With("Location", location).With("Set-Cookie", cookie.String())
}

// loggedIn is the page that a good login redirects to.
func (a *service) loggedIn(c *engine.Call) engine.Response {
	if !a.inSession(c) {
		return noCredentials()
	}
	return engine.JSONResponse(http.StatusOK, map[string]any{
		"success": true,
		"token":   rand.Text(),
		"user":    map[string]any{"id": 2, "reference": "emp-002", "username": a.Credentials.Username},
	})
}

func (a *service) inSession(c *engine.Call) bool {
	cookie, err := c.Cookie("JSESSIONID")
	if err != nil {
		return false
	}
	if c.Refused {
		delete(a.sessions, cookie.Value)
	}
	expiry, known := a.sessions[cookie.Value]
	if !known || !c.Now.Before(expiry) {
		return false
	}
	a.sessions[cookie.Value] = c.Now.Add(a.TokenLifetime)
	return true
}

// authenticated lets a request pass that has a session and a known version. The status 401 for a
// missing session is assumed. The code is known.
func (a *service) authenticated(next func(*engine.Call) engine.Response) func(*engine.Call) engine.Response {
	return func(c *engine.Call) engine.Response {
		if !a.version.MatchString(c.PathValue("version")) {
			return a.NotFound(c.Request)
		}
		if !a.inSession(c) {
			return noCredentials()
		}
		return next(c)
	}
}

// loginFailed is the page that a failed login redirects to.
func loginFailed(*engine.Call) engine.Response {
	return engine.JSONResponse(http.StatusOK, map[string]any{"success": false, "error": "unknown user or wrong password"})
}

func noCredentials() engine.Response {
	return fail(http.StatusUnauthorized, "no_credentials", "You must be logged in.")
}
