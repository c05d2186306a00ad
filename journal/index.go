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
	// IndexSecret is the name under which a store keeps the sealed index key.
	IndexSecret = "index"
	// indexPlace is the associated data of the index key.
	indexPlace = "enlist.journal.v1.index"
)

// usualText is the usual size of a hashed text, in bytes.
const usualText = 128

// index computes the hashes that find rows. A database gets its index key once, and the key never
// changes. So a new encryption key does not change the hashes. An attacker without the index key
// cannot test guessed names against the hashes.
type index struct{ macs sync.Pool }

func newIndex(key []byte) *index {
	return &index{sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

// exclusive returns the hash for which at most one creation may be in progress. Vendors differ in
// which keys they treat as equal, so nearly equal keys share one hash. Waiting for another creation
// is better than a duplicate. A creation without a key has a hash of its own.
func (x *index) exclusive(key Key, text string) []byte {
	if text == "" {
		return x.hash("operation", key.Provider, key.Principal+"\x00"+key.RequestID.String())
	}
	return x.keyed(key.Provider, text)
}

// keyed returns the hash of a creation's key.
func (x *index) keyed(provider, text string) []byte {
	return x.hash("exclusive", provider, normal(text))
}

// customer returns the hash of a customer's id. Nearly equal ids share one hash.
func (x *index) customer(provider, id string) []byte {
	return x.hash("customer", provider, normal(id))
}

// claim returns the hash of a creation's key. It is for a creation that may have written its
// customer, or has adopted one.
func (x *index) claim(provider, exclusiveKey string) []byte {
	return x.hash("claim", provider, normal(exclusiveKey))
}

// chosen returns the hash of a creation's key. It is for a creation that ended without a customer.
// Only lists look for it.
func (x *index) chosen(provider, exclusiveKey string) []byte {
	return x.hash("chosen", provider, normal(exclusiveKey))
}

// everyHash returns all hashes under which a store keeps the creations of a customer id.
func (x *index) everyHash(provider, id string) [][]byte {
	return [][]byte{x.keyed(provider, id), x.customer(provider, id), x.claim(provider, id), x.chosen(provider, id)}
}

// erased returns the hash of an id in a tombstone. Only equal ids share it.
func (x *index) erased(provider, id string) []byte {
	return x.hash("erased", provider, id)
}

// normal returns the form of a text that nearly equal texts share. A text of which nothing is left,
// such as an accent alone, is nearly equal to no other.
func normal(text string) string {
	if key := match.Key(text); key != "" || text == "" {
		return key
	}
	return "\x00" + text
}

// hash returns nil if the text is empty.
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

// openIndex reads the index key. The first caller generates it. openIndex seals the index key again
// if the first encryption key does not seal it yet.
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
		if !errors.Is(err, ErrConflict) { // on a conflict, read what the other replica wrote
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
