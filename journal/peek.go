package journal

// Peek is the result of a read-only look-up in a store.
type Peek struct {
	// New reports that the store has no tables yet. The first start creates them.
	New bool
	// KeyIDs lists the keys that seal rows, each once.
	KeyIDs []uint32
	// IndexKey is the sealed index key, or nil if the store has none yet.
	IndexKey []byte
	// Lost says why the next start opens a gap. It is empty if it opens none.
	Lost string
	// Gap is the latest gap.
	Gap Gap
}

// CheckKeys returns an error if the keys do not open what Peek found. The error says what to do.
func (p *Peek) CheckKeys(raw [][]byte) error {
	keys, err := newKeys(raw)
	if err != nil {
		return err
	}
	if p.IndexKey != nil {
		if _, err := openIndexKey(keys, p.IndexKey); err != nil {
			return err
		}
	}
	for _, id := range p.KeyIDs {
		if err := keys.check("some records", id); err != nil {
			return err
		}
	}
	return nil
}
