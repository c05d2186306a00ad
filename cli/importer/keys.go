package importer

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// digest stands for a key in memory.
type digest [16]byte

func digestOf(key string) digest {
	sum := sha256.Sum256([]byte(key))
	return digest(sum[:len(digest{})])
}

// requestIDOf returns the request_id of a try of a row. It is the same in every version.
func requestIDOf(provider, importID, key string, try int) string {
	space := uuid.NewSHA1(uuid.NameSpaceOID, []byte("enlist import"))
	return uuid.NewSHA1(space, fmt.Appendf(nil, "%d\x00%s\x00%s\x00%s", try, provider, importID, key)).String()
}

// ofContent says in the file of results that the content of a row is its key.
const ofContent = "content"

// contentPrefix begins a key that is made of the content of a row.
const contentPrefix = "row-"

// keyOf returns the key of a row: the one that a file of rejects has, the cell of the key column,
// or a hash of all cells. It is empty if the key column is.
func (c *columns) keyOf(row *Row, byContent bool) string {
	if noted := value(row, c.noted); noted != "" {
		return noted
	}
	if !byContent {
		return value(row, c.key)
	}
	cells := make([]string, 0, len(row.Values))
	for i, text := range row.Values {
		if text != "" && !isNote(c.source.columns[i]) {
			cells = append(cells, c.source.columns[i]+"\x00"+text+"\x00")
		}
	}
	slices.Sort(cells)
	sum := sha256.Sum256([]byte(strings.Join(cells, "\x00")))
	return contentPrefix + hex.EncodeToString(sum[:16])
}

// contentOf returns a hash of what a row sets, without secrets, and without what says how to create
// a customer: who adds on_existing changes no row.
func (c *columns) contentOf(row *Row) string {
	hash := sha256.New()
	for i := range c.targets {
		t := &c.targets[i]
		if text := t.textIn(row); text != "" && !t.isSecret && !t.saysHow() {
			_, _ = fmt.Fprintf(hash, "%s\x00%d\x00%s\x00", t.name, len(text), text)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// known is what the file of results says of a key.
type known struct {
	key               digest
	content           [8]byte
	created, rejected bool
}

// has reports whether the row had that content, as contentOf returns it.
func (k *known) has(content string) bool { return hex.EncodeToString(k.content[:]) == content }

// knownKeys is sorted by key.
type knownKeys []known

// sorted sorts the keys, and keeps of equal ones the one that was created, or else the latest.
func (k knownKeys) sorted() knownKeys {
	slices.SortStableFunc(k, func(a, b known) int {
		if byKey := bytes.Compare(a.key[:], b.key[:]); byKey != 0 || a.created == b.created {
			return byKey
		}
		if a.created {
			return 1
		}
		return -1
	})
	kept := k[:0]
	for i := range k {
		if i+1 == len(k) || k[i].key != k[i+1].key {
			kept = append(kept, k[i])
		}
	}
	return kept
}

func (k knownKeys) find(key digest) (known, bool) {
	at, found := slices.BinarySearchFunc(k, key, func(a known, key digest) int { return bytes.Compare(a.key[:], key[:]) })
	if !found {
		return known{}, false
	}
	return k[at], true
}

// place is where a key is in the file.
type place struct {
	key  digest
	line uint32
}

// places has the key of each row.
type places []place

// twice returns the lines of each key that several rows have.
func (p places) twice() map[digest][]uint32 {
	slices.SortFunc(p, func(a, b place) int { return cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.line, b.line)) })
	found := map[digest][]uint32{}
	for i := 1; i < len(p); i++ {
		if p[i].key != p[i-1].key {
			continue
		}
		if len(found[p[i].key]) == 0 {
			found[p[i].key] = append(found[p[i].key], p[i-1].line)
		}
		found[p[i].key] = append(found[p[i].key], p[i].line)
	}
	return found
}
