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
	// Exclusive is a hash that at most one open row may have. An open row has one, and no other row
	// does. A row is open in state INTENT or UNKNOWN.
	Exclusive []byte
	// Customer is a hash. Once the creation has written the customer, it covers the provider and
	// customer id. If the creation awaits a person, has adopted a customer, or ended without one, it
	// covers the provider and key. Otherwise it is nil.
	Customer []byte
	// Owner is the replica that works on the row. It is empty if no replica does.
	Owner string
	// Due is when a replica should look up the outcome. Zero means never. Only open rows have a due
	// time.
	Due time.Time
	// Created and Updated are when the row was inserted and last replaced. The store sets them.
	Created, Updated time.Time
	// KeyID names the key that seals the following three.
	KeyID uint32
	// Outcome is ciphertext. The state and the key columns are bound to it.
	Outcome []byte
	// Request is ciphertext. It is nil once the row's payload is dropped.
	Request []byte
	// Exchanges is ciphertext, or nil while there was none. It is nil once the payload is dropped.
	Exchanges []byte
	// Gap is Opened of the latest gap that the writer of state INTENT knows. The store does not
	// keep it.
	Gap time.Time
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
// change is durable. What a method returns is durable, too: a row that a failover could still lose
// is not returned. After an error, the change may or may not be durable. Times come from the
// store's own clock: the machine's, or the database server's.
type Store interface {
	// Insert adds a row with an owner and no due time. If the key is taken, Insert changes nothing
	// and returns that row as existing. If an open row has the same Exclusive, it changes nothing
	// and returns that row as busy. It fails with ErrGap if the store has a later gap than Row.Gap.
	// The store first makes sure of that if its server may be another one than before.
	Insert(context.Context, *Row) (existing, busy *Row, err error)

	// Get returns the row of a key, or nil if no row has it.
	Get(ctx context.Context, principal, provider string, requestID uuid.UUID) (*Row, error)

	// Update replaces State, Exclusive, Customer, Owner, KeyID and Outcome of the row with the same
	// key and Version. It replaces Request and Exchanges unless they are nil. It fails with
	// ErrConflict or ErrBusy. To write state INTENT, it may also fail with ErrGap, as Insert. The
	// row becomes due after the given time, or never if that time is negative. On success, Update
	// sets the row's new Version, Due and Updated.
	Update(ctx context.Context, row *Row, due time.Duration) error

	// Erase replaces State, Exclusive, Customer, Owner, KeyID and Outcome of the row with the same key
	// and Version, and removes its Request and Exchanges. The row keeps Created and Updated, and is
	// never due. Erase fails with ErrConflict. On success, it sets the row's new Version.
	Erase(context.Context, *Row) error

	// Scrub removes what erased rows have left in the store's own files. It says what is left where,
	// one sentence for each place.
	Scrub(context.Context) (left []string, err error)

	// Claim makes a replica the owner of rows that no living replica owns. It returns each row with
	// its new version. It claims rows in state UNKNOWN that are due, and rows in state INTENT. The
	// calling replica counts as alive. Claim skips rows that another replica claims at the same
	// moment.
	Claim(ctx context.Context, replica string, limit int) ([]*Row, error)

	// Take makes a replica the owner of the open row with that key and Version. It returns the row
	// with its new version. It returns nil if another living replica owns the row, or if the row
	// has another version by now.
	Take(ctx context.Context, row *Row, replica string) (*Row, error)

	// Owned returns up to limit open rows of a replica, in any order.
	Owned(ctx context.Context, replica string, limit int) ([]*Row, error)

	// FindOpen returns the open row with that Exclusive, or nil if no open row has it.
	FindOpen(ctx context.Context, exclusive []byte) (*Row, error)

	// FindCustomer returns up to limit rows with that Customer, newest first.
	FindCustomer(ctx context.Context, customer []byte, limit int) ([]*Row, error)

	// List returns rows, newest first.
	List(ctx context.Context, query Query) ([]*Row, error)

	// Count counts the rows in state INTENT, UNKNOWN or NEEDS_PERSON whose insert and last update
	// are at least as old as the age. It stops at the limit.
	Count(ctx context.Context, state enlistv1.OperationState, age time.Duration, limit int) (int, error)

	// Providers returns the providers that rows have, each once. It does not read all rows.
	Providers(context.Context) ([]string, error)

	// Now returns the time of the store's clock.
	Now(context.Context) (time.Time, error)

	// Purge drops the payload of up to limit rows of a provider, and deletes up to limit rows, oldest
	// first. It returns both numbers. A row counts if its insert and its last update were before a
	// time of the store's clock. Purge compares with that time alone, and not with the present. Open
	// rows and rows in state NEEDS_PERSON stay as they are.
	Purge(ctx context.Context, provider string, before Before, limit int) (dropped, deleted int, err error)

	// KeyIDs returns the keys that seal rows, each once, also those of the earlier format. It reads
	// few rows, unless none of them has a key that some had when the store was opened.
	KeyIDs(context.Context) ([]uint32, error)

	// SealedWith returns up to limit rows that a key seals, in an order of the store, after the given
	// row. nil means from the start.
	SealedWith(ctx context.Context, keyID uint32, after *Row, limit int) ([]*Row, error)

	// Reseal replaces only KeyID, Outcome, Request and Exchanges of the row with the same key and
	// Version. The Version stays. Reseal fails with ErrConflict.
	Reseal(context.Context, *Row) error

	// Earlier returns up to limit rows in the format before this one. after is the last row of the
	// previous call, from where the store may go on. When no row is left and after is nil, Earlier
	// removes the table.
	Earlier(ctx context.Context, after *EarlierRow, limit int) ([]*EarlierRow, error)

	// CountEarlier returns about how many rows are in the format before this one. 0 also means that it
	// does not know.
	CountEarlier(context.Context) (int, error)

	// Convert replaces rows of the earlier format by these, all or none. A row that is no longer in
	// the earlier format stays as it is.
	Convert(context.Context, []*Row) error

	// Secret returns the value stored under a name. If the name has no value yet, Secret first
	// stores the given one.
	Secret(ctx context.Context, name string, initial []byte) ([]byte, error)

	// ReplaceSecret replaces the value under a name if it still equals the old one. Otherwise it
	// fails with ErrConflict.
	ReplaceSecret(ctx context.Context, name string, old, value []byte) error

	// Gap returns the latest gap that the store knows. It reads no database.
	Gap() Gap

	// Beat records that a replica is alive for the given time from now. If only one process can
	// have the store open, Beat does nothing.
	Beat(ctx context.Context, replica string, alive time.Duration) error

	// Close releases the store.
	Close() error
}

// Retention says how long rows are kept after their last write. Neither is 0.
type Retention struct {
	// Payload is for requests and exchanges, Outcome for everything. Payload is at most Outcome.
	Payload, Outcome time.Duration
}

// Before returns the times before which a row is too old.
func (r Retention) Before(now time.Time) Before {
	return Before{Payload: now.Add(-r.Payload), Outcome: now.Add(-r.Outcome)}
}

// Before has the times before which a payload, or a whole row, is too old.
type Before struct {
	Payload, Outcome time.Time
}

// EarlierRow is a row in the format before this one. Payload is ciphertext, and holds what Outcome,
// Request and Exchanges hold.
type EarlierRow struct {
	Row
	Payload []byte
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
	// CustomerID selects the creations that wrote or adopted the customer with this id, or that have
	// it as their key. Nearly equal ids count. Empty means all. Journal.List turns it into Hashes, so
	// a store ignores it.
	CustomerID string
	// Hashes selects rows with one of them as Exclusive or Customer. Empty means all.
	Hashes [][]byte
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
