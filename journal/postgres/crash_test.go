package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// The server crashes twice while writers run. Each write that returned without an error is still
// there, and the store continues.
func TestServerCrashesUnderWriters(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t)
	store := open(t, cluster.Database(t))
	const writers = 16
	var (
		group      sync.WaitGroup
		stop       = make(chan struct{})
		written    = make([][]*journal.Row, writers)
		successes  atomic.Int64
		failures   atomic.Int64
		writeUntil = func(more int64) {
			t.Helper()
			target := successes.Load() + more
			for deadline := time.Now().Add(time.Minute); successes.Load() < target; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%d writes, not %d", successes.Load(), target)
				}
			}
		}
	)
	for i := range writers {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				row := newRow(fmt.Sprint("writer", i))
				if _, _, err := store.Insert(context.Background(), row); err != nil {
					failures.Add(1)
					time.Sleep(10 * time.Millisecond)
					continue
				}
				changed := *row
				changed.State, changed.Exclusive, changed.Outcome = succeeded, nil, fmt.Append(nil, i)
				if err := store.Update(context.Background(), &changed, never); err != nil {
					failures.Add(1)
				} else {
					row = &changed
				}
				written[i] = append(written[i], row)
				successes.Add(1)
			}
		})
	}
	for range 2 {
		writeUntil(300)
		cluster.Restart(t, postgrestest.Immediate)
	}
	writeUntil(300)
	close(stop)
	group.Wait()

	var lost int
	for _, rows := range written {
		for _, row := range rows {
			got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
			if err != nil {
				t.Fatal(err)
			}
			// A failed update may still be durable.
			if got == nil || got.Version < row.Version || row.Version == 2 && string(got.Outcome) != string(row.Outcome) {
				lost++
			}
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d writes that were reported as made are lost", lost, successes.Load())
	}
	if failures.Load() == 0 {
		t.Error("no writer has noticed the crashes")
	}
	t.Logf("%d creates, %d failures", successes.Load(), failures.Load())
}

// If the server does not respond, the call fails within the caller's deadline. The store still
// works afterwards.
func TestServerHangs(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	store := open(t, dsn)
	insert(t, store, newRow("a"))
	hasty := open(t, dsn)
	hasty.timeout = 200 * time.Millisecond
	tx, err := open(t, dsn).pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `LOCK TABLE enlist.operations`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	row := newRow("a")
	if _, _, err := store.Insert(ctx, row); err == nil || time.Since(begun) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}

	// The same holds if the caller has no deadline.
	begun = time.Now()
	if _, _, err := hasty.Insert(t.Context(), newRow("a")); err == nil || time.Since(begun) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	insert(t, store, newRow("a"))
}
