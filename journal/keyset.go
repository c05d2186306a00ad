package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// KeySize is the length of a key in bytes: AES-256.
const KeySize = 32

// KeyID names a key in records, logs and errors: the first bytes of its SHA-256, so that it is the same wherever the key is configured.
// Of the key it says nothing that helps to find it.
func KeyID(key []byte) uint32 {
	sum := sha256.Sum256(key)
	for id := sum[:]; len(id) >= 4; id = id[4:] {
		if n := binary.BigEndian.Uint32(id); n != 0 { // Tink's zero means none
			return n
		}
	}
	return 1
}

// keys seal with the first of them, and open with all.
type keys struct {
	aead    tink.AEAD
	primary uint32
	ids     []uint32 // all, the primary first
}

// newKeys makes one keyset of raw keys.
func newKeys(raw [][]byte) (*keys, error) {
	if len(raw) == 0 {
		return nil, fmt.Errorf("journal: %s is empty. Add a key", setting)
	}
	parameters, err := aesgcm.NewParameters(aesgcm.ParametersOpts{
		KeySizeInBytes: KeySize, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink,
	})
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	k := &keys{primary: KeyID(raw[0])}
	manager := keyset.NewManager()
	for i, key := range raw {
		if len(key) != KeySize {
			return nil, fmt.Errorf("journal: key %d of %s has %d bytes and must have %d", i+1, setting, len(key), KeySize)
		}
		id := KeyID(key)
		if first := slices.Index(k.ids, id); first >= 0 {
			return nil, fmt.Errorf("journal: keys %d and %d of %s are equal or have the same id %s. Remove or replace one of them",
				first+1, i+1, setting, formatKeyID(id))
		}
		k.ids = append(k.ids, id)
		entry, err := aesgcm.NewKey(secretdata.NewBytesFromData(key, insecuresecretdataaccess.Token{}), id, parameters)
		if err != nil {
			return nil, fmt.Errorf("journal: key %d of %s: %w", i+1, setting, err)
		}
		if _, err := manager.AddKey(entry); err != nil {
			return nil, fmt.Errorf("journal: key %d of %s: %w", i+1, setting, err)
		}
	}
	if err := manager.SetPrimary(k.primary); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if k.aead, err = aead.New(handle); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return k, nil
}

// setting is where the operator keeps the keys.
const setting = "journal.encryption_keys"

// check returns an error that says what to do when a key is not configured that something is sealed with.
func (k *keys) check(what string, id uint32) error {
	if slices.Contains(k.ids, id) {
		return nil
	}
	configured := make([]string, len(k.ids))
	for i, id := range k.ids {
		configured[i] = formatKeyID(id)
	}
	return fmt.Errorf("journal: cannot decrypt %s: key %s is not configured (configured: %s). "+
		"Add that key to %s again, after the first key if it must no longer encrypt", what, formatKeyID(id), strings.Join(configured, ", "), setting)
}

// sealedWith returns the id of the key that a ciphertext says it is sealed with: Tink's prefix is a 1 and the id.
func sealedWith(ciphertext []byte) (id uint32, ok bool) {
	if len(ciphertext) < 5 || ciphertext[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(ciphertext[1:5]), true
}

func formatKeyID(id uint32) string { return fmt.Sprintf("%08x", id) }
