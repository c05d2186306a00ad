package auth

import (
	"crypto/sha256"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// maxProven bounds the number of remembered tokens.
const maxProven = 10_000

// proven remembers the claims of tokens with a verified signature, by the hash of the token.
// Verification costs a hundred times as much as a look-up here. When Enlist reads the keys again,
// proven forgets all tokens, so that a withdrawn key proves nothing. proven does not check
// whether a token has expired.
type proven struct {
	mu   sync.Mutex
	by   *jose.JSONWebKeySet
	said map[[sha256.Size]byte]*claims
}

func (p *proven) find(hash [sha256.Size]byte, by *jose.JSONWebKeySet) *claims {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by != by {
		return nil
	}
	return p.said[hash]
}

func (p *proven) add(hash [sha256.Size]byte, by *jose.JSONWebKeySet, said *claims) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by != by || len(p.said) >= maxProven {
		p.by, p.said = by, map[[sha256.Size]byte]*claims{}
	}
	p.said[hash] = said
}
