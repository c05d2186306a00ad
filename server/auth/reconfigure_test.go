package auth_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/auth"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// Reconfigure replaces keys and permissions at once. It keeps the keys of an issuer whose URL is
// the same, and reads those of a new one.
func TestReconfigure(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	first, second := httptest.NewServer(issuer), httptest.NewServer(issuer)
	defer first.Close()
	defer second.Close()
	options := func(key, jwks, subject string) auth.Options {
		sum := sha256.Sum256([]byte(key))
		return auth.Options{Log: slog.New(slog.DiscardHandler), Config: &configv1.Auth{
			ApiKeys: []*configv1.ApiKey{{Name: "jo", Sha256: hex.EncodeToString(sum[:])}},
			Jwt: &configv1.Jwt{
				Issuer: "https://issuer.example", Audience: "enlist", JwksUrl: jwks, Permissions: []*configv1.JwtPermission{{Subject: subject}},
			},
		}}
	}
	who, err := auth.New(options("one", first.URL, "ada"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { who.Run(ctx) })
	defer running.Wait()
	defer stop()
	token := issuer.Token(t, map[string]any{"sub": "ada"})
	may := func(credential string) bool {
		caller, err := who.Authenticate(t.Context(), []string{"Bearer " + credential}, nil)
		return err == nil && caller.May("GetCustomer", "p", false)
	}
	if !may("one") || may("two") || !may(token) {
		t.Error("before")
	}
	reads := issuer.Reads()
	if err := who.Reconfigure(options("two", first.URL, "eve")); err != nil {
		t.Fatal(err)
	}
	if may("one") || !may("two") || may(token) {
		t.Error("after the first change")
	}
	if issuer.Reads() != reads {
		t.Errorf("%d more reads of known keys", issuer.Reads()-reads)
	}
	if err := who.Reconfigure(options("two", second.URL, "ada")); err != nil {
		t.Fatal(err)
	}
	if !may(token) {
		t.Error("after the second change")
	}
	wrong := options("two", second.URL, "ada")
	wrong.Config.ApiKeys[0].Sha256 = "no hash"
	if err := who.Reconfigure(wrong); err == nil || !may("two") {
		t.Errorf("a wrong configuration: %v", err)
	}
}
