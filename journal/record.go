package journal

import (
	"time"

	"github.com/google/uuid"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Key names a create. The same request_id of two principals, or at two providers, names two.
type Key struct {
	// Principal is who called; empty for callers without a name.
	Principal string
	// Provider is the name of the connection.
	Provider string
	// RequestID is the caller's.
	RequestID uuid.UUID
}

// Record is one create.
type Record struct {
	Key
	// State is where it stands.
	State enlistv1.OperationState
	// Payload is what is known of it.
	Payload *journalv1.Payload
	// Version changes with every write.
	Version int64
	// Owner is the replica at work on it; empty for none.
	Owner string
	// Due is when somebody should look into it; zero for never.
	Due time.Time
	// Created and Updated are when it was accepted and last written.
	Created, Updated time.Time
	// Events are what has happened to it since it was read or last written, for whoever counts. They are not stored.
	Events []string
}

// IsOpen reports whether the create has not ended: it is in state INTENT or UNKNOWN.
func (r *Record) IsOpen() bool { return isOpen(r.State) }

// written notes what the store has set.
func (r *Record) written(row *Row) {
	r.Version, r.Due, r.Created, r.Updated = row.Version, row.Due, row.Created, row.Updated
}
