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
	failed      = enlistv1.OperationState_OPERATION_STATE_FAILED
	notSent     = enlistv1.OperationState_OPERATION_STATE_NOT_SENT
	unknown     = enlistv1.OperationState_OPERATION_STATE_UNKNOWN
	needsPerson = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON
)

// Journal keeps sealed records in a store. It is safe for concurrent use. Its methods return the
// store's errors. After an error, a write may or may not be durable. If a record cannot be opened,
// the error names the record and says what to do.
type Journal struct {
	store       Store
	conditioned Conditioned // nil if the store is none
	keys        *keys
	index       *index
	lease       *lease
	marks       *marks   // nil if this replica has none
	dead        sync.Map // the names of replicas that marks have proved dead
	log         *slog.Logger
	watched     gapWatch
	closeOnce   sync.Once
	closeErr    error
}

// Options configure a journal.
type Options struct {
	// Keys holds at least one key of 32 bytes. The first key encrypts, and all keys decrypt.
	Keys [][]byte
	// Replica names this process among the replicas that share the store. It is unique for each
	// start.
	Replica string
	// Lease is the time for which this replica counts as alive after its last heartbeat. 0 means 10
	// s.
	Lease time.Duration
	// StateFolder is a folder on a local disk, which replicas on one host may share. A replica that
	// starts there takes over from a dead one at once, without waiting for the end of its lease.
	// Empty means no such folder. If a folder cannot serve, the journal logs why.
	StateFolder string
	// Log receives the problems that the journal cannot return to a caller. nil means
	// slog.Default().
	Log *slog.Logger
	// Metrics registers the journal's metrics. nil means that the journal registers none.
	Metrics prometheus.Registerer
}

// New opens a journal in a store. The journal owns the store from then on, and New closes it on
// failure. New fails if the options lack a key that records need, and the error says so. Until
// Close, this replica reports to the others that it is alive.
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
	j := &Journal{log: options.Log}
	j.conditioned, _ = store.(Conditioned)
	store = measure(store, j.conditioned, options.Metrics)
	j.store = store
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
	if err := j.convert(ctx); err != nil {
		return nil, err
	}
	j.leaveMark(ctx, options)
	if j.lease, err = takeLease(ctx, store, options.Replica, options.Lease, options.Log, j.beaten); err != nil {
		return nil, errors.Join(err, j.marks.remove())
	}
	j.noteDeaths(ctx)
	measureLease(j.lease, options.Metrics)
	j.watchGap(options.Metrics)
	return j, nil
}

// beaten runs after each later heartbeat.
func (j *Journal) beaten(ctx context.Context) {
	j.noteGap(ctx)
	j.noteDeaths(ctx)
}

