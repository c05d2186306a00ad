package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// apiKeys are the accepted API keys. They hold only hashes of the keys.
type apiKeys []apiKey

type apiKey struct {
	hash   [sha256.Size]byte
	caller *Caller
}

func newAPIKeys(configured []*configv1.ApiKey) (apiKeys, error) {
	keys := make(apiKeys, len(configured))
	for i, key := range configured {
		hash, err := hex.DecodeString(key.GetSha256())
		if err != nil || len(hash) != sha256.Size {
			return nil, errors.New("auth.api_keys: sha256 must have 64 hexadecimal digits")
		}
		copy(keys[i].hash[:], hash)
		keys[i].caller = &Caller{Principal: key.GetName(), grants: []grant{grantOf(key)}}
	}
	return keys, nil
}

// find returns the caller of a key, or nil if the key is unknown. It compares every key to the
// last byte. So the time of the comparison shows neither which key matches nor how much of it.
func (k apiKeys) find(key string) *Caller {
	hash := sha256.Sum256([]byte(key))
	at := -1
	for i := range k {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(k[i].hash[:], hash[:]), i, at)
	}
	if at < 0 {
		return nil
	}
	return k[at].caller
}
