package journal

import (
	"bytes"
	"context"
	"slices"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// erased is the state of a tombstone.
const erased = enlistv1.OperationState_OPERATION_STATE_ERASED

// Erase replaces a record by a tombstone. The tombstone keeps the key, the times and the hashes of
// the record, and the erasure. The caller has moved the record to state ERASED. Erase fails with
// ErrConflict if the record has changed since the caller read it.
func (j *Journal) Erase(ctx context.Context, record *Record, from enlistv1.OperationState, erasure *enlistv1.OperationErasure) error {
	before := *record
	before.State = from
	held, err := j.seal(&before) // for the hash of the customer
	if err != nil {
		return err
	}
	payload := record.Payload
	tombstone := &journalv1.Payload{Erasure: erasure, ErasedIds: payload.GetErasedIds()}
	for _, id := range []string{payload.GetCustomerId(), payload.GetExclusiveKey()} {
		if id != "" {
			tombstone.ErasedIds = append(tombstone.GetErasedIds(), j.index.erased(record.Provider, id))
		}
	}
	row := &Row{
		Principal: record.Principal, Provider: record.Provider, RequestID: record.RequestID, State: erased, Version: record.Version,
		Customer: held.Customer,
	}
	if err := j.sealPayload(row, tombstone, false, false); err != nil {
		return err
	}
	if err := j.store.Erase(ctx, row); err != nil {
		return err
	}
	record.State, record.Payload, record.PayloadDropped, record.Owner = erased, tombstone, true, ""
	record.Version, record.keyID, record.Due = row.Version, row.KeyID, row.Due
	return nil
}

// Scrub removes what erased records have left in the files of the store. It says what is left
// where.
func (j *Journal) Scrub(ctx context.Context) (left []string, err error) { return j.store.Scrub(ctx) }

// HasErased reports whether a tombstone is of the customer with exactly this id: its creation wrote
// or adopted the customer, or the caller chose the id for it.
func (j *Journal) HasErased(tombstone *Record, customerID string) bool {
	hash := j.index.erased(tombstone.Provider, customerID)
	return slices.ContainsFunc(tombstone.Payload.GetErasedIds(), func(other []byte) bool { return bytes.Equal(hash, other) })
}

// HasOtherForm reports whether the vendor gave the customer of a creation another id than the key
// of the creation. A tombstone says so, too.
func (j *Journal) HasOtherForm(record *Record) bool {
	if record.State != erased {
		return record.Payload.GetCustomerId() != record.Payload.GetExclusiveKey()
	}
	hashes := record.Payload.GetErasedIds()
	return len(hashes) > 1 && !bytes.Equal(hashes[0], hashes[1])
}
