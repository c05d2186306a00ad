// Package authtest makes credentials for tests: an issuer of tokens, and an authority for
// certificates.
//
// Only tests import it.
package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Issuer signs tokens and publishes its keys. It is an http.Handler for its JSON Web Key Set.
type Issuer struct {
	mu    sync.Mutex
	keys  []jose.JSONWebKey // private; the last one signs
	down  bool
	reads int
}

// NewIssuer makes an issuer with one key.
func NewIssuer(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{}
	i.Rotate(t)
	return i
}

// Rotate adds a key, which signs from then on.
func (i *Issuer) Rotate(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.Add(jose.JSONWebKey{Key: key, Algorithm: string(jose.ES256), Use: "sig"})
}

// Add adds a key of any kind, which signs from then on.
func (i *Issuer) Add(key jose.JSONWebKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	key.KeyID = fmt.Sprintf("key-%d", len(i.keys)+1)
	i.keys = append(i.keys, key)
}

// Down makes the issuer respond to no request, or respond again.
func (i *Issuer) Down(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// Reads returns the number of times that its keys were read.
func (i *Issuer) Reads() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.reads
}

// Key returns the key that signs.
func (i *Issuer) Key() jose.JSONWebKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys[len(i.keys)-1]
}

func (i *Issuer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.reads++
	if i.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var set jose.JSONWebKeySet
	for _, key := range i.keys {
		set.Keys = append(set.Keys, key.Public())
	}
	_ = json.NewEncoder(w).Encode(set)
}

// Claims returns the claims of a valid token for "jo", which expires in an hour.
func Claims() map[string]any {
	now := time.Now()
	return map[string]any{
		"iss": "https://issuer.example", "aud": "enlist", "sub": "jo", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
}

// Token signs the claims of Claims with changes. A nil value removes a claim.
func (i *Issuer) Token(t testing.TB, changes map[string]any) string {
	t.Helper()
	claims := Claims()
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	key := i.Key()
	return Sign(t, jose.SignatureAlgorithm(key.Algorithm), key.Key, key.KeyID, claims)
}

// Sign signs claims with any key and any key id.
func Sign(t testing.TB, algorithm jose.SignatureAlgorithm, key any, id string, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	if id != "" {
		options = options.WithHeader("kid", id)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
