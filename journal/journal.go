package journal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

const (
	intent      = enlistv1.OperationState_OPERATION_STATE_INTENT
	succeeded   = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	unknown     = enlistv1.OperationState_OPERATION_STATE_UNKNOWN
	needsPerson = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON
)

// Journal keeps records in a store, sealed. Safe for concurrent use. Its methods' errors are those of the store: after one, a write may
// have been made or not. A record that cannot be opened is an error that names it and says what to do.
type Journal struct {
	store     Store
	keys      *keys
	index     *index
	lease     *lease
	log       *slog.Logger
	closeOnce sync.Once
	closeErr  error
}

// Options are what a journal needs beside its store.
type Options struct {
	// Keys are 32 bytes each: the first encrypts, all decrypt. At least one.
	Keys [][]byte
	// Replica names this process among those that share the store; unique for each start.
	Replica string
	// Lease is how long this replica counts as alive after it was last heard of. 0: 10 s.
	Lease time.Duration
	// Log gets what no caller can be told. nil: slog.Default().
	Log *slog.Logger
	// Metrics is where the journal's are registered. nil: nowhere.
	Metrics prometheus.Registerer
}

// New opens a journal in a store, which it owns from then on, and closes when it fails. A key that records need and that is not among the
// options' is an error which says so. From here until Close the other replicas are told that this one is alive.
func New(ctx context.Context, store Store, options Options) (*Journal, error) {
	j, err := open(ctx, store, options)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return j, nil
}

func open(ctx context.Context, store Store, options Options) (*Journal, error) {
	if options.Replica == "" {
		return nil, errors.New("journal: Options.Replica must not be empty")
	}
	if options.Lease == 0 {
		options.Lease = defaultLease
	}
	if options.Lease < time.Millisecond {
		return nil, errors.New("journal: Options.Lease must be at least 1 ms")
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	store = measure(store, options.Metrics)
	j := &Journal{store: store, log: options.Log}
	var err error
	if j.keys, err = newKeys(options.Keys); err != nil {
		return nil, err
	}
	if j.index, err = openIndex(ctx, store, j.keys); err != nil {
		return nil, err
	}
	ids, err := store.KeyIDs(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := j.keys.check("some records", id); err != nil {
			return nil, err
		}
	}
	if j.lease, err = takeLease(ctx, store, options.Replica, options.Lease, options.Log); err != nil {
		return nil, err
	}
	measureLease(j.lease, options.Metrics)
	return j, nil
}

// Begin records a create, durably, with this replica as the owner. When the key is taken it changes nothing and returns the record
// that has it as existing; when another create for the same exclusive key is open, it returns that one as busy.
func (j *Journal) Begin(ctx context.Context, record *Record) (existing, busy *Record, err error) {
	row, err := j.seal(&Record{Key: record.Key, State: intent, Payload: record.Payload, Owner: j.lease.replica})
	if err != nil {
		return nil, nil, err
	}
	existingRow, busyRow, err := j.store.Insert(ctx, row)
	if err != nil {
		return nil, nil, err
	}
	if existingRow == nil && busyRow == nil {
		record.State, record.Owner = row.State, row.Owner
		record.written(row)
		return nil, nil, nil
	}
	if existing, err = j.open(existingRow); err != nil {
		return nil, nil, err
	}
	busy, err = j.open(busyRow)
	return existing, busy, err
}

// Get returns the record of a key; nil when there is none.
func (j *Journal) Get(ctx context.Context, key Key) (*Record, error) {
	return j.one(j.store.Get(ctx, key.Principal, key.Provider, key.RequestID))
}

// Update replaces a record that has not changed since it was read, else it fails with ErrConflict. It becomes due after the given
// time, or never when that is negative.
func (j *Journal) Update(ctx context.Context, record *Record, due time.Duration) error {
	row, err := j.seal(record)
	if err != nil {
		return err
	}
	if err := j.store.Update(ctx, row, due); err != nil {
		return err
	}
	record.written(row)
	return nil
}

// FindOpen returns the open create for an exclusive key; nil when there is none.
func (j *Journal) FindOpen(ctx context.Context, provider, exclusiveKey string) (*Record, error) {
	if exclusiveKey == "" {
		return nil, nil
	}
	return j.one(j.store.FindOpen(ctx, j.index.exclusive(provider, exclusiveKey)))
}

// maxSharing is how many creations with nearly equal ids are searched for one with an exact id.
const maxSharing = 32

// FindCustomer returns the newest creation that has written the customer with this id; nil when
// there is none. One that adopted it has not.
func (j *Journal) FindCustomer(ctx context.Context, provider, customerID string) (*Record, error) {
	return j.findCustomer(ctx, provider, customerID, maxSharing, func(record *Record) bool {
		return record.Payload.GetCustomerId() == customerID
	})
}

// FindNearCustomer is FindCustomer for this id or a nearly equal one, which a vendor may take for
// the same.
func (j *Journal) FindNearCustomer(ctx context.Context, provider, customerID string) (*Record, error) {
	return j.findCustomer(ctx, provider, customerID, 1, func(*Record) bool { return true })
}

func (j *Journal) findCustomer(ctx context.Context, provider, customerID string, limit int, is func(*Record) bool) (*Record, error) {
	if customerID == "" {
		return nil, nil
	}
	rows, err := j.store.FindCustomer(ctx, j.index.customer(provider, customerID), limit)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if record, err := j.open(row); err != nil || is(record) {
			return record, err
		}
	}
	return nil, nil
}

