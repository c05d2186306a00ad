package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	sqlite3 "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

func open(t *testing.T, options Options) *Store {
	t.Helper()
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "enlist.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func newRow() *journal.Row {
	return &journal.Row{
		Principal: "billing", Provider: "opencell", RequestID: uuid.New(), State: enlistv1.OperationState_OPERATION_STATE_INTENT,
		Owner: "a", KeyID: 7, Outcome: []byte("sealed"),
	}
}

func insert(ctx context.Context, store *Store, row *journal.Row) error {
	existing, busy, err := store.Insert(ctx, row)
	if err == nil && (existing != nil || busy != nil) {
		err = errors.New("not new")
	}
	return err
}

// hold occupies the writer until the caller calls the returned function.
func hold(t *testing.T, store *Store) (release func()) {
	t.Helper()
	held, end := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- store.writer.do(context.Background(), func(context.Context, *writeStatements) error {
			close(held)
			<-end
			return nil
		})
	}()
	<-held
	return func() {
		close(end)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// queue starts writes while the writer is held. It waits until all are queued, and returns channels
// for their results.
func queue(t *testing.T, store *Store, writes ...func() error) []chan error {
	t.Helper()
	answers := make([]chan error, len(writes))
	for i, write := range writes {
		answers[i] = make(chan error, 1)
		go func() { answers[i] <- write() }()
		for deadline := time.Now().Add(time.Minute); len(store.writer.queue) <= i; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("a write is not queued")
			}
		}
	}
	return answers
}

func isThere(t *testing.T, store *Store, row *journal.Row) bool {
	t.Helper()
	got, err := store.Get(context.Background(), row.Principal, row.Provider, row.RequestID)
	if err != nil {
		t.Fatal(err)
	}
	return got != nil
}

func TestWaitingWritesShareACommit(t *testing.T) {
	store := open(t, Options{})
	release := hold(t, store)
	var writes []func() error
	for range 100 {
		writes = append(writes, func() error { return insert(t.Context(), store, newRow()) })
	}
	answers := queue(t, store, writes...)
	release()
	for _, answer := range answers {
		if err := <-answer; err != nil {
			t.Fatal(err)
		}
	}
	if commits, writes := store.Stats(); commits != 2 || writes != 101 {
		t.Errorf("%d writes in %d commits, not 101 in 2", writes, commits)
	}
}

// A failed write does not affect the other writes of its transaction.
func TestFailureOfOneWrite(t *testing.T) {
	store := open(t, Options{})
	kept := newRow()
	if err := insert(t.Context(), store, kept); err != nil {
		t.Fatal(err)
	}
	before, stale, after := newRow(), *kept, newRow()
	stale.Version = 9
	release := hold(t, store)
	answers := queue(t, store,
		func() error { return insert(t.Context(), store, before) },
		func() error { return store.Update(t.Context(), &stale, -1) },
		// No statement of the store can break an unexpected constraint. This statement represents a
		// mistake in the schema.
		func() error {
			return store.writer.do(t.Context(), func(ctx context.Context, sql *writeStatements) error {
				_, err := sql.addSecret.ExecContext(ctx, nil, []byte("x"))
				return err
			})
		},
		func() error { return insert(t.Context(), store, after) },
	)
	release()
	if err := <-answers[0]; err != nil {
		t.Error(err)
	}
	if err := <-answers[1]; !errors.Is(err, journal.ErrConflict) {
		t.Errorf("%v, not a conflict", err)
	}
	if err := <-answers[2]; err == nil || !strings.Contains(err.Error(), "NOT NULL") {
		t.Errorf("%v, not the constraint", err)
	}
	if err := <-answers[3]; err != nil {
		t.Error(err)
	}
	if !isThere(t, store, before) || !isThere(t, store, after) {
		t.Error("a write of the same transaction is gone")
	}
	if commits, writes := store.Stats(); commits != 3 || writes != 4 {
		t.Errorf("%d writes in %d commits, not 4 in 3", writes, commits)
	}
}

// A write that fails after a part of it leaves nothing, whatever kind of write it is, and the other
// writes of its transaction are made.
func TestNothingHalfWritten(t *testing.T) {
	for name, write := range map[string]func(*Store, *journal.Row) error{
		"update": func(store *Store, row *journal.Row) error { return store.Update(context.Background(), row, -1) },
		"reseal": func(store *Store, row *journal.Row) error { return store.Reseal(context.Background(), row) },
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t, Options{})
			row, before, after := newRow(), newRow(), newRow()
			row.Request = []byte("request 1")
			row.Exclusive, before.Exclusive, after.Exclusive = []byte("0"), []byte("1"), []byte("2")
			if err := insert(t.Context(), store, row); err != nil {
				t.Fatal(err)
			}
			row.Exchanges = []byte("exchanges 1")
			if err := store.Update(t.Context(), row, -1); err != nil {
				t.Fatal(err)
			}
			want, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
			if err != nil {
				t.Fatal(err)
			}
			next := *row
			next.KeyID, next.Outcome, next.Request, next.Exchanges = 8, []byte("outcome 2"), []byte("request 2"), make([]byte, 200_000)
			if _, err := sqlite3.Limit(store.writer.conn, codes.SQLITE_LIMIT_LENGTH, 100_000); err != nil {
				t.Fatal(err)
			}
			release := hold(t, store)
			answers := queue(t, store,
				func() error { return insert(t.Context(), store, before) },
				func() error { return write(store, &next) },
				func() error { return insert(t.Context(), store, after) },
			)
			release()
			if err := <-answers[1]; err == nil || !strings.Contains(err.Error(), "too big") {
				t.Errorf("%v, not the limit", err)
			}
			if err := errors.Join(<-answers[0], <-answers[2], store.Condition()); err != nil {
				t.Error(err)
			}
			got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v; -before +after:\n%s", err, diff)
			}
			if !isThere(t, store, before) || !isThere(t, store, after) {
				t.Error("a write of the same transaction is gone")
			}
			if ids, err := store.KeyIDs(t.Context()); err != nil || len(ids) != 1 || ids[0] != 7 {
				t.Errorf("keys %v, %v", ids, err)
			}
		})
	}
}

