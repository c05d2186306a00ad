package auth

import (
	"crypto/sha256"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// maxProven is how many tokens are remembered.
const maxProven = 10_000

// proven remembers, by their hashes, what tokens say whose signatures were found right, since that costs a hundred times what a look-up
// does. It forgets them when the keys are read again, so that a withdrawn key proves nothing any more. Whether a token has expired is not
// for it to say.
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
