package postgres

import (
	"bytes"
	"errors"
	"log/slog"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

func openDurable(t *testing.T, dsn string, durability Durability) *Store {
	t.Helper()
	store, err := Open(t.Context(), dsn, Options{Durability: durability, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// reconnect drops the connections to a server that is gone.
func reconnect(stores ...*Store) {
	for _, store := range stores {
		store.pool.Reset()
	}
}

// pairOf returns a DSN that names two servers.
func pairOf(dsn string, primary, standby *postgrestest.Cluster) string {
	return strings.Replace(dsn, primary.Host(), primary.Host()+","+standby.Host(), 1)
}

// A standby without the latest writes is promoted. The next insert of an unknown request writes
// nothing, and opens a gap under SINGLE_NODE alone.
func TestPromotionOpensAGap(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	primary.Asynchronous(t)
	dsn := pairOf(primary.Database(t), primary, standby)
	store, other, managed := open(t, dsn), open(t, dsn), openDurable(t, dsn, Managed)
	kept := insert(t, store, newRow("a"))
	primary.CaughtUp(t)
	standby.Halt(t, postgrestest.Fast)
	insert(t, store, newRow("a"))
	primary.Halt(t, postgrestest.Immediate)
	standby.Launch(t)
	standby.Promote(t)
	reconnect(store, other, managed)

	if err := managed.verify(t.Context()); err != nil || !managed.Gap().Opened.IsZero() {
		t.Fatalf("%+v, %v", managed.Gap(), err)
	}
	row := newRow("a")
	if _, _, err := store.Insert(t.Context(), row); !errors.Is(err, journal.ErrGap) {
		t.Fatalf("the insert: %v", err)
	}
	if found, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID); err != nil || found != nil {
		t.Errorf("the insert wrote %+v, %v", found, err)
	}
	gap := store.Gap()
	if !gap.IsOpen() || !gap.Since.Equal(kept.Created.Add(-10*time.Minute)) || !strings.Contains(gap.Why, "timeline 00000002, and before 00000001") {
		t.Errorf("the gap is %+v", gap)
	}
	row.Gap = gap.Opened
	if _, _, err := store.Insert(t.Context(), row); err != nil {
		t.Error(err)
	}
	// The other replica learns of it with its next heartbeat, and opens no second gap.
	if err := other.Beat(t.Context(), "b", time.Minute); err != nil || !other.Gap().Opened.Equal(gap.Opened) {
		t.Errorf("the other replica knows %+v, %v", other.Gap(), err)
	}
	// A start of the same server opens none.
	standby.Restart(t, postgrestest.Fast)
	again := open(t, dsn)
	next := newRow("a")
	next.Gap = gap.Opened
	if _, _, err := again.Insert(t.Context(), next); err != nil || !again.Gap().Opened.Equal(gap.Opened) {
		t.Errorf("after a restart: %+v, %v", again.Gap(), err)
	}
	found, err := Look(t.Context(), dsn, SingleNode)
	if err != nil || !found.Gap.IsOpen() || found.Lost != "" {
		t.Errorf("Look: %+v, %v", found, err)
	}
}

// The intent of a restart, too, is written to a server only once its database is identified.
func TestUpdateToIntentMeetsAGap(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	primary.Asynchronous(t)
	dsn := pairOf(primary.Database(t), primary, standby)
	store := open(t, dsn)
	row := insert(t, store, newRow("a"))
	primary.CaughtUp(t)
	primary.Halt(t, postgrestest.Immediate)
	standby.Promote(t)
	reconnect(store)
	if err := store.Update(t.Context(), row, never); !errors.Is(err, journal.ErrGap) {
		t.Fatalf("the update: %v", err)
	}
	if found, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID); err != nil || found.Version != row.Version {
		t.Errorf("the update wrote %+v, %v", found, err)
	}
	row.Gap = store.Gap().Opened
	if err := store.Update(t.Context(), row, never); err != nil {
		t.Error(err)
	}
}

// A promoted synchronous standby has everything. Without a standby, no creation is written.
func TestSynchronousPromotion(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t)
	database := primary.Database(t)
	if _, err := Look(t.Context(), database, Synchronous); !errors.Is(err, errNoStandby) {
		t.Errorf("without a standby, before the first start: %v", err)
	}
	lonely := openDurable(t, database, Synchronous)
	if _, _, err := lonely.Insert(t.Context(), newRow("a")); !errors.Is(err, errNoStandby) {
		t.Errorf("without a standby: %v", err)
	}
	var log bytes.Buffer
	lonely.logger = slog.New(slog.NewTextHandler(&log, nil))
	for range 3 {
		if err := lonely.Beat(t.Context(), "lonely", time.Minute); err != nil {
			t.Error(err)
		}
	}
	if strings.Count(log.String(), "could not identify the database") != 1 {
		t.Errorf("not one warning:\n%s", log.String())
	}
	if _, err := lonely.List(t.Context(), journal.Query{Everybody: true, Limit: 1}); err != nil {
		t.Error("reads do not go on:", err)
	}
	standby := primary.Standby(t)
	dsn := pairOf(database, primary, standby)
	store := openDurable(t, dsn, Synchronous)
	insert(t, store, newRow("a"))
	primary.Halt(t, postgrestest.Immediate)
	standby.Promote(t)
	reconnect(store)
	if _, _, err := store.Insert(t.Context(), newRow("a")); !errors.Is(err, errNoStandby) {
		t.Errorf("the promoted server has no standby: %v", err)
	}
	standby.Standby(t)
	insert(t, store, newRow("a"))
	if gap := store.Gap(); !gap.Opened.IsZero() {
		t.Errorf("the gap %+v is open", gap)
	}
	standby.Asynchronous(t) // without a restart
	if _, _, err := store.Insert(t.Context(), newRow("a")); !errors.Is(err, errNoStandby) {
		t.Errorf("the server no longer waits for a standby: %v", err)
	}
}

// A standby is promoted and has a synchronous standby of its own. Then the old primary comes back
// and takes its place, without the writes in between. That opens one gap, also under SYNCHRONOUS.
func TestPromotionIsTakenBack(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	dsn := pairOf(primary.Database(t), primary, standby)
	store, other := openDurable(t, dsn, Synchronous), openDurable(t, dsn, Synchronous)
	insert(t, store, newRow("a"))
	primary.Halt(t, postgrestest.Immediate)
	standby.Promote(t)
	standby.Standby(t)
	reconnect(store, other)
	lost := insert(t, store, newRow("a"))
	insert(t, other, newRow("a"))
	if gap := store.Gap(); !gap.Opened.IsZero() {
		t.Fatalf("the promotion opened the gap %+v", gap)
	}
	standby.Halt(t, postgrestest.Immediate)
	primary.Launch(t)
	primary.Standby(t)
	reconnect(store, other)

	row := newRow("a")
	if _, _, err := store.Insert(t.Context(), row); !errors.Is(err, journal.ErrGap) {
		t.Fatalf("the insert: %v", err)
	}
	gap := store.Gap()
	if !gap.IsOpen() || !strings.Contains(gap.Why, "timeline 00000001 again, although 00000002 was in use") {
		t.Errorf("the gap is %+v", gap)
	}
	if found, err := store.Get(t.Context(), lost.Principal, lost.Provider, lost.RequestID); err != nil || found != nil {
		t.Errorf("the lost row is %+v, %v", found, err)
	}
	if _, _, err := other.Insert(t.Context(), newRow("a")); !errors.Is(err, journal.ErrGap) || !other.Gap().Opened.Equal(gap.Opened) {
		t.Errorf("the other replica knows %+v: %v", other.Gap(), err)
	}
	row.Gap = gap.Opened
	if _, _, err := store.Insert(t.Context(), row); err != nil {
		t.Error(err)
	}
}

// A restart and a new connection are no other database. A restored schema is one, also on the same
// server.
func TestRestoredSchema(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t)
	dsn := cluster.Database(t)
	store := open(t, dsn)
	insert(t, store, newRow("a"))
	cluster.Restart(t, postgrestest.Immediate)
	reconnect(store)
	insert(t, store, newRow("a"))
	if gap := store.Gap(); !gap.Opened.IsZero() {
		t.Fatalf("a restart opens the gap %+v", gap)
	}

	dump := t.TempDir() + "/dump"
	run := func(program string, arguments ...string) {
		t.Helper()
		if output, err := exec.Command(cluster.Program(program), arguments...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %s", err, output)
		}
	}
	run("pg_dump", "--format=custom", "--schema=enlist", "--file="+dump, dsn)
	cluster.Exec(t, dsn, `DROP SCHEMA enlist CASCADE`)
	run("pg_restore", "--exit-on-error", "--single-transaction", "--dbname="+dsn, dump)
	if found, err := Look(t.Context(), dsn, Managed); err != nil || !strings.Contains(found.Lost, "another database") {
		t.Errorf("Look: %+v, %v", found, err)
	}
	for _, durability := range []Durability{Managed, SingleNode} {
		restored := openDurable(t, dsn, durability)
		if gap := restored.Gap(); !gap.IsOpen() || !strings.Contains(gap.Why, "another database") {
			t.Errorf("the gap is %+v", gap)
		}
	}
}

