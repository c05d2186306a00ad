package sandbox

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"time"
)

// token is Keycloak's token endpoint, with the grants that a service uses: a
// password, and the refresh token that came with it. A client authenticates in
// the form or with HTTP Basic.
func (o *opencell) token(c *call) answer {
	want := o.credentials.Opencell
	if c.PathValue("realm") != want.Realm {
		return jsonAnswer(http.StatusNotFound, map[string]any{"error": "Realm does not exist"})
	}
	if c.mediaType() != "application/x-www-form-urlencoded" {
		return jsonAnswer(http.StatusUnsupportedMediaType, map[string]any{"error": "HTTP 415 Unsupported Media Type"})
	}
	form, err := url.ParseQuery(string(c.body))
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
		if c.refused || form.Get("username") != want.Username || form.Get("password") != want.Password {
			return oauthError(http.StatusUnauthorized, "invalid_grant", "Invalid user credentials")
		}
	case "refresh_token":
		presented := form.Get("refresh_token")
		if presented == "" {
			return oauthError(http.StatusBadRequest, "invalid_request", "No refresh token")
		}
		expiry, known := o.refresh[presented]
		delete(o.refresh, presented) // Assumed strict: good for one renewal, as a realm may demand.
		if c.refused || !known || !c.now.Before(expiry) {
			return oauthError(http.StatusBadRequest, "invalid_grant", "Token is not active")
		}
	default:
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type")
	}
	return o.issue(c.now)
}

func (o *opencell) issue(now time.Time) answer {
	expired := func(_ string, expiry time.Time) bool { return !now.Before(expiry) }
	maps.DeleteFunc(o.access, expired)
	maps.DeleteFunc(o.refresh, expired)
	access, refresh := rand.Text(), rand.Text()
	o.access[access] = now.Add(o.tokenLifetime)
	o.refresh[refresh] = now.Add(o.refreshTokenLifetime)
	return jsonAnswer(http.StatusOK, map[string]any{
		"access_token":       access,
		"expires_in":         int64(o.tokenLifetime / time.Second),
		"refresh_token":      refresh,
		"refresh_expires_in": int64(o.refreshTokenLifetime / time.Second),
		"token_type":         "Bearer",
		"not-before-policy":  0,
		"session_state":      rand.Text(),
		"scope":              "profile email",
	}).with("Cache-Control", "no-store")
}

func oauthError(status int, code, description string) answer {
	return jsonAnswer(status, map[string]any{"error": code, "error_description": description})
}

func keycloakNotAllowed(*call) answer {
	return jsonAnswer(http.StatusMethodNotAllowed, map[string]any{"error": "HTTP 405 Method Not Allowed"})
}
