package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/auth"
)

// A restricted page asks for credentials in the way of the contract.
func TestRequireEveryProvider(t *testing.T) {
	who, err := auth.New(auth.Options{Log: slog.New(slog.DiscardHandler), Config: &configv1.Auth{ApiKeys: []*configv1.ApiKey{
		{Name: "billing", Sha256: "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"},                                 // of "key"
		{Name: "narrow", Providers: []string{"opencell"}, Sha256: "5eda958e9ddee7721fb71e7a7618c64dbf20cc77b06ba4e4d2269d6c3e50655b"}, // of "narrow"
	}}})
	if err != nil {
		t.Fatal(err)
	}
	page := restErrors{seen: telemetry{log: slog.New(slog.DiscardHandler), metrics: newMetrics(prometheus.NewRegistry(), &admission{})}}.requireEveryProvider(who, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("page"))
	}))
	for authorization, want := range map[string]struct {
		code            int
		challenge, body string
	}{
		"":              {401, "Bearer", "CREDENTIALS_MISSING"},
		"Bearer wrong":  {401, `Bearer error="invalid_token"`, "CREDENTIALS_INVALID"},
		"Bearer narrow": {403, "", "NOT_PERMITTED"},
		"Bearer key":    {200, "", "page"},
	} {
		request, answer := httptest.NewRequest(http.MethodGet, "/metrics", nil), httptest.NewRecorder()
		if authorization != "" {
			request.Header.Set("Authorization", authorization)
		}
		page.ServeHTTP(answer, request)
		if answer.Code != want.code || answer.Header().Get("WWW-Authenticate") != want.challenge || !strings.Contains(answer.Body.String(), want.body) {
			t.Errorf("%q: %d %q %s", authorization, answer.Code, answer.Header().Get("WWW-Authenticate"), answer.Body)
		}
	}
}