// FindClaims returns the newest creations for an exclusive key or a nearly equal one that await a
// person, and so may have made the customer, or have adopted it.
func (j *Journal) FindClaims(ctx context.Context, provider, exclusiveKey string) ([]*Record, error) {
	if exclusiveKey == "" {
		return nil, nil
	}
	rows, err := j.store.FindCustomer(ctx, j.index.claim(provider, exclusiveKey), maxSharing)
	if err != nil {
		return nil, err
	}
	return j.openAll(rows)
}

// List returns records, newest first. One that cannot be opened fails the whole list.
func (j *Journal) List(ctx context.Context, query Query) ([]*Record, error) {
	rows, err := j.store.List(ctx, query)
	if err != nil {
		return nil, err
	}
	return j.openAll(rows)
}

func (j *Journal) openAll(rows []*Row) ([]*Record, error) {
	records := make([]*Record, 0, len(rows))
	for _, row := range rows {
		record, err := j.open(row)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

// Count counts the records in state UNKNOWN or NEEDS_PERSON, but no further than to the limit.
func (j *Journal) Count(ctx context.Context, state enlistv1.OperationState, limit int) (int, error) {
	return j.store.Count(ctx, state, limit)
}

// Purge deletes up to limit ended records that are older than the age, and says how many.
func (j *Journal) Purge(ctx context.Context, age time.Duration, limit int) (int, error) {
	return j.store.Purge(ctx, age, limit)
}

// Lease returns the number of the time for which this replica has been alive to the others without a gap, by this process's own clocks and
// with time to spare.
func (j *Journal) Lease() int64 {
	return j.lease.current()
}

// Holds reports whether this replica has been alive to the others, without a gap, since Lease returned that number: what it owned then it
// owns now.
func (j *Journal) Holds(lease int64) bool {
	return j.lease.holds(lease)
}

// Replica returns the name of this process.
func (j *Journal) Replica() string {
	return j.lease.replica
}

// Close tells the others that this replica is not alive any more, and closes the store. Closing again does nothing.
func (j *Journal) Close() error {
	j.closeOnce.Do(func() { j.closeErr = errors.Join(j.lease.release(), j.store.Close()) })
	return j.closeErr
}

// one opens the row that a store returned.
func (j *Journal) one(row *Row, err error) (*Record, error) {
	if err != nil {
		return nil, err
	}
	return j.open(row)
}
