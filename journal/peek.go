package journal

// Peek is what a look at a store that changes nothing has found.
type Peek struct {
	// New says that there are no tables yet: the first start makes them.
	New bool
	// KeyIDs are the keys that rows are sealed with, each once.
	KeyIDs []uint32
	// IndexKey is the index key as it is sealed; nil for none yet.
	IndexKey []byte
}

// CheckKeys returns an error that says what to do when the keys do not open what was found.
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
