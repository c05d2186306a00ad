package journal

import (
	"encoding/binary"
	"fmt"

	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// seal makes the row of a record. The payload becomes ciphertext, and the fields for look-ups
// become hashes.
func (j *Journal) seal(record *Record) (*Row, error) {
	row := &Row{
		Principal: record.Principal,
		Provider:  record.Provider,
		RequestID: record.RequestID,
		State:     record.State,
		Version:   record.Version,
		Exclusive: j.index.exclusive(record.Provider, record.Payload.GetExclusiveKey()),
		Owner:     record.Owner,
		Due:       record.Due,
		Created:   record.Created,
		Updated:   record.Updated,
	}
	switch adopted := record.Payload.GetResponse().GetOutcome() == enlistv1.Outcome_OUTCOME_ADOPTED; {
	case record.State == succeeded && !adopted:
		row.Customer = j.index.customer(record.Provider, record.Payload.GetCustomerId())
	case record.State == succeeded, record.State == needsPerson:
		row.Customer = j.index.claim(record.Provider, record.Payload.GetExclusiveKey())
	}
	return row, j.sealPayload(row, record.Payload)
}

// sealPayload seals a payload with the first key, for this row only.
func (j *Journal) sealPayload(row *Row, payload *journalv1.Payload) error {
	plain, err := proto.Marshal(payload)
	if err != nil { // a vendor's text is not UTF-8; the journal must still record the rest
		payload, _ = proto.Clone(payload).(*journalv1.Payload)
		mendTexts(payload.ProtoReflect())
		plain, err = proto.Marshal(payload)
	}
	if err != nil {
		return fmt.Errorf("journal: cannot encode %s: %w", name(row), err)
	}
	sealed, err := j.keys.aead.Encrypt(plain, place(row))
	if err != nil {
		return fmt.Errorf("journal: cannot encrypt %s: %w", name(row), err)
	}
	row.KeyID, row.Payload = j.keys.primary, sealed
	return nil
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
		Key:     Key{Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID},
		State:   row.State,
		Payload: payload,
		Version: row.Version,
		Owner:   row.Owner,
		Due:     row.Due,
		Created: row.Created,
		Updated: row.Updated,
	}, nil
}

func (j *Journal) openPayload(row *Row) (*journalv1.Payload, error) {
	if err := j.keys.check(name(row), row.KeyID); err != nil {
		return nil, err
	}
	plain, err := j.keys.aead.Decrypt(row.Payload, place(row))
	if err != nil { // Tink's error adds nothing
		return nil, fmt.Errorf("journal: cannot decrypt %s with its key %s: something outside Enlist changed or damaged it. "+
			"Restore it from a backup", name(row), formatKeyID(row.KeyID))
	}
	payload := &journalv1.Payload{}
	if err := proto.Unmarshal(plain, payload); err != nil {
		return nil, fmt.Errorf("journal: cannot decode %s: another version of Enlist wrote it. Use that version", name(row))
	}
	return payload, nil
}

// place returns the associated data of a row's payload. A ciphertext in another row does not open.
// The lengths separate the principal from the provider.
func place(row *Row) []byte {
	data := appendText([]byte("enlist.journal.v1.Payload"), row.Principal)
	data = appendText(data, row.Provider)
	return append(data, row.RequestID[:]...)
}

// appendText appends a text's length, then the text.
func appendText(data []byte, text string) []byte {
	data = binary.BigEndian.AppendUint64(data, uint64(len(text)))
	return append(data, text...)
}

// name returns the row's name in errors. Only the row's key is not sealed.
func name(row *Row) string {
	return fmt.Sprintf("the record of request_id %s at provider %q", row.RequestID, row.Provider)
}
