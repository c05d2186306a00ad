package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Row is a record as a store keeps it.
type Row struct {
	// Principal, Provider and RequestID are the key.
	Principal, Provider string
	RequestID           uuid.UUID
	// State is the state of the operation.
	State enlistv1.OperationState
	// Version is 1 when the row is inserted and grows by one with each update. The store sets it.
	Version int64
	// Exclusive is a hash that at most one open row may have. nil excludes nothing. A row is open
	// in state INTENT or UNKNOWN.
	Exclusive []byte
	// Customer is a hash. Once the creation has written the customer, it covers the provider and
	// customer id. If the creation awaits a person or has adopted a customer, it covers the
	// provider and key. Otherwise it is nil.
	Customer []byte
	// Owner is the replica that works on the row. It is empty if no replica does.
	Owner string
	// Due is when a replica should look up the outcome. Zero means never. Only open rows have a due
	// time.
	Due time.Time
	// Created and Updated are when the row was inserted and last replaced. The store sets them.
	Created, Updated time.Time
	// KeyID names the key that seals Payload.
	KeyID uint32
	// Payload is ciphertext.
	Payload []byte
}

// IsOpen reports whether the creation has not ended.
func (r *Row) IsOpen() bool { return isOpen(r.State) }

func isOpen(state enlistv1.OperationState) bool {
	return state == enlistv1.OperationState_OPERATION_STATE_INTENT || state == enlistv1.OperationState_OPERATION_STATE_UNKNOWN
}

var (
	// ErrConflict is the error of an update whose row has another version by now, or no longer
	// exists.
	ErrConflict = errors.New("journal: another writer changed the record")
	// ErrBusy is the conflict of an update that would open a row while another open row has the
	// same Exclusive. The caller cannot resolve it by reading the row again.
	ErrBusy = fmt.Errorf("%w: another open record is for the same customer", ErrConflict)
	// ErrInUse is the error of opening an SQLite file that another process has open.
	ErrInUse = errors.New("journal: another process uses the database")
)

// Store keeps rows. It is safe for concurrent use. When a method returns without an error, its
// change is durable. After an error, the change may or may not be durable. Times come from the
// store's own clock: the machine's, or the database server's.
type Store interface {
	// Insert adds a row with an owner and no due time. If the key is taken, Insert changes nothing
	// and returns that row as existing. If an open row has the same Exclusive, it changes nothing
	// and returns that row as busy.
	Insert(context.Context, *Row) (existing, busy *Row, err error)

	// Get returns the row of a key, or nil if no row has it.
	Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*Row, error)

	// Update replaces State, Exclusive, Customer, Owner, KeyID and Payload of the row with the same
	// key and Version. It fails with ErrConflict or ErrBusy. The row becomes due after the given
	// time, or never if that time is negative. On success, Update sets the row's new Version, Due
	// and Updated.
	Update(ctx context.Context, row *Row, due time.Duration) error

	// Claim makes a replica the owner of rows that no living replica owns. It returns each row with
	// its new version. It claims rows in state UNKNOWN that are due, and rows in state INTENT. The
	// calling replica counts as alive. Claim skips rows that another replica claims at the same
	// moment.
	Claim(ctx context.Context, replica string, limit int) ([]*Row, error)

	// Take makes a replica the owner of the open row with that key and Version. It returns the row
	// with its new version. It returns nil if another living replica owns the row, or if the row
	// has another version by now.
	Take(ctx context.Context, row *Row, replica string) (*Row, error)

	// FindOpen returns the open row with that Exclusive, or nil if no open row has it.
	FindOpen(ctx context.Context, exclusive []byte) (*Row, error)

	// FindCustomer returns up to limit rows with that Customer, newest first.
	FindCustomer(ctx context.Context, customer []byte, limit int) ([]*Row, error)

	// List returns rows, newest first.
	List(ctx context.Context, query Query) ([]*Row, error)

	// Count counts the rows in state UNKNOWN or NEEDS_PERSON. It stops at the limit.
	Count(ctx context.Context, state enlistv1.OperationState, limit int) (int, error)

	// Purge deletes up to limit rows, oldest first, and returns their number. It deletes rows that
	// are not open and whose insert and last update are older than the age. It keeps rows in state
	// NEEDS_PERSON.
	Purge(ctx context.Context, age time.Duration, limit int) (int, error)

	// KeyIDs returns the keys that seal rows, each once. It does not read all rows.
	KeyIDs(context.Context) ([]uint32, error)

	// SealedWith returns up to limit rows that a key seals.
	SealedWith(ctx context.Context, keyID uint32, limit int) ([]*Row, error)

	// Reseal replaces only KeyID and Payload of the row with the same key and Version. The Version
	// stays. Reseal fails with ErrConflict.
	Reseal(context.Context, *Row) error

	// Secret returns the value stored under a name. If the name has no value yet, Secret first
	// stores the given one.
	Secret(ctx context.Context, name string, initial []byte) ([]byte, error)

	// ReplaceSecret replaces the value under a name if it still equals the old one. Otherwise it
	// fails with ErrConflict.
	ReplaceSecret(ctx context.Context, name string, old, value []byte) error

	// Beat records that a replica is alive for the given time from now. If only one process can
	// have the store open, Beat does nothing.
	Beat(ctx context.Context, replica string, alive time.Duration) error

	// Close releases the store.
	Close() error
}

// Query selects rows.
type Query struct {
	// Principal selects one principal's rows. Everybody selects all principals' rows, and then
	// Principal is empty.
	Principal string
	Everybody bool
	// Providers selects these providers. Empty means all.
	Providers []string
	// State selects one state. Unspecified means all.
	State enlistv1.OperationState
	// From and Until bound Created. From is inclusive, and Until is exclusive. Zero means no bound.
	From, Until time.Time
	// After is the position of the previous page's last row, or nil for the first page.
	After *Position
	// Limit is the greatest number of rows to return.
	Limit int
}

// Position is a place in the order of List: by Created, newest first, then by Provider and
// RequestID.
type Position struct {
	Created   time.Time
	Provider  string
	RequestID uuid.UUID
}
