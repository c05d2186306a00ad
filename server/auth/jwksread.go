package auth

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/go-jose/go-jose/v4"
)

const (
	// maxSet is the size of the largest set, in bytes.
	maxSet = 1 << 20
	// minRSA is the least size of an RSA key, in bits (RFC 7518).
	minRSA = 2048
)

// read takes no context of a call, since other calls wait for it too.
func (s *keySet) read() error {
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, http.NoBody)
	if err != nil {
		return errors.New("the URL is not valid")
	}
	request.Header.Set("Accept", "application/json")
	answer, err := s.client.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) { // without the URL, which may hold a secret
			return failed.Err
		}
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the response has HTTP status %d, not 200", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxSet+1))
	if err != nil {
		return err
	}
	if len(text) > maxSet {
		return errors.New("the response is larger than 1 MiB")
	}
	keys, err := keysOf(text)
	if err != nil {
		return err
	}
	s.keys.Store(keys)
	return nil
}

// keysOf returns the keys of a set that can verify signatures. It ignores the others, as the
// standard says.
func keysOf(text []byte) (*jose.JSONWebKeySet, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errors.New("the response is not a JSON Web Key Set")
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && key.IsPublic() && key.Valid() && (key.Use == "" || key.Use == "sig") && !isWeak(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the response has no public key for signatures")
	}
	return &jose.JSONWebKeySet{Keys: keys}, nil
}

func isWeak(key jose.JSONWebKey) bool {
	public, isRSA := key.Key.(*rsa.PublicKey)
	return isRSA && public.N.BitLen() < minRSA
}
