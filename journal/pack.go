package journal

import (
	_ "embed"
	"fmt"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
)

// dictionaryText holds what records have in common. It begins with names of members and fields.
// Then come encoded parts of records: invented customers, created and refused at each vendor of the
// sandbox. The most frequent parts are last, because the compressor prefers what is near.
// Stored records need it, so it never changes. Another one would need a field of its own beside
// Payload.packed.
//
//go:embed dictionary.bin
var dictionaryText []byte

//nolint:gochecknoglobals // a constant
var dictionary = s2.MakeDict(dictionaryText, nil)

// packedField is the number of Payload.packed.
const packedField protowire.Number = 26

// usuallyPacked is the size from which a part usually becomes smaller, in bytes.
const usuallyPacked = 256

// pack compresses an encoded Payload. The result is an encoded Payload, too, with `packed` alone.
// It returns a part that would not become smaller as it is.
//
// A part is compressed before it is encrypted, so its length depends on its content. It holds one
// customer's data and the vendor's response to it, and no secret that a text beside it could help
// to guess: credentials are placeholders. Only who can read the database sees the length.
func pack(plain []byte) []byte {
	if len(plain) < usuallyPacked {
		return plain
	}
	packed := dictionary.Encode(nil, plain)
	size := protowire.SizeTag(packedField) + protowire.SizeBytes(len(packed))
	if size >= len(plain) {
		return plain
	}
	message := make([]byte, 0, size)
	return protowire.AppendBytes(protowire.AppendTag(message, packedField, protowire.BytesType), packed)
}

// unpack adds an encoded Payload to a payload, whether it is packed or not.
func unpack(plain []byte, payload *journalv1.Payload) error {
	merge := proto.UnmarshalOptions{Merge: true}
	if err := merge.Unmarshal(plain, payload); err != nil || payload.GetPacked() == nil {
		return err
	}
	content, err := dictionary.Decode(nil, payload.GetPacked())
	if err != nil {
		return fmt.Errorf("cannot decompress: %w", err)
	}
	payload.Packed = nil
	return merge.Unmarshal(content, payload)
}
