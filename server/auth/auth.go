package auth

import (
	"context"
	"crypto/x509"
	"log/slog"
	"strings"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Options configure an Authenticator.
type Options struct {
	// Config is a checked configuration; nil for none.
	Config *configv1.Auth
	// ClientCertificates reports whether a port asks for client certificates.
	ClientCertificates bool
	// Log receives a line when Enlist cannot read the keys of the token issuer.
	Log *slog.Logger
}

// Authenticator authenticates callers. It is safe for concurrent use.
type Authenticator struct {
	keys         apiKeys
	tokens       *tokens // nil for none
	certificates certificates
	missing      error // the error for a request without credentials; nil if it needs none
}

// New returns an Authenticator. If neither the configuration nor a port requires credentials,
// every caller is Anonymous.
func New(options Options) (*Authenticator, error) {
	keys, err := newAPIKeys(options.Config.GetApiKeys())
	if err != nil {
		return nil, err
	}
	a := &Authenticator{keys: keys, certificates: newCertificates(options.Config.GetClientCertificates())}
	var ways []string
	if len(keys) > 0 {
		ways = append(ways, "an API key as `authorization: Bearer …`")
	}
	if jwt := options.Config.GetJwt(); jwt != nil {
		a.tokens = newTokens(jwt, options.Log)
		ways = append(ways, "a token of the configured issuer as `authorization: Bearer …`")
	}
	if options.ClientCertificates {
		ways = append(ways, "a client certificate when you connect")
	}
	if len(ways) > 0 || options.Config != nil {
		a.missing = &providers.Error{
			Reason:  enlistv1.ErrorReason_CREDENTIALS_MISSING,
			Message: "The call has no credentials. Send " + strings.Join(ways, ", or ") + ".",
		}
	}
	return a, nil
}

// Run keeps the keys of the token issuer up to date until the context ends.
func (a *Authenticator) Run(ctx context.Context) {
	if a.tokens != nil {
		a.tokens.keys.run(ctx)
	}
}

// AsksNobody reports whether the server requires no credentials.
func (a *Authenticator) AsksNobody() bool { return a.missing == nil }

// Authenticate returns the caller. It uses the values of the authorization header, and the
// verified client certificate of the connection, which may be nil. The error is an
// *providers.Error.
func (a *Authenticator) Authenticate(ctx context.Context, authorization []string, certificate *x509.Certificate) (*Caller, error) {
	switch {
	case a.AsksNobody():
		return Anonymous(), nil
	case len(authorization) > 0:
		return a.bearer(ctx, authorization)
	case certificate != nil:
		return a.certificates.caller(certificate)
	}
	return nil, a.missing
}

func (a *Authenticator) bearer(ctx context.Context, authorization []string) (*Caller, error) {
	text, err := bearer(authorization)
	if err != nil {
		return nil, err
	}
	if caller := a.keys.find(text); caller != nil {
		return caller, nil
	}
	if a.tokens != nil && (looksLikeToken(text) || len(a.keys) == 0) {
		return a.tokens.caller(ctx, text)
	}
	return nil, invalid("The credentials of the call are not valid. Send a configured API key" + a.orToken() + ".")
}

func (a *Authenticator) orToken() string {
	if a.tokens == nil {
		return ""
	}
	return ", or a token of the configured issuer"
}
