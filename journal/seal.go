package journal

import (
	"encoding/binary"
	"fmt"

	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// seal makes the row of a record. What the record holds becomes ciphertext, and the fields for
// look-ups become hashes.
func (j *Journal) seal(record *Record) (*Row, error) {
	row := &Row{
		Principal: record.Principal,
		Provider:  record.Provider,
		RequestID: record.RequestID,
		State:     record.State,
		Version:   record.Version,
		Owner:     record.Owner,
		Due:       record.Due,
		Created:   record.Created,
		Updated:   record.Updated,
		Gap:       record.Gap,
	}
	payload := record.Payload
	if row.IsOpen() {
		row.Exclusive = j.index.exclusive(record.Key, payload.GetExclusiveKey())
	}
	switch adopted := payload.GetResponse().GetOutcome() == enlistv1.Outcome_OUTCOME_ADOPTED; {
	case record.State == succeeded && !adopted:
		row.Customer = j.index.customer(record.Provider, payload.GetCustomerId())
	case record.State == succeeded, record.State == needsPerson:
		row.Customer = j.index.claim(record.Provider, payload.GetExclusiveKey())
	case record.State == failed, record.State == notSent:
		row.Customer = j.index.chosen(record.Provider, payload.GetExclusiveKey())
	}
	// One key seals all parts. So a record of another key gets its request sealed again, too.
	held, isNewKey := !record.PayloadDropped, record.keyID != j.keys.primary
	return row, j.sealPayload(row, payload, held && (isNewKey || record.RequestChanged), held && (record.hasExchanges || hasExchanges(payload)))
}

// sealPayload seals a payload with the first key, for this row only. It leaves Request and
// Exchanges unset unless they are wanted.
func (j *Journal) sealPayload(row *Row, payload *journalv1.Payload, withRequest, withExchanges bool) (err error) {
	outcome, request, exchanges := split(payload)
	row.KeyID = j.keys.primary
	if row.Outcome, err = j.sealPart(row, outcome, outcomePlace(row)); err != nil {
		return err
	}
	if withRequest {
		if row.Request, err = j.sealPart(row, request, place("Request", row)); err != nil {
			return err
		}
	}
	if withExchanges {
		row.Exchanges, err = j.sealPart(row, exchanges, place("Exchanges", row))
	}
	return err
}

// sealPart encrypts one part of a payload, for one place.
func (j *Journal) sealPart(row *Row, part *journalv1.Payload, at []byte) ([]byte, error) {
	plain, err := proto.Marshal(part)
	if err != nil { // a vendor's text is not UTF-8; the journal must still record the rest
		part, _ = proto.Clone(part).(*journalv1.Payload)
		mendTexts(part.ProtoReflect())
		plain, err = proto.Marshal(part)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: cannot encode %s: %w", name(row), err)
	}
	sealed, err := j.keys.aead.Encrypt(pack(plain), at)
	if err != nil {
		return nil, fmt.Errorf("journal: cannot encrypt %s: %w", name(row), err)
	}
	return sealed, nil
}

// open makes the record of a row, or returns nil for a nil row. Its error names the row and the
// key, and says what to do.
func (j *Journal) open(row *Row) (*Record, error) {
	if row == nil {
		return nil, nil
	}
	payload, err := j.openPayload(row)
	if err != nil {
		return nil, err
	}
	return &Record{
		Key:            Key{Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID},
		State:          row.State,
		Payload:        payload,
		PayloadDropped: row.Request == nil,
		Version:        row.Version,
		Owner:          row.Owner,
		keyID:          row.KeyID,
		hasExchanges:   row.Exchanges != nil,
		Due:            row.Due,
		Created:        row.Created,
		Updated:        row.Updated,
	}, nil
}

func (j *Journal) openPayload(row *Row) (*journalv1.Payload, error) {
	payload := &journalv1.Payload{}
	if err := j.openPart(row, row.Outcome, outcomePlace(row), payload); err != nil {
		return nil, err
	}
	payload.Padding = nil
	if row.Request != nil {
		if err := j.openPart(row, row.Request, place("Request", row), payload); err != nil {
			return nil, err
		}
	}
	if row.Exchanges != nil {
		if err := j.openPart(row, row.Exchanges, place("Exchanges", row), payload); err != nil {
			return nil, err
		}
	}
	if err := join(payload); err != nil {
		return nil, undecodable(row, err)
	}
	return payload, nil
}

// openPart decrypts a part of a row and adds it to the payload.
func (j *Journal) openPart(row *Row, sealed, at []byte, payload *journalv1.Payload) error {
	if err := j.keys.check(name(row), row.KeyID); err != nil {
		return err
	}
	plain, err := j.keys.aead.Decrypt(sealed, at)
	if err != nil { // Tink's error adds nothing
		return fmt.Errorf("journal: cannot decrypt %s with its key %s: something outside Enlist changed or damaged it. "+
			"Restore it from a backup", name(row), formatKeyID(row.KeyID))
	}
	if err := unpack(plain, payload); err != nil {
		return undecodable(row, err)
	}
	return nil
}

// undecodable says why a part that was decrypted cannot be decoded. The cause has no text of it.
func undecodable(row *Row, cause error) error {
	return fmt.Errorf("journal: cannot decode %s: %w. If another version of Enlist wrote it, use that version", name(row), cause)
}

// place returns the associated data of a part of a row. A ciphertext in another row does not open.
// The lengths separate the principal from the provider.
func place(part string, row *Row) []byte {
	data := make([]byte, 0, usualPlace)
	data = appendText(append(data, "enlist.journal.v2."...), part)
	data = appendText(data, row.Principal)
	data = appendText(data, row.Provider)
	return append(data, row.RequestID[:]...)
}

// outcomePlace also binds the state and the hashes. A row whose columns were changed does not open.
func outcomePlace(row *Row) []byte {
	data := binary.BigEndian.AppendUint32(place("Outcome", row), uint32(row.State)) //nolint:gosec // an enum
	data = appendText(data, string(row.Exclusive))
	return appendText(data, string(row.Customer))
}

// usualPlace is enough for most places, in bytes.
const usualPlace = 256

// appendText appends a text's length, then the text.
func appendText(data []byte, text string) []byte {
	data = binary.BigEndian.AppendUint64(data, uint64(len(text)))
	return append(data, text...)
}

// name returns the row's name in errors. Only the row's key is not sealed.
func name(row *Row) string {
	return fmt.Sprintf("the record of request_id %s at provider %q", row.RequestID, row.Provider)
}