// A managed service may not offer the function for the system identifier.
func TestManagedWithoutTheSystemIdentifier(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t)
	dsn := cluster.Database(t)
	cluster.Exec(t, dsn, `REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`)
	cluster.Exec(t, dsn, `CREATE ROLE tenant LOGIN; CREATE SCHEMA enlist AUTHORIZATION tenant`)
	plain := strings.Replace(dsn, "enlist@", "tenant@", 1)
	for range 2 {
		store := openDurable(t, plain, Managed)
		insert(t, store, newRow("a"))
		if gap := store.Gap(); !gap.Opened.IsZero() {
			t.Errorf("the gap %+v is open", gap)
		}
	}
	if found, err := Look(t.Context(), plain, Managed); err != nil || found.Lost != "" {
		t.Errorf("Look: %+v, %v", found, err)
	}
	if store, err := Open(t.Context(), plain, Options{}); err == nil || !strings.Contains(err.Error(), "pg_control_system") {
		t.Errorf("SINGLE_NODE needs it: %v, %v", store, err)
	}
}

// Replicas that identify a new database at once open one gap.
func TestVerifyAtOnce(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	first := open(t, dsn)
	postgrestest.Shared(t).Exec(t, dsn, `UPDATE enlist.secrets SET value = '1/2 00000001' WHERE name = 'database'`)
	stores := []*Store{first, open(t, dsn), open(t, dsn)}
	postgrestest.Shared(t).Exec(t, dsn, `UPDATE enlist.secrets SET value = '1/2 00000001' WHERE name = 'database'`)
	done := make(chan error)
	for _, store := range stores {
		go func() { done <- store.verify(t.Context()) }()
	}
	for range stores {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for _, store := range stores[1:] {
		if !store.Gap().IsOpen() || !store.Gap().Opened.Equal(first.Gap().Opened) {
			t.Errorf("%+v and %+v", store.Gap(), first.Gap())
		}
	}
}

// A gap by hand reaches the other replicas with a heartbeat.
func TestGapByHand(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.Shared(t).Database(t)
	store, other := open(t, dsn), open(t, dsn)
	gap, err := store.OpenGap(t.Context(), "restored")
	if err != nil || !gap.IsOpen() || !gap.Since.Equal(time.Unix(0, 0)) {
		t.Errorf("%+v, %v", gap, err)
	}
	if err := other.Beat(t.Context(), uuid.NewString(), time.Minute); err != nil || !other.Gap().Opened.Equal(gap.Opened) {
		t.Errorf("%+v, %v", other.Gap(), err)
	}
}
