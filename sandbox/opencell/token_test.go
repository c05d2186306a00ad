package opencell_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestOpencellTokenErrors(t *testing.T) {
	w := sandboxtest.NewWorld(t)
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
			r := w.Send("POST", sandboxtest.OpencellTokenPath, w.OpencellForm(test.changes), "Content-Type", sandboxtest.FormType)
			if got := r.JSON(t); r.Status != test.status || got["error"] != test.code || got["error_description"] == "" {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	for _, test := range []struct {
		method, path, contentType string
		status                    int
	}{
		{"GET", sandboxtest.OpencellTokenPath, sandboxtest.FormType, 405},
		{"POST", sandboxtest.OpencellTokenPath, sandboxtest.JSONType, 415},
		{"POST", "/auth/realms/other/protocol/openid-connect/token", sandboxtest.FormType, 404},
		{"POST", "/auth/realms/opencell/nothing", sandboxtest.FormType, 404},
	} {
		if r := w.Send(test.method, test.path, w.OpencellForm(nil), "Content-Type", test.contentType); r.Status != test.status {
			t.Errorf("%s %s: %d %s", test.method, test.path, r.Status, r.Body)
		}
	}
}

func TestOpencellTokensExpire(t *testing.T) {
	clock := sandboxtest.NewClock()
	w := sandboxtest.NewWorld(t, sandbox.WithClock(clock.Now), sandbox.With(func(s *opencell.Settings) { s.TokenLifetime, s.RefreshTokenLifetime = time.Minute, time.Hour }))
	granted := w.Send("POST", sandboxtest.OpencellTokenPath, w.OpencellForm(nil), "Content-Type", sandboxtest.FormType).JSON(t)
	if granted["expires_in"] != 60.0 || granted["refresh_expires_in"] != 3600.0 || granted["token_type"] != "Bearer" {
		t.Fatalf("granted: %v", granted)
	}
	use := func(token any) int {
		return w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=X", "", token.(string)).Status
	}
	renew := func(token any) sandboxtest.Reply {
		return w.Send("POST", sandboxtest.OpencellTokenPath, w.OpencellForm(map[string]string{
			"grant_type": "refresh_token", "refresh_token": token.(string),
		}), "Content-Type", sandboxtest.FormType)
	}
	if got := use(granted["access_token"]); got != 404 {
		t.Errorf("fresh token: %d", got)
	}
	clock.Advance(time.Minute)
	if got := use(granted["access_token"]); got != 401 {
		t.Errorf("expired token: %d", got)
	}
	renewed := renew(granted["refresh_token"]).JSON(t)
	if got := use(renewed["access_token"]); got != 404 {
		t.Errorf("renewed token: %d", got)
	}
	if r := renew(granted["refresh_token"]); r.Status != 400 {
		t.Errorf("refresh token used twice: %d", r.Status)
	}
	clock.Advance(time.Hour)
	if r := renew(renewed["refresh_token"]); r.Status != 400 {
		t.Errorf("expired refresh token: %d", r.Status)
	}
}

// A client may authenticate with HTTP Basic instead of in the form.
func TestOpencellTokenForABasicClient(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	c := w.Credentials.Opencell
	form := url.Values{"grant_type": {"password"}, "username": {c.Username}, "password": {c.Password}}.Encode()
	for secret, want := range map[string]int{c.ClientSecret: 200, "x": 401} {
		request, err := http.NewRequest(http.MethodPost, w.URL+sandboxtest.OpencellTokenPath, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", sandboxtest.FormType)
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
