package opencell

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// token is Keycloak's token endpoint with the two grants that a service uses: the password, and the
// refresh token that came with it. A client authenticates in the form or with HTTP Basic.
func (o *server) token(c *engine.Call) engine.Response {
	want := o.Credentials
	if c.PathValue("realm") != want.Realm {
		return engine.JSONResponse(http.StatusNotFound, map[string]any{"error": "Realm does not exist"})
	}
	if c.MediaType() != "application/x-www-form-urlencoded" {
		return engine.JSONResponse(http.StatusUnsupportedMediaType, map[string]any{"error": "HTTP 415 Unsupported Media Type"})
	}
	form, err := url.ParseQuery(string(c.Body))
	if err != nil {
		return oauthError(http.StatusBadRequest, "invalid_request", "The form does not parse")
	}
	grant := form.Get("grant_type")
	if grant == "" {
		return oauthError(http.StatusBadRequest, "invalid_request", "Missing form parameter: grant_type")
	}
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := c.BasicAuth(); ok {
		id, secret = user, password
	}
	switch {
	case id != want.ClientID:
		return oauthError(http.StatusUnauthorized, "invalid_client", "Invalid client or Invalid client credentials")
	case secret != want.ClientSecret:
		return oauthError(http.StatusUnauthorized, "unauthorized_client", "Invalid client or Invalid client credentials")
	}
	switch grant {
	case "password":
		if c.Refused || form.Get("username") != want.Username || form.Get("password") != want.Password {
			return oauthError(http.StatusUnauthorized, "invalid_grant", "Invalid user credentials")
		}
	case "refresh_token":
		presented := form.Get("refresh_token")
		if presented == "" {
			return oauthError(http.StatusBadRequest, "invalid_request", "No refresh token")
		}
		expiry, known := o.refresh[presented]
		delete(o.refresh, presented) // assumed: it serves for one renewal, as a realm may demand
		if c.Refused || !known || !c.Now.Before(expiry) {
			return oauthError(http.StatusBadRequest, "invalid_grant", "Token is not active")
		}
	default:
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type")
	}
	return o.issue(c.Now)
}

func (o *server) issue(now time.Time) engine.Response {
	expired := func(_ string, expiry time.Time) bool { return !now.Before(expiry) }
	maps.DeleteFunc(o.access, expired)
	maps.DeleteFunc(o.refresh, expired)
	access, refresh := rand.Text(), rand.Text()
	o.access[access] = now.Add(o.TokenLifetime)
	o.refresh[refresh] = now.Add(o.RefreshTokenLifetime)
	return engine.JSONResponse(http.StatusOK, map[string]any{
		"access_token":       access,
		"expires_in":         int64(o.TokenLifetime / time.Second),
		"refresh_token":      refresh,
		"refresh_expires_in": int64(o.RefreshTokenLifetime / time.Second),
		"token_type":         "Bearer",
		"not-before-policy":  0,
		"session_state":      rand.Text(),
		"scope":              "profile email",
	}).With("Cache-Control", "no-store")
}

func oauthError(status int, code, description string) engine.Response {
	return engine.JSONResponse(status, map[string]any{"error": code, "error_description": description})
}

func keycloakNotAllowed(*engine.Call) engine.Response {
	return engine.JSONResponse(http.StatusMethodNotAllowed, map[string]any{"error": "HTTP 405 Method Not Allowed"})
}

// tokenJSON says what the fault other_types leaves alone in a token response.
func tokenJSON() *engine.JSON {
	return &engine.JSON{Fixed: []string{"access_token", "refresh_token", "error", "expires_in"}, Also: oddToken}
}

// oddToken sends the lifetime in forms that proxies have sent: as text, as a fraction, as null, and
// not at all. With the last the token ends in a newline, without which it is valid.
func oddToken(body map[string]any, use int) {
	token, granted := body["access_token"].(string)
	seconds, _ := body["expires_in"].(json.Number)
	if !granted {
		return
	}
	switch use % 4 {
	case 0:
		body["expires_in"] = seconds.String()
	case 1:
		n, _ := seconds.Float64()
		body["expires_in"] = n - 0.5
	case 2:
		body["expires_in"] = nil
	case 3:
		delete(body, "expires_in")
		body["access_token"] = token + "\n"
	}
}
