package once_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
)

var errOutage = errors.New("the store is out of order")

// badStore is a store whose calls fail on demand, before or after their effect.
type badStore struct {
	journal.Store

	mu    sync.Mutex
	fault func(method string, call int) (before, after bool)
	calls map[string]int
}

// failing puts a bad store into a fixture.
func failing(bad *badStore) func(*fixture) {
	return func(f *fixture) {
		f.wrap = func(store journal.Store) journal.Store {
			bad.mu.Lock()
			defer bad.mu.Unlock()
			bad.Store = store
			return bad
		}
	}
}

// fail sets which calls fail from now on. It counts the calls of each method from 1. nil: none.
func (b *badStore) fail(fault func(method string, call int) (before, after bool)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault, b.calls = fault, map[string]int{}
}

// down makes every call fail.
func down(string, int) (before, after bool) { return true, false }

// at makes count calls of a method fail, from the given one on: after their effect if half is set,
// else before.
func at(method string, call, count int, half bool) func(string, int) (bool, bool) {
	return func(called string, n int) (before, after bool) {
		hit := called == method && n >= call && n < call+count
		return hit && !half, hit && half
	}
}

func do[T any](b *badStore, method string, call func() (T, error)) (none T, err error) {
	b.mu.Lock()
	var before, after bool
	if b.fault != nil {
		b.calls[method]++
		before, after = b.fault(method, b.calls[method])
	}
	b.mu.Unlock()
	if before {
		return none, errOutage
	}
	result, err := call()
	if after {
		return none, errOutage
	}
	return result, err
}

func (b *badStore) Insert(ctx context.Context, row *journal.Row) (existing, busy *journal.Row, err error) {
	copied := *row
	both, err := do(b, "Insert", func() (found [2]*journal.Row, err error) {
		found[0], found[1], err = b.Store.Insert(ctx, &copied)
		return found, err
	})
	if err == nil {
		*row = copied
	}
	return both[0], both[1], err
}

func (b *badStore) Get(ctx context.Context, principal, provider string, id uuid.UUID) (*journal.Row, error) {
	return do(b, "Get", func() (*journal.Row, error) { return b.Store.Get(ctx, principal, provider, id) })
}

func (b *badStore) Update(ctx context.Context, row *journal.Row, due time.Duration) error {
	copied := *row
	_, err := do(b, "Update", func() (any, error) { return nil, b.Store.Update(ctx, &copied, due) })
	if err == nil {
		*row = copied
	}
	return err
}

func (b *badStore) Erase(ctx context.Context, row *journal.Row) error {
	copied := *row
	_, err := do(b, "Erase", func() (any, error) { return nil, b.Store.Erase(ctx, &copied) })
	if err == nil {
		*row = copied
	}
	return err
}

func (b *badStore) Scrub(ctx context.Context) ([]string, error) {
	return do(b, "Scrub", func() ([]string, error) { return b.Store.Scrub(ctx) })
}

func (b *badStore) Claim(ctx context.Context, replica string, limit int) ([]*journal.Row, error) {
	return do(b, "Claim", func() ([]*journal.Row, error) { return b.Store.Claim(ctx, replica, limit) })
}

func (b *badStore) Take(ctx context.Context, row *journal.Row, replica string) (*journal.Row, error) {
	return do(b, "Take", func() (*journal.Row, error) { return b.Store.Take(ctx, row, replica) })
}

func (b *badStore) FindOpen(ctx context.Context, exclusive []byte) (*journal.Row, error) {
	return do(b, "FindOpen", func() (*journal.Row, error) { return b.Store.FindOpen(ctx, exclusive) })
}

func (b *badStore) FindCustomer(ctx context.Context, customer []byte, limit int) ([]*journal.Row, error) {
	return do(b, "FindCustomer", func() ([]*journal.Row, error) { return b.Store.FindCustomer(ctx, customer, limit) })
}

func (b *badStore) KeyIDs(ctx context.Context) ([]uint32, error) {
	return do(b, "KeyIDs", func() ([]uint32, error) { return b.Store.KeyIDs(ctx) })
}
