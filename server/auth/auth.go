package auth

import (
	"context"
	"crypto/x509"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

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
	current  atomic.Pointer[credentials]
	replaced chan struct{} // has a value after Reconfigure, for Run
}

// credentials are the credentials that one configuration accepts. They never change.
type credentials struct {
	keys         apiKeys
	jwks         string  // the URL of the issuer's keys
	tokens       *tokens // nil for none
	certificates certificates
	missing      error // the error for a request without credentials; nil if it needs none
}

// New returns an Authenticator. If neither the configuration nor a port requires credentials,
// every caller is Anonymous.
func New(options Options) (*Authenticator, error) {
	a := &Authenticator{replaced: make(chan struct{}, 1)}
	return a, a.Reconfigure(options)
}

// Reconfigure replaces what New was given. Calls in progress keep their caller and permissions. The
// issuer's keys stay known if their URL is the same. After an error, nothing has changed.
func (a *Authenticator) Reconfigure(options Options) error {
	keys, err := newAPIKeys(options.Config.GetApiKeys())
	if err != nil {
		return err
	}
	before, now := a.current.Load(), &credentials{keys: keys, certificates: newCertificates(options.Config.GetClientCertificates())}
	var ways []string
	if len(keys) > 0 {
		ways = append(ways, "an API key as `authorization: Bearer …`")
	}
	if jwt := options.Config.GetJwt(); jwt != nil {
		now.jwks, now.tokens = jwt.GetJwksUrl(), newTokens(jwt, options.Log)
		if before != nil && before.jwks == now.jwks {
			now.tokens.keys = before.tokens.keys
		}
		ways = append(ways, "a token of the configured issuer as `authorization: Bearer …`")
	}
	if options.ClientCertificates {
		ways = append(ways, "a client certificate when you connect")
	}
	if len(ways) > 0 || options.Config != nil {
		now.missing = &providers.Error{
			Reason:  enlistv1.ErrorReason_CREDENTIALS_MISSING,
			Message: "The call has no credentials. Send " + strings.Join(ways, ", or ") + ".",
		}
	}
	a.current.Store(now)
	if before != nil {
		select {
		case a.replaced <- struct{}{}:
		default: // Run has not yet seen the previous change
		}
	}
	return nil
}

// Run keeps the keys of the token issuer up to date until the context ends.
func (a *Authenticator) Run(ctx context.Context) {
	for ctx.Err() == nil {
		var running sync.WaitGroup
		reading, stop := context.WithCancel(ctx)
		if tokens := a.current.Load().tokens; tokens != nil {
			running.Go(func() { tokens.keys.run(reading) })
		}
		select {
		case <-ctx.Done():
		case <-a.replaced:
		}
		stop()
		running.Wait()
	}
}

// AllowsAnonymous reports whether the server requires no credentials.
func (a *Authenticator) AllowsAnonymous() bool { return a.current.Load().allowsAnonymous() }

// Authenticate returns the caller. It uses the values of the authorization header, and the
// verified client certificate of the connection, which may be nil. The error is an
// *providers.Error.
func (a *Authenticator) Authenticate(ctx context.Context, authorization []string, certificate *x509.Certificate) (*Caller, error) {
	now := a.current.Load()
	switch {
	case now.allowsAnonymous():
		return Anonymous(), nil
	case len(authorization) > 0:
		return now.bearer(ctx, authorization)
	case certificate != nil:
		return now.certificates.caller(certificate)
	}
	return nil, now.missing
}

func (c *credentials) allowsAnonymous() bool { return c.missing == nil }

func (c *credentials) bearer(ctx context.Context, authorization []string) (*Caller, error) {
	text, err := bearer(authorization)
	if err != nil {
		return nil, err
	}
	if caller := c.keys.find(text); caller != nil {
		return caller, nil
	}
	if c.tokens != nil && (looksLikeToken(text) || len(c.keys) == 0) {
		return c.tokens.caller(ctx, text)
	}
	return nil, invalid("The credentials of the call are not valid. Send a configured API key" + c.orToken() + ".")
}

func (c *credentials) orToken() string {
	if c.tokens == nil {
		return ""
	}
	return ", or a token of the configured issuer"
}
