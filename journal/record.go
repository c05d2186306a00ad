package journal

import (
	"time"

	"github.com/google/uuid"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Key identifies a creation. The same request_id of two principals, or at two providers, makes two
// keys.
type Key struct {
	// Principal is the caller's name. It is empty if the caller has no name.
	Principal string
	// Provider is the name of the connection.
	Provider string
	// RequestID is the caller's request_id.
	RequestID uuid.UUID
}

// Record is one creation.
type Record struct {
	Key
	// State is the creation's current state.
	State enlistv1.OperationState
	// Payload holds what Enlist knows about the creation.
	Payload *journalv1.Payload
	// PayloadDropped reports that the retention of the payload is over. Payload then has the outcome
	// alone: no request, no tries, and the response and the failure without their details.
	PayloadDropped bool
	// RequestChanged makes the next Update write Payload.Request, too.
	RequestChanged bool
	// Version changes with every write.
	Version int64
	// Owner is the replica that works on the creation. It is empty if no replica does.
	Owner string
	// Due is when a replica should look up the outcome. Zero means never.
	Due time.Time
	// Created and Updated are the times of acceptance and of the last write.
	Created, Updated time.Time
	// keyID names the key that seals the record in the store; 0 before it is there.
	keyID uint32
	// hasExchanges: the store has exchanges of the record. The next Update replaces them, also if
	// none are left.
	hasExchanges bool
	// Gap is Opened of the latest gap that the writer of state INTENT knows. The journal does not
	// store it.
	Gap time.Time
	// Events lists what has happened to the creation since the last read or write, for metrics. The
	// journal does not store it.
	Events []string
}

// IsOpen reports whether the creation is still in state INTENT or UNKNOWN.
func (r *Record) IsOpen() bool { return isOpen(r.State) }

// Position returns the place of the record in a list.
func (r *Record) Position() *Position {
	return &Position{Created: r.Created, Provider: r.Provider, RequestID: r.RequestID}
}

// written copies the fields that the store has set.
func (r *Record) written(row *Row) {
	r.Version, r.Due, r.Created, r.Updated = row.Version, row.Due, row.Created, row.Updated
	r.keyID, r.RequestChanged = row.KeyID, false
	r.hasExchanges = r.hasExchanges || row.Exchanges != nil
}
