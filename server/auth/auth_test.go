package auth_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

func hashOf(key string) string {
	hash := sha256.Sum256([]byte(key))
	return hex.EncodeToString(hash[:])
}

// jwtConfig accepts the tokens of an issuer.
func jwtConfig(t testing.TB, issuer *authtest.Issuer) *configv1.Jwt {
	t.Helper()
	published := httptest.NewServer(issuer)
	t.Cleanup(published.Close)
	return &configv1.Jwt{Issuer: "https://issuer.example", Audience: "enlist", JwksUrl: published.URL}
}

func authenticator(t testing.TB, config *configv1.Auth) *auth.Authenticator {
	t.Helper()
	who, err := auth.New(auth.Options{Config: config, ClientCertificates: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// refused asserts the reason of an error, and that its message holds a text but no part of the
// credential.
func refused(t *testing.T, err error, reason enlistv1.ErrorReason, says, credential string) {
	t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != reason || !strings.Contains(known.Message, says) {
		t.Fatalf("got %v, want reason %s and %q", err, reason, says)
	}
	for part := range strings.FieldsFuncSeq(credential, func(r rune) bool { return r == ' ' || r == '.' }) {
		if len(part) > 7 && strings.Contains(known.Message, part) {
			t.Errorf("the message %q repeats a part of the credential", known.Message)
		}
	}
}

// Every kind of credential, good and bad.
func TestCredentials(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	who := authenticator(t, &configv1.Auth{
		ApiKeys: []*configv1.ApiKey{
			{Name: "billing", Sha256: hashOf("old-key")},
			{Name: "billing", Sha256: strings.ToUpper(hashOf("new-key"))},
			{Name: "dotted", Sha256: hashOf("a.b.c")},
		},
		Jwt: jwtConfig(t, issuer),
	})
	signing := issuer.Key()
	public, _ := x509.MarshalPKIXPublicKey(signing.Public().Key)
	other := authtest.NewIssuer(t)
	ahead := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	token := func(changes map[string]any) string { return "Bearer " + issuer.Token(t, changes) }
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
		strings.Split(issuer.Token(t, nil), ".")[1] + "."
	tampered := strings.Split(issuer.Token(t, nil), ".")
	tampered[1] = strings.Split(issuer.Token(t, map[string]any{"sub": "root"}), ".")[1]

	for name, c := range map[string]struct {
		authorization []string
		principal     string // empty if refused
		says          string
	}{
		"a key":                  {[]string{"Bearer old-key"}, "billing", ""},
		"the key after it":       {[]string{"bearer  new-key"}, "billing", ""},
		"a key like a token":     {[]string{"BEARER a.b.c"}, "dotted", ""},
		"an unknown key":         {[]string{"Bearer wrong-key"}, "", "not valid"},
		"the hash of a key":      {[]string{"Bearer " + hashOf("old-key")}, "", "not valid"},
		"nothing in it":          {[]string{""}, "", "one header `authorization: Bearer"},
		"no token":               {[]string{"Bearer"}, "", "one header `authorization: Bearer"},
		"Basic":                  {[]string{"Basic b2xkLWtleQ=="}, "", "not of type Bearer"},
		"a key alone":            {[]string{"old-key"}, "", "not of type Bearer"},
		"two":                    {[]string{"Bearer old-key", "Bearer old-key"}, "", "several"},
		"two in one":             {[]string{"Bearer old-key, Bearer new-key"}, "", "malformed"},
		"other letters":          {[]string{"Bearer old-kéy"}, "", "malformed"},
		"a large one":            {[]string{"Bearer " + strings.Repeat("x", 8<<10+1)}, "", "8 KiB"},
		"a token":                {[]string{token(nil)}, "jwt:jo", ""},
		"a token for several":    {[]string{token(map[string]any{"aud": []string{"x", "enlist"}})}, "jwt:jo", ""},
		"expired just now":       {[]string{token(map[string]any{"exp": ahead(-20 * time.Second)})}, "jwt:jo", ""},
		"expired":                {[]string{token(map[string]any{"exp": ahead(-40 * time.Second)})}, "", "expired (exp)"},
		"never expires":          {[]string{token(map[string]any{"exp": nil})}, "", "(exp)"},
		"expires at some text":   {[]string{token(map[string]any{"exp": "soon"})}, "", "wrong type"},
		"not yet, but soon":      {[]string{token(map[string]any{"nbf": ahead(20 * time.Second)})}, "jwt:jo", ""},
		"not yet":                {[]string{token(map[string]any{"nbf": ahead(40 * time.Second)})}, "", "not valid yet (nbf"},
		"issued later":           {[]string{token(map[string]any{"iat": ahead(time.Hour)})}, "", "not valid yet"},
		"another audience":       {[]string{token(map[string]any{"aud": "others"})}, "", "(aud)"},
		"no audience":            {[]string{token(map[string]any{"aud": nil})}, "", "(aud)"},
		"another issuer":         {[]string{token(map[string]any{"iss": "https://others.example"})}, "", "(iss)"},
		"no issuer":              {[]string{token(map[string]any{"iss": nil})}, "", "(iss)"},
		"no subject":             {[]string{token(map[string]any{"sub": nil})}, "", "(sub"},
		"the longest subject":    {[]string{token(map[string]any{"sub": strings.Repeat("é", 255)})}, "jwt:" + strings.Repeat("é", 255), ""},
		"a longer subject":       {[]string{token(map[string]any{"sub": strings.Repeat("é", 256)})}, "", "(sub"},
		"a subject with a zero":  {[]string{token(map[string]any{"sub": "a\x00b"})}, "", "(sub"},
		"a subject of a number":  {[]string{token(map[string]any{"sub": 7})}, "", "wrong type"},
		"no algorithm":           {[]string{"Bearer " + none}, "", "(alg)"},
		"signed with its public": {[]string{"Bearer " + authtest.Sign(t, jose.HS256, public, signing.KeyID, authtest.Claims())}, "", "(alg)"},
		"signed by another":      {[]string{"Bearer " + other.Token(t, nil)}, "", "signature"},
		"another's key id":       {[]string{"Bearer " + authtest.Sign(t, jose.ES256, other.Key().Key, "key-9", authtest.Claims())}, "", "(kid)"},
		"no key id":              {[]string{"Bearer " + authtest.Sign(t, jose.ES256, signing.Key, "", authtest.Claims())}, "jwt:jo", ""},
		"tampered":               {[]string{"Bearer " + strings.Join(tampered, ".")}, "", "signature"},
		"not three parts":        {[]string{"Bearer " + strings.Join(tampered[:2], ".")}, "", "not valid"},
		"three parts of nothing": {[]string{"Bearer e.e.e"}, "", "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			caller, err := who.Authenticate(t.Context(), c.authorization, nil)
			if c.principal == "" {
				refused(t, err, enlistv1.ErrorReason_CREDENTIALS_INVALID, c.says, strings.Join(c.authorization, " "))
			} else if err != nil || caller.Principal != c.principal {
				t.Errorf("got %v, %v", caller, err)
			}
		})
	}
	_, err := who.Authenticate(t.Context(), nil, nil)
	refused(t, err, enlistv1.ErrorReason_CREDENTIALS_MISSING, "an API key as `authorization: Bearer …`, or a token", "")
}

// Enlist honours the algorithm and use of a key. It accepts only strong keys.
func TestKeysOfTheIssuer(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	weakKey, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key  jose.JSONWebKey
		sign jose.SignatureAlgorithm
		says string // empty if accepted
	}{
		"RS256":                   {jose.JSONWebKey{Key: rsaKey}, jose.RS256, ""},
		"PS512":                   {jose.JSONWebKey{Key: rsaKey}, jose.PS512, ""},
		"EdDSA":                   {jose.JSONWebKey{Key: edKey, Use: "sig"}, jose.EdDSA, ""},
		"of another algorithm":    {jose.JSONWebKey{Key: rsaKey, Algorithm: "RS256"}, jose.PS256, "signature"},
		"for encryption":          {jose.JSONWebKey{Key: rsaKey, Use: "enc"}, jose.RS256, "(kid)"},
		"weak":                    {jose.JSONWebKey{Key: weakKey}, jose.RS256, "(kid)"},
		"symmetric, among others": {jose.JSONWebKey{Key: []byte(strings.Repeat("k", 32))}, jose.HS256, "(alg)"},
	} {
		t.Run(name, func(t *testing.T) {
			issuer := authtest.NewIssuer(t)
			issuer.Add(c.key)
			who := authenticator(t, &configv1.Auth{Jwt: jwtConfig(t, issuer)})
			credential := "Bearer " + authtest.Sign(t, c.sign, c.key.Key, issuer.Key().KeyID, authtest.Claims())
			caller, err := who.Authenticate(t.Context(), []string{credential}, nil)
			if c.says != "" {
				refused(t, err, enlistv1.ErrorReason_CREDENTIALS_INVALID, c.says, credential)
			} else if err != nil || caller.Principal != "jwt:jo" {
				t.Errorf("got %v, %v", caller, err)
			}
		})
	}
}

// The caller of a certificate. An authorization takes precedence over it.
func TestCertificates(t *testing.T) {
	spiffe, _ := url.Parse("spiffe://example.com/billing")
	yesterday := time.Now().Add(-24 * time.Hour)
	who := authenticator(t, &configv1.Auth{ApiKeys: []*configv1.ApiKey{{Name: "billing", Sha256: hashOf("key")}}})
	for name, c := range map[string]struct {
		of        x509.Certificate
		principal string
	}{
		"URI":         {x509.Certificate{URIs: []*url.URL{spiffe}, DNSNames: []string{"a.example"}}, "cert:spiffe://example.com/billing"},
		"DNS":         {x509.Certificate{DNSNames: []string{"a.example", "b.example"}, EmailAddresses: []string{"a@example.com"}}, "cert:a.example"},
		"email":       {x509.Certificate{EmailAddresses: []string{"a@example.com"}, Subject: pkix.Name{CommonName: "Jo"}}, "cert:a@example.com"},
		"common name": {x509.Certificate{Subject: pkix.Name{CommonName: "Jo"}}, "cert:Jo"},
		"nobody":      {x509.Certificate{}, ""},
		"a line":      {x509.Certificate{Subject: pkix.Name{CommonName: "Jo\nadmin"}}, ""},
		"long":        {x509.Certificate{Subject: pkix.Name{CommonName: strings.Repeat("x", 256)}}, ""},
		"over":        {x509.Certificate{Subject: pkix.Name{CommonName: "Jo"}, NotAfter: yesterday}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.of.NotAfter.IsZero() {
				c.of.NotAfter = time.Now().Add(time.Hour)
			}
			caller, err := who.Authenticate(t.Context(), nil, &c.of)
			if c.principal == "" {
				refused(t, err, enlistv1.ErrorReason_CREDENTIALS_INVALID, "client certificate", "")
			} else if err != nil || caller.Principal != c.principal {
				t.Errorf("got %v, %v", caller, err)
			}
			_, err = who.Authenticate(t.Context(), []string{"Bearer wrong-key"}, &c.of)
			refused(t, err, enlistv1.ErrorReason_CREDENTIALS_INVALID, "", "wrong-key")
			if caller, err := who.Authenticate(t.Context(), []string{"Bearer key"}, &c.of); err != nil || caller.Principal != "billing" {
				t.Errorf("with a key: %v, %v", caller, err)
			}
		})
	}
}

