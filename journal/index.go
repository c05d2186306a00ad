package journal

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"sync"

	"github.com/enlist-dev/enlist/providers/match"
)

const (
	// IndexSecret is the name under which a store keeps the index key, sealed.
	IndexSecret = "index"
	// indexPlace is its associated data.
	indexPlace = "enlist.journal.v1.index"
)

// usualText is what most hashed texts take, in bytes.
const usualText = 128

// index makes the hashes that rows are found by. Its key is made once for each database and never changes, so that a new encryption key
// does not change the hashes; without that key nobody can try names against them.
type index struct{ macs sync.Pool }

func newIndex(key []byte) *index {
	return &index{sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

// exclusive is the hash of what at most one creation may be under way for. Vendors differ in which
// keys they tell apart, so near keys have one hash: to wait for another creation is better than to
// create twice.
func (x *index) exclusive(provider, text string) []byte {
	return x.hash("exclusive", provider, match.Key(text))
}

// customer is the hash of a customer's id. Near ids have one hash.
func (x *index) customer(provider, id string) []byte {
	return x.hash("customer", provider, match.Key(id))
}

// claim is the hash of the key of a creation that may have made its customer, or has adopted one.
func (x *index) claim(provider, exclusiveKey string) []byte {
	return x.hash("claim", provider, match.Key(exclusiveKey))
}

// hash returns nil for an empty text.
func (x *index) hash(kind, provider, text string) []byte {
	if text == "" {
		return nil
	}
	mac := x.macs.Get().(hash.Hash) //nolint:forcetypeassert // it holds nothing else
	defer x.macs.Put(mac)
	mac.Reset()
	mac.Write(appendText(appendText(appendText(make([]byte, 0, usualText), kind), provider), text))
	return mac.Sum(nil)
}

// openIndex reads the index key, which the first to ask has made, and seals it with the first key where it is not.
func openIndex(ctx context.Context, store Store, keys *keys) (*index, error) {
	fresh := make([]byte, sha256.Size)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	initial, err := keys.aead.Encrypt(fresh, []byte(indexPlace))
	if err != nil {
		return nil, fmt.Errorf("journal: cannot encrypt the index key: %w", err)
	}
	for {
		sealed, err := store.Secret(ctx, IndexSecret, initial)
		if err != nil {
			return nil, err
		}
		key, err := openIndexKey(keys, sealed)
		if err != nil {
			return nil, err
		}
		if id, _ := sealedWith(sealed); id == keys.primary {
			return newIndex(key), nil
		}
		anew, err := keys.aead.Encrypt(key, []byte(indexPlace))
		if err != nil {
			return nil, fmt.Errorf("journal: cannot encrypt the index key: %w", err)
		}
		err = store.ReplaceSecret(ctx, IndexSecret, sealed, anew)
		if err == nil {
			return newIndex(key), nil
		}
		if !errors.Is(err, ErrConflict) { // else another replica was first: read what it has written
			return nil, err
		}
	}
}

func openIndexKey(keys *keys, sealed []byte) ([]byte, error) {
	id, ok := sealedWith(sealed)
	if ok {
		if err := keys.check("the index key", id); err != nil {
			return nil, err
		}
		key, err := keys.aead.Decrypt(sealed, []byte(indexPlace))
		if err == nil && len(key) == sha256.Size && !bytes.Equal(key, make([]byte, sha256.Size)) {
			return key, nil
		}
	}
	return nil, errors.New("journal: cannot decrypt the index key: something outside Enlist changed or damaged it. Restore the database from a backup")
}
