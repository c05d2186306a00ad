package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// leeway is how far the issuer's clock and this clock may differ.
const leeway = 30 * time.Second

// tokens checks JSON Web Tokens.
type tokens struct {
	expected    jwt.Expected
	permissions []*configv1.JwtPermission
	keys        *keySet
	proven      proven
}

func newTokens(config *configv1.Jwt, log *slog.Logger) *tokens {
	return &tokens{
		expected:    jwt.Expected{Issuer: config.GetIssuer(), AnyAudience: jwt.Audience{config.GetAudience()}},
		permissions: config.GetPermissions(),
		keys:        newKeySet(config.GetJwksUrl(), log),
	}
}

// algorithms lists the asymmetric algorithms. With a symmetric one, every party that can verify a
// token can also make one.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

// claims are the parts of a token that Enlist reads.
type claims struct {
	jwt.Claims

	Scope scopes `json:"scope"`
	Scp   scopes `json:"scp"`
}

// scopes is a list, or a text with spaces between the scopes. Issuers differ.
type scopes []string

func (s *scopes) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*s = strings.Fields(text)
		return nil
	}
	return json.Unmarshal(data, (*[]string)(s))
}

// looksLikeToken reports whether a text can be a token, which has three parts.
func looksLikeToken(text string) bool { return strings.Count(text, ".") == 2 }

func (t *tokens) caller(ctx context.Context, text string) (*Caller, error) {
	// Load the set before the verification. A set that replaces it counts as another set.
	hash, by := sha256.Sum256([]byte(text)), t.keys.keys.Load()
	said := t.proven.find(hash, by)
	known := said != nil
	if !known {
		var err error
		if said, err = t.prove(ctx, text); err != nil {
			return nil, err
		}
	}
	if err := t.check(said); err != nil {
		return nil, err
	}
	if !known && by != nil {
		t.proven.add(hash, by, said)
	}
	return &Caller{Principal: "jwt:" + said.Subject, grants: t.grants(said)}, nil
}

// prove returns the claims of a token if a key of its issuer verifies it.
func (t *tokens) prove(ctx context.Context, text string) (*claims, error) {
	token, err := jwt.ParseSigned(text, algorithms())
	var algorithm *jose.ErrUnexpectedSignatureAlgorithm
	switch {
	case errors.As(err, &algorithm):
		return nil, invalid("The token of the call has an unsupported signature algorithm (alg). Use RS, PS, ES or EdDSA.")
	case err != nil:
		return nil, invalid("The token of the call is malformed. Send the signed JSON Web Token unchanged.")
	}
	header := token.Headers[0]
	keys, err := t.keys.find(ctx, header.KeyID)
	if err != nil {
		return nil, unavailable(err)
	}
	if len(keys) == 0 {
		return nil, invalid("The issuer does not publish the key that signed the token of the call (kid). Get a new token.")
	}
	for _, key := range keys {
		if key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		var said claims
		var raw json.RawMessage
		if err := token.Claims(key.Key, &raw); err != nil {
			continue
		}
		if err := json.Unmarshal(raw, &said); err != nil {
			return nil, invalid("A claim of the token of the call has the wrong type. Get a token that follows RFC 7519.")
		}
		return &said, nil
	}
	return nil, invalid("The signature of the token of the call is not valid. Send the token unchanged.")
}

func (t *tokens) check(said *claims) error {
	switch err := said.ValidateWithLeeway(t.expected.WithTime(time.Now()), leeway); {
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return invalid("The token of the call is from another issuer (iss). Get a token from the configured issuer.")
	case errors.Is(err, jwt.ErrInvalidAudience):
		return invalid("The token of the call is for another audience (aud). Get a token for the configured audience.")
	case errors.Is(err, jwt.ErrExpired):
		return invalid("The token of the call has expired (exp). Get a new token.")
	case errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return invalid("The token of the call is not valid yet (nbf, iat). Wait, or correct the clocks.")
	case err != nil:
		return invalid("The claims of the token of the call are not valid. Get a new token.")
	case said.Expiry == nil:
		return invalid("The token of the call has no expiry (exp). Get a token with an expiry.")
	case !isName(said.Subject):
		return invalid("The token of the call has no subject (sub, 1 to 255 characters). Get a token with a subject.")
	}
	return nil
}

// grants returns the grants of the entries that match a token.
func (t *tokens) grants(said *claims) []grant {
	if len(t.permissions) == 0 {
		return everything()
	}
	var granted []grant
	for _, entry := range t.permissions {
		scope := entry.GetScope()
		if (entry.GetSubject() == "" || entry.GetSubject() == said.Subject) &&
			(scope == "" || slices.Contains(said.Scope, scope) || slices.Contains(said.Scp, scope)) {
			granted = append(granted, grantOf(entry))
		}
	}
	return granted
}
