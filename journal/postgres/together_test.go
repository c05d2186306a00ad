package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// atOnce makes writes in one statement. It keeps the store from starting one until all wait.
func atOnce(t *testing.T, group *together, writes ...func() error) []error {
	t.Helper()
	hold(group)
	errs := make([]error, len(writes))
	var callers sync.WaitGroup
	for i, write := range writes {
		callers.Go(func() { errs[i] = write() })
	}
	for {
		group.mutex.Lock()
		waiting := len(group.waiting)
		group.mutex.Unlock()
		if waiting == len(writes) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	group.next()
	callers.Wait()
	return errs
}

// hold keeps the store from starting a statement until next.
func hold(group *together) {
	for {
		group.mutex.Lock()
		free := group.running == 0
		if free {
			group.running++
		}
		group.mutex.Unlock()
		if free {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Each write of a statement has its own result.
func TestTogether(t *testing.T) {
	t.Parallel()
	store := open(t, postgrestest.Shared(t).Database(t))
	old, holder := insert(t, store, newRow("a")), insert(t, store, newRow("a"))
	type result struct{ existing, busy *journal.Row }
	rows := map[string]*journal.Row{}
	results := map[string]*result{}
	var writes []func() error
	add := func(name string, row *journal.Row) {
		rows[name], results[name] = row, &result{}
		writes = append(writes, func() (err error) {
			results[name].existing, results[name].busy, err = store.Insert(t.Context(), row)
			return err
		})
	}
	for i := range 5 {
		add(fmt.Sprint("new ", i), newRow("a"))
	}
	again, busy, twin, same := newRow("a"), newRow("a"), newRow("a"), newRow("a")
	again.RequestID = old.RequestID
	busy.Exclusive = holder.Exclusive
	add("existing", again)
	add("busy", busy)
	twin.Exclusive = rows["new 0"].Exclusive
	add("twin", twin)
	same.RequestID = rows["new 1"].RequestID
	add("same", same)
	for _, err := range atOnce(t, &store.inserts, writes...) {
		if err != nil {
			t.Error(err)
		}
	}
	inserted := func(name string) bool {
		return results[name].existing == nil && results[name].busy == nil && rows[name].Version == 1
	}
	for _, name := range []string{"new 2", "new 3", "new 4"} {
		if !inserted(name) {
			t.Errorf("%s: %+v", name, results[name])
		}
	}
	if got := results["existing"].existing; got == nil || got.RequestID != old.RequestID || string(got.Exclusive) != string(old.Exclusive) {
		t.Errorf("existing: %v", got)
	}
	if got := results["busy"].busy; got == nil || got.RequestID != holder.RequestID {
		t.Errorf("busy: %v", got)
	}
	// Either of two that exclude each other may be first.
	if inserted("new 0") == inserted("twin") || inserted("new 1") == inserted("same") {
		t.Errorf("both or none of two: %v, %v, %v, %v", inserted("new 0"), inserted("twin"), inserted("new 1"), inserted("same"))
	}

	// Of these endings, one is of a row that has changed, and one of no row.
	changed, ended, missing := rows["new 2"], rows["new 3"], newRow("a")
	if taken, err := store.Take(t.Context(), changed, "a"); err != nil || taken == nil {
		t.Fatal(taken, err)
	}
	missing.Version = 1
	end := func(row *journal.Row) func() error {
		row.State, row.Owner, row.Exclusive, row.Customer, row.Exchanges = succeeded, "", nil, row.RequestID[:], []byte("of "+row.RequestID.String())
		return func() error { return store.Update(t.Context(), row, never) }
	}
	errs := atOnce(t, &store.endings, end(changed), end(ended), end(missing), end(old))
	for i, want := range []error{journal.ErrConflict, nil, journal.ErrConflict, nil} {
		if !errors.Is(errs[i], want) {
			t.Errorf("ending %d: %v, not %v", i, errs[i], want)
		}
	}
	for _, row := range []*journal.Row{ended, old} {
		got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
		if err != nil || got.Version != 2 || row.Version != 2 || got.State != succeeded || string(got.Exchanges) != "of "+row.RequestID.String() {
			t.Errorf("%v, %v", got, err)
		}
	}
	if open, err := store.FindOpen(t.Context(), ended.RequestID[:]); err != nil || open != nil {
		t.Errorf("%v, %v: an ended row is open", open, err)
	}
}

// A row that the server refuses, or that another transaction keeps locked, does not fail those
// beside it.
func TestOneOfManyFails(t *testing.T) {
	t.Parallel()
	store := open(t, postgrestest.Shared(t).Database(t))
	good, locked := insert(t, store, newRow("a")), insert(t, store, newRow("a"))
	refused, neighbour := newRow("a"), newRow("a")
	refused.Owner = "a\x00b" // no text of PostgreSQL
	insertOf := func(row *journal.Row) func() error {
		return func() error { _, _, err := store.Insert(t.Context(), row); return err }
	}
	errs := atOnce(t, &store.inserts, insertOf(refused), insertOf(neighbour))
	if errs[0] == nil || errs[1] != nil || neighbour.Version != 1 {
		t.Errorf("a refused row: %v, and the one beside it: %v", errs[0], errs[1])
	}

	tx, err := store.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT FROM enlist.operations WHERE request_id = $1 FOR UPDATE`, [16]byte(locked.RequestID)); err != nil {
		t.Fatal(err)
	}
	errs = atOnce(t, &store.endings, ending(t, store, locked), func() error {
		err := ending(t, store, good)()
		_ = tx.Rollback(context.WithoutCancel(t.Context())) // the locked one waits until here at least
		return err
	})
	if errs[0] != nil && good.Version != 2 || errs[1] != nil {
		t.Errorf("a locked row: %v, and the one beside it: %v", errs[0], errs[1])
	}
}

// A row that another transaction replaces while the statement waits for it is a conflict, and those
// beside it are written.
func TestReplacedWhileItWaits(t *testing.T) {
	t.Parallel()
	store := open(t, postgrestest.Shared(t).Database(t))
	replaced, beside := insert(t, store, newRow("a")), insert(t, store, newRow("a"))
	tx, err := store.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec(t.Context(), `UPDATE enlist.operations SET version = version + 1 WHERE request_id = $1`, [16]byte(replaced.RequestID))
	if err != nil {
		t.Fatal(err)
	}
	var ended sync.WaitGroup
	ended.Go(func() {
		errs := atOnce(t, &store.endings, ending(t, store, replaced), ending(t, store, beside))
		if !errors.Is(errs[0], journal.ErrConflict) || errs[1] != nil {
			t.Errorf("a replaced row: %v, and the one beside it: %v", errs[0], errs[1])
		}
	})
	for waits := false; !waits && t.Context().Err() == nil; time.Sleep(time.Millisecond) {
		err := store.pool.QueryRow(t.Context(), `
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	ended.Wait()
	got, err := store.Get(t.Context(), replaced.Principal, replaced.Provider, replaced.RequestID)
	if err != nil || got.State == succeeded {
		t.Errorf("%v, %v: the replaced row was written", got, err)
	}
}

// ending returns a write that ends a creation.
func ending(t *testing.T, store *Store, row *journal.Row) func() error {
	row.State, row.Owner, row.Exclusive = succeeded, "", nil
	return func() error { return store.Update(t.Context(), row, never) }
}

// A row that another transaction keeps locked does not fail those beside it, also if the operator's
// statement_timeout is short.
func TestShortStatementTimeout(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	open(t, dsn)
	store := open(t, dsn+"&statement_timeout=2000")
	locked, good := insert(t, store, newRow("a")), insert(t, store, newRow("a"))
	tx, err := store.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if _, err := tx.Exec(t.Context(), `SELECT FROM enlist.operations WHERE request_id = $1 FOR UPDATE`, [16]byte(locked.RequestID)); err != nil {
		t.Fatal(err)
	}
	errs := atOnce(t, &store.endings, ending(t, store, locked), ending(t, store, good))
	if errs[0] == nil || errs[1] != nil {
		t.Errorf("a locked row: %v, and the one beside it: %v", errs[0], errs[1])
	}
}

// A write whose caller gives up before its statement begins is never made.
func TestGivenUpBeforeItsStatement(t *testing.T) {
	t.Parallel()
	store := open(t, postgrestest.Shared(t).Database(t))
	hold(&store.inserts)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	row := newRow("a")
	if _, _, err := store.Insert(ctx, row); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v, not the end of the context", err)
	}
	store.inserts.next()
	insert(t, store, newRow("a"))
	if got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID); err != nil || got != nil {
		t.Fatalf("%v, %v: it was made", got, err)
	}
}

// A statement that takes long does not stop later ones.
func TestAnotherStatementAfterAWhile(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	slow := uuid.New()
	group := together{timeout: time.Minute, run: func(_ context.Context, all []*write) error {
		if all[0].row.RequestID == slow {
			<-release
		}
		return nil
	}}
	first := make(chan error, 1)
	go func() { first <- group.do(context.Background(), &write{row: journal.Row{RequestID: slow}}) }()
	for range 3 {
		if err := group.do(t.Context(), &write{row: journal.Row{RequestID: uuid.New()}}); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
}

// Writes share a statement while they are small, different and not too many. The others keep their
// order.
func TestApart(t *testing.T) {
	t.Parallel()
	sized := func(id byte, size int) *write {
		return &write{row: journal.Row{RequestID: uuid.UUID{id}, Exclusive: []byte{id}, Request: make([]byte, size)}}
	}
	huge, large, alsoLarge, small, again := sized(1, 2*maxBytesTogether), sized(2, maxBytesTogether*2/3), sized(3, maxBytesTogether/2), sized(4, 1), sized(4, 2)
	waiting := []*write{huge, large, alsoLarge, small, again}
	for _, want := range [][]*write{{huge}, {large, small}, {alsoLarge, again}} {
		var batch []*write
		if batch, waiting = apart(waiting); !slices.Equal(batch, want) {
			t.Errorf("%d writes, not %d, or others", len(batch), len(want))
		}
	}
	for i := range 2*maxTogether + 1 {
		waiting = append(waiting, &write{row: journal.Row{Provider: fmt.Sprint(i)}})
	}
	for _, want := range []int{maxTogether, maxTogether, 1, 0} {
		var batch []*write
		if batch, waiting = apart(waiting); len(batch) != want {
			t.Errorf("%d writes, not %d", len(batch), want)
		}
	}
}