// The permissions of each kind of caller.
func TestGrants(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	jwt := jwtConfig(t, issuer)
	jwt.Permissions = []*configv1.JwtPermission{
		{Subject: "jo", Providers: []string{"opencell"}},
		{Scope: "read", Rpcs: []string{"GetCustomer"}},
		{Subject: "jo", Scope: "admin", Providers: []string{"caliq"}, Operator: true},
	}
	who := authenticator(t, &configv1.Auth{
		ApiKeys: []*configv1.ApiKey{
			{Name: "all", Sha256: hashOf("all")},
			{Name: "one", Sha256: hashOf("one"), Providers: []string{"opencell"}, Operator: true},
			{Name: "privacy", Sha256: hashOf("privacy"), Privacy: true},
		},
		Jwt: jwt, ClientCertificates: []*configv1.ClientCertificate{{Identity: "named", Rpcs: []string{"CreateCustomer"}}},
	})
	token := func(changes map[string]any) string { return issuer.Token(t, changes) }
	certificate := func(name string) *x509.Certificate {
		return &x509.Certificate{Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	}
	for name, c := range map[string]struct {
		bearer      string
		certificate *x509.Certificate
		rpc         string
		others      bool
		where       []string // nil and not all: nowhere
		all         bool
	}{
		"a key without limits":             {bearer: "all", rpc: "CreateCustomer", all: true},
		"is no operator":                   {bearer: "all", rpc: "GetOperation", others: true},
		"is not for privacy":               {bearer: "all", rpc: "EraseCustomerData"},
		"an operator is not either":        {bearer: "one", rpc: "ExportCustomerData"},
		"a key for privacy":                {bearer: "privacy", rpc: "EraseCustomerData", all: true},
		"also for those of others":         {bearer: "privacy", rpc: "ExportCustomerData", others: true, all: true},
		"which is no operator":             {bearer: "privacy", rpc: "GetOperation", others: true},
		"a key with limits":                {bearer: "one", rpc: "CreateCustomer", where: []string{"opencell"}},
		"is one at its provider":           {bearer: "one", rpc: "GetOperation", others: true, where: []string{"opencell"}},
		"a token by subject":               {bearer: token(nil), rpc: "CreateCustomer", where: []string{"opencell"}},
		"another subject":                  {bearer: token(map[string]any{"sub": "al"}), rpc: "CreateCustomer"},
		"by scope":                         {bearer: token(map[string]any{"sub": "al", "scope": "x read"}), rpc: "GetCustomer", all: true},
		"by a list of scopes":              {bearer: token(map[string]any{"sub": "al", "scp": []string{"read"}}), rpc: "GetCustomer", all: true},
		"a scope in part":                  {bearer: token(map[string]any{"sub": "al", "scope": "reading"}), rpc: "GetCustomer"},
		"several entries":                  {bearer: token(map[string]any{"scope": "admin"}), rpc: "CreateCustomer", where: []string{"caliq", "opencell"}},
		"an operator by one of them":       {bearer: token(map[string]any{"scp": "admin"}), rpc: "GetOperation", others: true, where: []string{"caliq"}},
		"subject and scope, one is wrong":  {bearer: token(map[string]any{"sub": "al", "scope": "admin"}), rpc: "GetOperation", others: true},
		"a named certificate":              {certificate: certificate("named"), rpc: "CreateCustomer", all: true},
		"a named certificate, another RPC": {certificate: certificate("named"), rpc: "GetCustomer"},
		"another certificate":              {certificate: certificate("other"), rpc: "CreateCustomer"},
	} {
		t.Run(name, func(t *testing.T) {
			var authorization []string
			if c.bearer != "" {
				authorization = []string{"Bearer " + c.bearer}
			}
			caller, err := who.Authenticate(t.Context(), authorization, c.certificate)
			if err != nil {
				t.Fatal(err)
			}
			if where, all := caller.Where(c.rpc, c.others); !slices.Equal(where, c.where) || all != c.all {
				t.Errorf("at %q, everywhere: %t", where, all)
			}
		})
	}
	if caller, err := who.Authenticate(t.Context(), []string{"Bearer one"}, nil); err != nil || !caller.Sees("opencell") || caller.Sees("caliq") {
		t.Errorf("%v, %v", caller, err)
	}
}

// If the configuration requires no credentials, every caller may do everything, with any
// credentials.
func TestWithoutAuthentication(t *testing.T) {
	who, err := auth.New(auth.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := who.Authenticate(context.Background(), []string{"Basic x"}, nil)
	if err != nil || caller.Principal != "" {
		t.Fatalf("%v, %v", caller, err)
	}
	if _, all := caller.Where("ResolveOperation", true); !all {
		t.Error("may not do everything")
	}
}

// Every authorization except the one key is refused, with a message that does not repeat it.
func FuzzAuthorization(f *testing.F) {
	issuer := authtest.NewIssuer(f)
	who := authenticator(f, &configv1.Auth{ApiKeys: []*configv1.ApiKey{{Name: "billing", Sha256: hashOf("the-one-key")}}, Jwt: jwtConfig(f, issuer)})
	for _, seed := range []string{"", "Bearer", "Bearer the-one-key", "bearer  the-one-key", "Basic eA==", "Bearer a.b.c", "Bearer é", "Bearer " + issuer.Token(f, nil) + "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, authorization string) {
		caller, err := who.Authenticate(t.Context(), []string{authorization}, nil)
		scheme, rest, _ := strings.Cut(authorization, " ")
		if is := strings.EqualFold(scheme, "bearer") && strings.TrimLeft(rest, " ") == "the-one-key"; is != (err == nil) {
			t.Errorf("%q: %v, %v", authorization, caller, err)
		}
		if err != nil && (len(rest) > 20 && strings.Contains(err.Error(), rest)) {
			t.Errorf("%v repeats %q", err, authorization)
		}
	})
}

// BenchmarkAuthenticate measures the cost of authentication.
func BenchmarkAuthenticate(b *testing.B) {
	issuer := authtest.NewIssuer(b)
	config := &configv1.Auth{Jwt: jwtConfig(b, issuer)}
	for i := range 20 {
		config.ApiKeys = append(config.ApiKeys, &configv1.ApiKey{Name: "billing", Sha256: hashOf(string(rune('a' + i)))})
	}
	who := authenticator(b, config)
	for name, credential := range map[string]string{"one of 20 API keys": "Bearer c", "token, ES256": "Bearer " + issuer.Token(b, nil)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := who.Authenticate(b.Context(), []string{credential}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
