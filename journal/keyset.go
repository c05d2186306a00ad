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

// KeySize is the length of an AES-256 key in bytes.
const KeySize = 32

// KeyID names a key in records, logs and errors. It is the first bytes of the key's SHA-256, so it
// is the same wherever the operator configures the key. It does not help anyone to find the key.
func KeyID(key []byte) uint32 {
	sum := sha256.Sum256(key)
	for id := sum[:]; len(id) >= 4; id = id[4:] {
		if n := binary.BigEndian.Uint32(id); n != 0 { // in Tink, zero means no id
			return n
		}
	}
	return 1
}

// keys seals with the first key and opens with all keys.
type keys struct {
	aead    tink.AEAD
	primary uint32
	ids     []uint32 // all ids, the primary first
}

// newKeys builds one keyset from raw keys.
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

// setting is the name of the setting that holds the keys.
const setting = "journal.encryption_keys"

// MissingKey is the error of a key that seals something and is not configured.
type MissingKey struct {
	// ID names the key.
	ID uint32

	text string
}

// Error says what the key seals, and what to do.
func (m *MissingKey) Error() string { return m.text }

// check returns an error if a key that seals something is not configured. The error says what to
// do.
func (k *keys) check(what string, id uint32) error {
	if slices.Contains(k.ids, id) {
		return nil
	}
	configured := make([]string, len(k.ids))
	for i, id := range k.ids {
		configured[i] = formatKeyID(id)
	}
	return &MissingKey{id, fmt.Sprintf("journal: cannot decrypt %s: key %s is not configured (configured: %s). "+
		"Add that key to %s again, after the first key if it must no longer encrypt", what, formatKeyID(id), strings.Join(configured, ", "), setting)}
}

// sealedWith returns the id of the key that sealed a ciphertext. Tink's prefix is the byte 1, then
// the id.
func sealedWith(ciphertext []byte) (id uint32, ok bool) {
	if len(ciphertext) < 5 || ciphertext[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(ciphertext[1:5]), true
}

func formatKeyID(id uint32) string { return fmt.Sprintf("%08x", id) }
