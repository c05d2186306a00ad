package journal

import (
	"context"
	"time"
)

// Journal keeps records in a store, sealed. Safe for concurrent use. Its methods' errors are those of the store: after one, a write may
// have been made or not.
type Journal struct{}

// Options are what a journal needs beside its store.
type Options struct {
	// Keys are 32 bytes each: the first encrypts, all decrypt. At least one.
	Keys [][]byte
	// Replica names this process among those that share the store; unique for each start.
	Replica string
	// Lease is how long this replica counts as alive after it was last heard of. 0: 10 s.
	Lease time.Duration
}

// New opens a journal in a store, which it owns from then on. A key that records need and that is not among the options' is an error
// which says so.
func New(ctx context.Context, store Store, options Options) (*Journal, error) { panic("todo") }

// Begin records a create, durably, with this replica as the owner. When the key is taken it changes nothing and returns the record
// that has it as existing; when another create for the same exclusive key is open, it returns that one as busy.
func (j *Journal) Begin(ctx context.Context, record *Record) (existing, busy *Record, err error) {
	panic("todo")
}

// Get returns the record of a key; nil when there is none.
func (j *Journal) Get(ctx context.Context, key Key) (*Record, error) { panic("todo") }

// Update replaces a record that has not changed since it was read, else it fails with ErrConflict. It becomes due after the given
// time, or never when that is negative.
func (j *Journal) Update(ctx context.Context, record *Record, due time.Duration) error { panic("todo") }

// Claim makes this replica the owner of records that nobody living works on: UNKNOWN ones that are due, and INTENT ones.
func (j *Journal) Claim(ctx context.Context, limit int) ([]*Record, error) { panic("todo") }

// FindOpen returns the open create for an exclusive key; nil when there is none.
func (j *Journal) FindOpen(ctx context.Context, provider, exclusiveKey string) (*Record, error) {
	panic("todo")
}

// FindCustomer returns the newest create that succeeded with a customer id; nil when there is none.
func (j *Journal) FindCustomer(ctx context.Context, provider, customerID string) (*Record, error) {
	panic("todo")
}

// List returns records, newest first.
func (j *Journal) List(ctx context.Context, query Query) ([]*Record, error) { panic("todo") }

// CountUnknown counts the records in state UNKNOWN, but no further than to the limit.
func (j *Journal) CountUnknown(ctx context.Context, limit int) (int, error) { panic("todo") }

// Purge deletes up to limit ended records that are older than the age, and says how many.
func (j *Journal) Purge(ctx context.Context, age time.Duration, limit int) (int, error) {
	panic("todo")
}

// Reseal encrypts up to limit records anew that are sealed with another key than the first, and says how many.
func (j *Journal) Reseal(ctx context.Context, limit int) (int, error) { panic("todo") }

// Alive reports whether others still take this replica for alive, by this process's own monotonic clock and with time to spare.
func (j *Journal) Alive() bool { panic("todo") }

// Replica returns the name of this process.
func (j *Journal) Replica() string { panic("todo") }

// Close stops saying that this replica is alive, and closes the store.
func (j *Journal) Close() error { panic("todo") }