// A full disk fails all writes and loses no earlier one. When there is room again, the store
// continues.
func TestFullDisk(t *testing.T) {
	store := open(t, Options{})
	kept := newRow()
	if err := insert(t.Context(), store, kept); err != nil {
		t.Fatal(err)
	}
	pages := func(text string) {
		t.Helper()
		if _, err := store.writer.conn.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	pages("PRAGMA max_page_count = 1") // no more than the current number of pages
	rows := make([]*journal.Row, 8)
	var writes []func() error
	for i := range rows {
		rows[i] = newRow()
		rows[i].Outcome = make([]byte, 100_000)
		writes = append(writes, func() error { return insert(t.Context(), store, rows[i]) })
	}
	for range 3 {
		release := hold(t, store)
		answers := queue(t, store, writes...)
		release()
		for _, answer := range answers {
			if err := <-answer; err == nil || !strings.Contains(err.Error(), "full") {
				t.Fatalf("%v: not that the disk is full", err)
			}
		}
	}
	for _, row := range rows {
		if isThere(t, store, row) {
			t.Fatal("a failed write is there")
		}
	}
	if !isThere(t, store, kept) {
		t.Fatal("a row of before is gone")
	}
	pages("PRAGMA max_page_count = 1000000")
	for _, write := range writes {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range rows {
		if !isThere(t, store, row) {
			t.Fatal("a write after the disk had room again is not there")
		}
	}
}

// A failed COMMIT fails all its writes.
func TestFailedCommit(t *testing.T) {
	store := open(t, Options{})
	good := store.writer.statements.commit
	bad, err := store.writer.conn.PrepareContext(t.Context(), "SELECT abs(-9223372036854775808)") // fails when it runs
	if err != nil {
		t.Fatal(err)
	}
	defer bad.Close()
	row := newRow()
	store.writer.statements.commit = bad
	if err := insert(t.Context(), store, row); err == nil || !strings.Contains(err.Error(), "cannot commit") {
		t.Fatalf("%v, though the commit has failed", err)
	}
	store.writer.statements.commit = good
	if isThere(t, store, row) || row.Version != 0 {
		t.Fatal("it is there, though the commit has failed")
	}
	if err := insert(t.Context(), store, row); err != nil {
		t.Fatal(err)
	}
}

func TestContextEndsInTheQueue(t *testing.T) {
	store := open(t, Options{})
	release := hold(t, store)
	ctx, cancel := context.WithCancel(t.Context())
	row, next := newRow(), newRow()
	answers := queue(t, store,
		func() error { return insert(ctx, store, row) },
		func() error { return insert(t.Context(), store, next) },
	)
	cancel()
	if err := <-answers[0]; !errors.Is(err, context.Canceled) { // while the writer is still held
		t.Fatalf("%v", err)
	}
	release()
	if err := <-answers[1]; err != nil {
		t.Fatal(err)
	}
	if isThere(t, store, row) {
		t.Error("a write that was given up was made")
	}
}

// Once a write has begun, its caller learns its outcome, even if the context ends.
func TestContextEndsInTheWrite(t *testing.T) {
	store := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	err := store.writer.do(ctx, func(context.Context, *writeStatements) error {
		cancel()
		return nil
	})
	if err != nil {
		t.Fatalf("%v, though it was written", err)
	}
}

func TestCloseWithAQueue(t *testing.T) {
	store := open(t, Options{})
	release := hold(t, store)
	var writes []func() error
	for range 5 {
		writes = append(writes, func() error { return insert(context.Background(), store, newRow()) })
	}
	answers := queue(t, store, writes...)
	closed := make(chan error)
	go func() { closed <- store.Close() }()
	<-store.writer.stop
	release()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	for _, answer := range answers { // both outcomes are right, but the write must not wait for ever
		if err := <-answer; err != nil && !errors.Is(err, errClosed) {
			t.Error(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// Many callers write, and some give up. Each caller whose write succeeded finds its row. The writer
// still works afterwards.
func TestCallersGiveUp(t *testing.T) {
	store := open(t, Options{})
	answers := make(chan error)
	const callers = 32
	for i := range callers {
		go func() {
			answers <- func() error {
				for k := range 20 {
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration((i*k)%5)*100*time.Microsecond)
					row := newRow()
					err := insert(ctx, store, row)
					cancel()
					got, failure := store.Get(context.Background(), row.Principal, row.Provider, row.RequestID)
					switch {
					case failure != nil:
						return failure
					case err == nil && got == nil:
						return errors.New("written, and not there")
					case err != nil && !errors.Is(err, context.DeadlineExceeded):
						return err
					case err != nil && got != nil:
						return fmt.Errorf("not written (%w), and there", err)
					}
				}
				return nil
			}()
		}()
	}
	for range callers {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}
