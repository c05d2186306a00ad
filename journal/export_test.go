package journal

import (
	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
)

// SealEarlier seals a payload as the earlier format did.
func SealEarlier(key []byte, row *Row, payload *journalv1.Payload) ([]byte, error) {
	keys, err := newKeys([][]byte{key})
	if err != nil {
		return nil, err
	}
	plain, err := proto.Marshal(payload)
	if err != nil {
		return nil, err
	}
	return keys.aead.Encrypt(plain, earlierPlace(row))
}