// Begin records a creation durably, with this replica as the owner. If the key is taken, Begin
// changes nothing and returns the record with that key as existing. If another creation for the
// same exclusive key is open, Begin returns that record as busy. Begin fails with ErrGap.
func (j *Journal) Begin(ctx context.Context, record *Record) (existing, busy *Record, err error) {
	row, err := j.seal(&Record{Key: record.Key, State: intent, Payload: record.Payload, Owner: j.lease.replica, Gap: record.Gap})
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

// Get returns the record of a key, or nil if no record has it.
func (j *Journal) Get(ctx context.Context, key Key) (*Record, error) {
	return j.one(j.store.Get(ctx, key.Principal, key.Provider, key.RequestID))
}

// Update replaces a record. It fails with ErrConflict if the record has changed since the caller
// read it, and with ErrGap. The record becomes due after the given time, or never if that time is
// negative.
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

// FindOpen returns the open creation for an exclusive key, or nil if no creation is open.
func (j *Journal) FindOpen(ctx context.Context, provider, exclusiveKey string) (*Record, error) {
	if exclusiveKey == "" {
		return nil, nil
	}
	return j.one(j.store.FindOpen(ctx, j.index.keyed(provider, exclusiveKey)))
}

// maxSharing limits how many creations with nearly equal ids FindCustomer reads to find one exact
// id.
const maxSharing = 32

// FindCustomer returns the newest creation that wrote the customer with this id, or nil if no
// creation did. A creation that adopted the customer does not count. A tombstone counts.
func (j *Journal) FindCustomer(ctx context.Context, provider, customerID string) (*Record, error) {
	return j.findCustomer(ctx, provider, customerID, maxSharing, func(record *Record) bool {
		return record.Payload.GetCustomerId() == customerID || record.State == erased && j.HasErased(record, customerID)
	})
}

// FindNearCustomer is like FindCustomer, but also accepts a nearly equal id. A vendor may treat the
// two ids as the same.
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

// Pseudonym returns an HMAC that stands for a customer outside the journal, or nil if the id is
// empty. It is the same on every replica and after each start, and for nearly equal ids, and equals
// no value of a column. Only the holder of this journal's index key can compute it or test a guess
// against it.
func (j *Journal) Pseudonym(provider, customerID string) []byte {
	return j.index.hash("audit", provider, normal(customerID))
}

// FindClaims returns the newest creations for an exclusive key or a nearly equal one. It returns
// those that await a person, and so may have written the customer, and those that have adopted it.
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

// List returns records, newest first. It fails if it cannot open one of them.
func (j *Journal) List(ctx context.Context, query Query) ([]*Record, error) {
	if query.CustomerID != "" {
		providers := query.Providers
		if len(providers) == 0 {
			var err error
			if providers, err = j.store.Providers(ctx); err != nil || len(providers) == 0 {
				return nil, err
			}
		}
		for _, provider := range providers {
			query.Hashes = append(query.Hashes, j.index.everyHash(provider, query.CustomerID)...)
		}
	}
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

// Count counts the records in state INTENT, UNKNOWN or NEEDS_PERSON that were last written at least
// as long ago as the age. It stops at the limit.
func (j *Journal) Count(ctx context.Context, state enlistv1.OperationState, age time.Duration, limit int) (int, error) {
	return j.store.Count(ctx, state, age, limit)
}

// Providers returns the providers that have records, each once.
func (j *Journal) Providers(ctx context.Context) ([]string, error) {
	return j.store.Providers(ctx)
}

// Purge drops the payload of up to limit ended records of a provider, and deletes up to limit ended
// records, oldest first. It returns both numbers. The times are of the store's clock.
func (j *Journal) Purge(ctx context.Context, provider string, before Before, limit int) (dropped, deleted int, err error) {
	return j.store.Purge(ctx, provider, before, limit)
}

// Lease returns the number of the current lease. During one lease, this replica counts as alive to
// the others without a gap. Lease goes by this process's own clocks and keeps a margin.
func (j *Journal) Lease() int64 {
	return j.lease.current()
}

// LeaseLasts returns for how long a replica counts as alive after its last heartbeat.
func (j *Journal) LeaseLasts() time.Duration { return j.lease.length }

// Holds reports whether this replica has counted as alive, without interruption, since Lease
// returned that number, and whether the journal has lost nothing since. If so, it still owns what
// it owned then.
func (j *Journal) Holds(lease int64) bool {
	return j.lease.holds(lease)
}

// Replica returns the name of this process.
func (j *Journal) Replica() string {
	return j.lease.replica
}

// Close tells the other replicas that this one is no longer alive, and closes the store. A second
// Close does nothing.
func (j *Journal) Close() error {
	j.closeOnce.Do(func() {
		err := j.lease.release()
		if err == nil { // else the mark shows the end
			err = j.marks.remove()
		}
		j.closeErr = errors.Join(err, j.store.Close())
	})
	return j.closeErr
}

// one opens the row that a store returned.
func (j *Journal) one(row *Row, err error) (*Record, error) {
	if err != nil {
		return nil, err
	}
	return j.open(row)
}
