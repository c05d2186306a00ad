package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// over returns the same server with other TLS settings of the client.
func over(t *testing.T, r *running, config *tls.Config) *running {
	t.Helper()
	connection, err := grpc.NewClient(r.grpcTarget, grpc.WithTransportCredentials(credentials.NewTLS(config.Clone())))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true}
	t.Cleanup(func() {
		_ = connection.Close()
		transport.CloseIdleConnections()
	})
	secured := *r
	secured.grpc, secured.client, secured.restURL = connection, &http.Client{Transport: transport}, strings.Replace(r.restURL, "http:", "https:", 1)
	return &secured
}

// withTLS gives both ports a certificate. With an authority for callers, the ports ask for
// callers' certificates.
func withTLS(t *testing.T, servers, callers *authtest.Authority, more ...func(*configv1.Config)) func(*configv1.Config, map[string]providers.Provider) {
	t.Helper()
	folder := t.TempDir()
	settings := &configv1.Tls{}
	settings.CertFile, settings.KeyFile = authtest.Write(t, folder, servers.Server(t))
	if callers != nil {
		settings.ClientCaFile = callers.Write(t, folder)
	}
	return func(config *configv1.Config, _ map[string]providers.Provider) {
		config.Grpc.Tls, config.Http.Tls = settings, settings
		for _, change := range more {
			change(config)
		}
	}
}

// Which callers TLS accepts, with and without client certificates, over both transports.
func TestTLS(t *testing.T) {
	servers, callers, strangers := authtest.NewAuthority(t), authtest.NewAuthority(t), authtest.NewAuthority(t)
	keys := func(config *configv1.Config) {
		config.Auth = &configv1.Auth{ApiKeys: []*configv1.ApiKey{{Name: "billing", Sha256: hashOf("key")}}}
	}
	named := func(config *configv1.Config) {
		config.Auth = &configv1.Auth{ClientCertificates: []*configv1.ClientCertificate{{Identity: "jo"}, {Identity: "reader", Rpcs: []string{"ListProviders"}}}}
	}
	expired := callers.Issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "jo"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	with := func(certificates ...tls.Certificate) *tls.Config {
		config := &tls.Config{RootCAs: servers.Pool()}
		if len(certificates) > 0 { // sent even if the server does not ask
			config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificates[0], nil }
		}
		return config
	}
	const noConnection = "no connection"
	for _, c := range []struct {
		name   string
		change func(*configv1.Config, map[string]providers.Provider)
		calls  map[string]tlsCall
	}{
		{"TLS", withTLS(t, servers, nil, keys), map[string]tlsCall{
			"a key":                 {with(), "key", ""},
			"no key":                {with(), "", "CREDENTIALS_MISSING"},
			"another server":        {&tls.Config{RootCAs: strangers.Pool()}, "key", noConnection},
			"an old TLS":            {&tls.Config{RootCAs: servers.Pool(), MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11}, "key", noConnection},
			"a certificate unasked": {with(callers.Client(t, "jo")), "", "CREDENTIALS_MISSING"},
		}},
		{"certificates", withTLS(t, servers, callers), map[string]tlsCall{
			"none":              {with(), "", noConnection},
			"one":               {with(callers.Client(t, "anybody")), "", ""},
			"another authority": {with(strangers.Client(t, "jo")), "", noConnection},
			"expired":           {with(expired), "", noConnection},
			"one, and a key":    {with(callers.Client(t, "jo")), "key", "CREDENTIALS_INVALID"},
		}},
		{"named certificates", withTLS(t, servers, callers, named), map[string]tlsCall{
			"named":             {with(callers.Client(t, "jo")), "", ""},
			"not this RPC":      {with(callers.Client(t, "reader")), "", "NOT_PERMITTED"},
			"unlisted":          {with(callers.Client(t, "al")), "", "NOT_PERMITTED"},
			"another authority": {with(strangers.Client(t, "jo")), "", noConnection},
		}},
		{"keys or certificates", withTLS(t, servers, callers, keys), map[string]tlsCall{
			"a certificate":         {with(callers.Client(t, "jo")), "", ""},
			"a key":                 {with(), "key", ""},
			"nothing":               {with(), "", "CREDENTIALS_MISSING"},
			"another authority":     {with(strangers.Client(t, "jo")), "", noConnection},
			"expired, and a key":    {with(expired), "key", noConnection},
			"good, and a wrong key": {with(callers.Client(t, "jo")), "wrong", "CREDENTIALS_INVALID"},
		}},
		{"keys and certificates", withTLS(t, servers, callers, keys, func(config *configv1.Config) { config.Grpc.Tls.RequireClientCertificate = true }), map[string]tlsCall{
			"a key alone": {with(), "key", noConnection},
			"both":        {with(callers.Client(t, "jo")), "key", ""},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, c.change)
			for name, made := range c.calls {
				t.Run(name, func(t *testing.T) {
					secured := over(t, r, made.with)
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					defer cancel()
					if made.want == noConnection {
						if _, err := secured.client.Get(secured.restURL + "/healthz"); err == nil {
							t.Error("REST lets it in")
						}
						if err := secured.grpc.Invoke(ctx, "/grpc.health.v1.Health/Check", &healthv1.HealthCheckRequest{}, &healthv1.HealthCheckResponse{}); err == nil || !strings.Contains(err.Error(), "Unavailable") {
							t.Errorf("gRPC lets it in: %v", err)
						}
						return
					}
					if made.key != "" {
						ctx = withBearer(ctx, made.key)
					}
					for transport, call := range transports() {
						got := call(ctx, t, secured, method(t, "GetProvider"), []byte(`{"provider":"opencell"}`))
						if reason := reasonIn(t, got); reason != made.want {
							t.Errorf("%s: %q, want %q: %v", transport, reason, made.want, got.status)
						}
					}
				})
			}
		})
	}
}

type tlsCall struct {
	with *tls.Config
	key  string
	want string // reason; empty if the call passes
}

// REST uses HTTP/2 if the client does, and otherwise HTTP/1.1.
func TestProtocolsOverTLS(t *testing.T) {
	servers := authtest.NewAuthority(t)
	r := start(t, withTLS(t, servers, nil))
	for _, want := range []int{1, 2} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: servers.Pool()}, ForceAttemptHTTP2: want == 2}
		response, err := (&http.Client{Transport: transport}).Get(strings.Replace(r.restURL, "http:", "https:", 1) + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		transport.CloseIdleConnections()
		if response.ProtoMajor != want || response.StatusCode != http.StatusOK {
			t.Errorf("%s %s, want HTTP/%d", response.Proto, response.Status, want)
		}
	}
}
