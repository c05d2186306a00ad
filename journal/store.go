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
	// State of the operation.
	State enlistv1.OperationState
	// Version is 1 when the row is inserted and grows by one with each update. The store sets it.
	Version int64
	// Exclusive is the hash of what at most one open row may be for; nil for nothing. A row is open in state INTENT or UNKNOWN.
	Exclusive []byte
	// Customer is a hash: of provider and customer id once the creation has written the customer, of
	// provider and key if it awaits a person or has adopted a customer; else nil.
	Customer []byte
	// Owner is the replica at work on the row; empty for none.
	Owner string
	// Due is when somebody should look into it; zero for never. Only open rows have one.
	Due time.Time
	// Created and Updated are when the row was inserted and last replaced. The store sets them.
	Created, Updated time.Time
	// KeyID names the key that Payload is sealed with.
	KeyID uint32
	// Payload is ciphertext.
	Payload []byte
}

// IsOpen reports whether the create has not ended.
func (r *Row) IsOpen() bool { return isOpen(r.State) }

func isOpen(state enlistv1.OperationState) bool {
	return state == enlistv1.OperationState_OPERATION_STATE_INTENT || state == enlistv1.OperationState_OPERATION_STATE_UNKNOWN
}

var (
	// ErrConflict is the error of an update whose row has another version by now, or is gone.
	ErrConflict = errors.New("journal: another writer changed the record")
	// ErrBusy is the conflict of an update that would open a row while another open row has the same Exclusive. Reading the row again
	// does not help against it.
	ErrBusy = fmt.Errorf("%w: another open record is for the same customer", ErrConflict)
	// ErrInUse is the error of opening an SQLite file that another process has open.
	ErrInUse = errors.New("journal: another process uses the database")
)

// Store keeps rows. Safe for concurrent use. A method that returns without an error has made its change durable; with one, the change
// may have been made or not. Times are the store's own: its machine's clock, and for a database server that server's.
type Store interface {
	// Insert adds a row with an owner and no due time. When the key is taken it changes nothing and returns that row as existing; when an
	// open row has the same Exclusive, it changes nothing and returns that one as busy.
	Insert(context.Context, *Row) (existing, busy *Row, err error)

	// Get returns the row of a key; nil when there is none.
	Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*Row, error)

	// Update replaces State, Exclusive, Customer, Owner, KeyID and Payload of the row with the same key and Version, or fails with
	// ErrConflict or ErrBusy. The row becomes due after the given time, or never when that is negative. On success the row has its new Version,
	// Due and Updated.
	Update(ctx context.Context, row *Row, due time.Duration) error

	// Claim makes a replica the owner of rows that nobody living works on, and returns them, each with its new version: rows in state
	// UNKNOWN that are due, and rows in state INTENT. Who calls it is alive. Rows that another replica claims at the moment are passed over.
	Claim(ctx context.Context, replica string, limit int) ([]*Row, error)

	// Take makes a replica the owner of the open row with that key and Version, unless another living replica is, and returns it with its
	// new version. It returns nil when another is, or when the row has another version by now.
	Take(ctx context.Context, row *Row, replica string) (*Row, error)

	// FindOpen returns the open row with that Exclusive; nil when there is none.
	FindOpen(ctx context.Context, exclusive []byte) (*Row, error)

	// FindCustomer returns the rows with that Customer, newest first, no more than the limit.
	FindCustomer(ctx context.Context, customer []byte, limit int) ([]*Row, error)

	// List returns rows, newest first.
	List(ctx context.Context, query Query) ([]*Row, error)

	// Count counts the rows in state UNKNOWN or NEEDS_PERSON, but no further than to the limit.
	Count(ctx context.Context, state enlistv1.OperationState, limit int) (int, error)

	// Purge deletes up to limit rows that are not open and were inserted and last updated longer ago than the age, oldest first, and says how many.
	// Rows in state NEEDS_PERSON stay.
	Purge(ctx context.Context, age time.Duration, limit int) (int, error)

	// KeyIDs returns the keys that rows are sealed with, each once, without reading all rows.
	KeyIDs(context.Context) ([]uint32, error)

	// SealedWith returns up to limit rows that are sealed with a key.
	SealedWith(ctx context.Context, keyID uint32, limit int) ([]*Row, error)

	// Reseal replaces KeyID and Payload of the row with the same key and Version, and nothing else, the Version neither; or fails
	// with ErrConflict.
	Reseal(context.Context, *Row) error

	// Secret returns the value that is kept under a name, after storing the given one if there is none yet.
	Secret(ctx context.Context, name string, initial []byte) ([]byte, error)

	// ReplaceSecret replaces the value under a name if it is still the old one, or fails with ErrConflict.
	ReplaceSecret(ctx context.Context, name string, old, value []byte) error

	// Beat says that a replica is alive for the given time from now. Where only one process can have the store open it does nothing.
	Beat(ctx context.Context, replica string, alive time.Duration) error

	// Close releases the store.
	Close() error
}

// Query selects rows.
type Query struct {
	// Principal whose rows they are; Everybody for every principal's, Principal being empty then.
	Principal string
	Everybody bool
	// Providers, or empty for all.
	Providers []string
	// State, or unspecified for all.
	State enlistv1.OperationState
	// From and Until bound Created: From is in, Until is not. Zero: no bound.
	From, Until time.Time
	// After is the last row of the page before, by Created and RequestID and Provider; nil for the first page.
	After *Position
	// Limit is how many rows to return at most.
	Limit int
}

// Position is a place in the order of List: by Created, newest first, then by Provider and RequestID.
type Position struct {
	Created   time.Time
	Provider  string
	RequestID uuid.UUID
}
