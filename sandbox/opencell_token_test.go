package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
)

const opencellTokenPath = "/auth/realms/opencell/protocol/openid-connect/token"

func (w *world) opencellForm(changes map[string]string) string {
	c := w.credentials.Opencell
	form := url.Values{
		"grant_type": {"password"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret},
		"username": {c.Username}, "password": {c.Password},
	}
	for name, value := range changes {
		form.Set(name, value)
	}
	return form.Encode()
}

func (w *world) opencellToken() string {
	w.Helper()
	r := w.send("POST", opencellTokenPath, w.opencellForm(nil), "Content-Type", formType)
	if r.status != 200 {
		w.Fatalf("no token: %d %s", r.status, r.body)
	}
	return r.json(w.T)["access_token"].(string)
}

func TestOpencellTokenErrors(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		changes map[string]string
		status  int
		code    string
	}{
		"no grant":         {map[string]string{"grant_type": ""}, 400, "invalid_request"},
		"other grant":      {map[string]string{"grant_type": "magic"}, 400, "unsupported_grant_type"},
		"unknown client":   {map[string]string{"client_id": "x"}, 401, "invalid_client"},
		"wrong secret":     {map[string]string{"client_secret": "x"}, 401, "unauthorized_client"},
		"wrong user":       {map[string]string{"username": "x"}, 401, "invalid_grant"},
		"wrong password":   {map[string]string{"password": "x"}, 401, "invalid_grant"},
		"no refresh token": {map[string]string{"grant_type": "refresh_token"}, 400, "invalid_request"},
		"bad refresh":      {map[string]string{"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.send("POST", opencellTokenPath, w.opencellForm(test.changes), "Content-Type", formType)
			if got := r.json(t); r.status != test.status || got["error"] != test.code || got["error_description"] == "" {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	for _, test := range []struct {
		method, path, contentType string
		status                    int
	}{
		{"GET", opencellTokenPath, formType, 405},
		{"POST", opencellTokenPath, jsonType, 415},
		{"POST", "/auth/realms/other/protocol/openid-connect/token", formType, 404},
		{"POST", "/auth/realms/opencell/nothing", formType, 404},
	} {
		if r := w.send(test.method, test.path, w.opencellForm(nil), "Content-Type", test.contentType); r.status != test.status {
			t.Errorf("%s %s: %d %s", test.method, test.path, r.status, r.body)
		}
	}
}

func TestOpencellTokensExpire(t *testing.T) {
	clock := newClock()
	w := newWorld(t, sandbox.WithClock(clock.Now), sandbox.WithTokenLifetime(time.Minute), sandbox.WithRefreshTokenLifetime(time.Hour))
	granted := w.send("POST", opencellTokenPath, w.opencellForm(nil), "Content-Type", formType).json(t)
	if granted["expires_in"] != 60.0 || granted["refresh_expires_in"] != 3600.0 || granted["token_type"] != "Bearer" {
		t.Fatalf("granted: %v", granted)
	}
	use := func(token any) int {
		return w.opencell("GET", opencellAPI+"customer?customerCode=X", "", token.(string)).status
	}
	renew := func(token any) reply {
		return w.send("POST", opencellTokenPath, w.opencellForm(map[string]string{
			"grant_type": "refresh_token", "refresh_token": token.(string),
		}), "Content-Type", formType)
	}
	if got := use(granted["access_token"]); got != 404 {
		t.Errorf("fresh token: %d", got)
	}
	clock.advance(time.Minute)
	if got := use(granted["access_token"]); got != 401 {
		t.Errorf("expired token: %d", got)
	}
	renewed := renew(granted["refresh_token"]).json(t)
	if got := use(renewed["access_token"]); got != 404 {
		t.Errorf("renewed token: %d", got)
	}
	if r := renew(granted["refresh_token"]); r.status != 400 {
		t.Errorf("refresh token used twice: %d", r.status)
	}
	clock.advance(time.Hour)
	if r := renew(renewed["refresh_token"]); r.status != 400 {
		t.Errorf("expired refresh token: %d", r.status)
	}
}

// A client may authenticate with HTTP Basic instead of in the form.
func TestOpencellTokenForABasicClient(t *testing.T) {
	w := newWorld(t)
	c := w.credentials.Opencell
	form := url.Values{"grant_type": {"password"}, "username": {c.Username}, "password": {c.Password}}.Encode()
	for secret, want := range map[string]int{c.ClientSecret: 200, "x": 401} {
		request, err := http.NewRequest(http.MethodPost, w.url+opencellTokenPath, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", formType)
		request.SetBasicAuth(c.ClientID, secret)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d", secret, response.StatusCode)
		}
	}
}
