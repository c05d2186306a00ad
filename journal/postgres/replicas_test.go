package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// makeUnknown inserts a row and makes it UNKNOWN, due now, with no owner.
func makeUnknown(t *testing.T, store *Store) *journal.Row {
	t.Helper()
	row := insert(t, store, newRow("gone"))
	row.State, row.Owner = unknown, ""
	if err := store.Update(t.Context(), row, 0); err != nil {
		t.Fatal(err)
	}
	return row
}

func TestTwoReplicasClaimEachRowOnce(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	stores := []*Store{open(t, dsn), open(t, dsn)}
	const rows = 200
	for range rows {
		makeUnknown(t, stores[0])
	}
	var mutex sync.Mutex
	claims := map[uuid.UUID]int{}
	share := make([]int, len(stores))
	var group sync.WaitGroup
	for i, store := range stores {
		group.Go(func() {
			replica := fmt.Sprint("replica", i)
			// This replica sends its first heartbeat while the other replica already claims.
			if err := store.Beat(t.Context(), replica, time.Minute); err != nil {
				t.Error(err)
			}
			for range rows {
				claimed, err := store.Claim(t.Context(), replica, 3)
				if err != nil {
					t.Error(err)
					return
				}
				mutex.Lock()
				for _, row := range claimed {
					claims[row.RequestID]++
					share[i]++
				}
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	for id, times := range claims {
		if times != 1 {
			t.Errorf("%v was claimed %d times", id, times)
		}
	}
	if len(claims) != rows {
		t.Errorf("%d of %d rows were claimed", len(claims), rows)
	}
	t.Log("claimed by each:", share)
}

// A claim does not wait for rows that another replica has locked.
func TestClaimPassesOverLockedRows(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	store := open(t, dsn)
	locked, free := makeUnknown(t, store), makeUnknown(t, store)
	tx, err := store.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), `SELECT FROM enlist.operations WHERE request_id = $1 FOR UPDATE`, [16]byte(locked.RequestID)); err != nil {
		t.Fatal(err)
	}
	claimed, err := store.Claim(t.Context(), "b", 1)
	if err != nil || len(claimed) != 1 || claimed[0].RequestID != free.RequestID {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
}

// A replica sends its first heartbeat and claims a row after another replica's statement has begun.
// It keeps the row.
func TestClaimDoesNotTakeFromWhoIsNewlyAlive(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	store := open(t, dsn)
	makeUnknown(t, store)
	// This claim uses an old snapshot. The transaction holds a lock, and the claim waits for it
	// before it reads its first row.
	tx, err := store.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock(1)`); err != nil {
		t.Fatal(err)
	}
	late := make(chan error, 1)
	var rows []*journal.Row
	go func() {
		var err error
		// The statement waits for the lock after it takes its snapshot and before it reads its
		// first row.
		rows, err = store.rows(context.Background(), "claim", slowly(claimRecords), "late", 10)
		late <- err
	}()
	time.Sleep(200 * time.Millisecond)
	if err := store.Beat(t.Context(), "early", time.Minute); err != nil {
		t.Fatal(err)
	}
	claimed, err := store.Claim(t.Context(), "early", 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-late; err != nil || len(rows) != 0 {
		t.Fatalf("taken from a living replica: %v, %v", rows, err)
	}
}

// slowly makes a claim wait for an advisory lock after it takes its snapshot.
func slowly(claim string) string {
	return "WITH slow AS MATERIALIZED (SELECT pg_advisory_xact_lock(1)), " + claim[len("\nWITH "):len(claim)-len(returned)] +
		" AND EXISTS (SELECT FROM slow)" + returned
}

func TestDeadReplicaIsTakenOver(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	store := open(t, dsn)
	dying, err := Open(t.Context(), dsn, Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	const alive = time.Second
	begun := time.Now()
	if err := dying.Beat(t.Context(), "dying", alive); err != nil {
		t.Fatal(err)
	}
	row := insert(t, dying, newRow("dying"))
	dying.Close() // sends no farewell
	if err := store.Beat(t.Context(), "b", time.Minute); err != nil {
		t.Fatal(err)
	}
	for time.Since(begun) < 30*time.Second {
		taken, err := store.Take(t.Context(), row, "b")
		if err != nil {
			t.Fatal(err)
		}
		if taken == nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if after := time.Since(begun); after < alive {
			t.Errorf("taken over after %v, while it was alive", after)
		}
		if taken.Owner != "b" || taken.Version != row.Version+1 {
			t.Errorf("owner %q, version %d", taken.Owner, taken.Version)
		}
		if again, err := store.Take(t.Context(), row, "b"); again != nil || err != nil {
			t.Errorf("taken with a stale version: %v, %v", again, err)
		}
		return
	}
	t.Fatal("not taken over")
}

// The store does not keep for ever what a server wrote while its clock had jumped ahead.
func TestTimesFromFarAheadAreNotBelieved(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	dsn := cluster.Database(t)
	store := open(t, dsn)
	row := makeUnknown(t, store)
	held := insert(t, store, newRow("held"))
	cluster.Exec(t, dsn, `INSERT INTO enlist.replicas VALUES ('held', now() + interval '1 year'), ('old', now() - interval '2 days')`)
	cluster.Exec(t, dsn, `UPDATE enlist.operations SET due = now() + interval '61 minutes' WHERE request_id = $1`, [16]byte(row.RequestID))
	claimed, err := store.Claim(t.Context(), "b", 10)
	if err != nil || len(claimed) != 2 {
		t.Fatalf("claimed %v, %v, not %v and %v", claimed, err, row.RequestID, held.RequestID)
	}
	if err := store.Update(t.Context(), claimed[1], 400*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if due := claimed[1].Due.Sub(claimed[1].Updated); due != time.Hour {
		t.Errorf("due after %v, not an hour", due)
	}
	if err := store.Beat(t.Context(), "b", time.Second); err != nil {
		t.Fatal(err)
	}
	var old int
	if err := store.pool.QueryRow(t.Context(), `SELECT count(*) FROM enlist.replicas WHERE id = 'old'`).Scan(&old); err != nil || old != 0 {
		t.Errorf("a replica that died two days ago is remembered: %d, %v", old, err)
	}
}

// openFour opens a database four times at once.
func openFour(t *testing.T, dsn string, then func(*Store)) *sync.WaitGroup {
	t.Helper()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			store, err := Open(t.Context(), dsn, Options{Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Error(err)
				return
			}
			then(store)
		})
	}
	return &group
}

func TestFourOpenersMigrateAtOnce(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	openFour(t, dsn, func(store *Store) {
		defer store.Close()
		if _, _, err := store.Insert(t.Context(), newRow("a")); err != nil {
			t.Error(err)
		}
	}).Wait()
	store := open(t, dsn)
	var versions int
	if err := store.pool.QueryRow(t.Context(), `SELECT count(*) FROM enlist.schema_version WHERE version_id = 1`).Scan(&versions); err != nil || versions != 1 {
		t.Errorf("migrated %d times, %v", versions, err)
	}
}

// The user owns the schema and has no other right. It cannot create schemas.
func TestUserOfTheSchemaOnly(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	dsn := cluster.Database(t)
	cluster.Exec(t, dsn, `CREATE ROLE tenant LOGIN PASSWORD 'p'`)
	cluster.Exec(t, dsn, `CREATE SCHEMA enlist AUTHORIZATION tenant`)
	store := open(t, dsn+"&user=tenant")
	insert(t, store, newRow("a"))
	open(t, dsn+"&user=tenant")

	other := cluster.Database(t)
	_, err := Open(t.Context(), other+"&user=tenant", Options{Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		t.Fatal("a schema was created without the right to")
	}
	t.Log(err)
}
