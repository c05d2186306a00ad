package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

const waitsForStandby = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')`

// The standby is gone, a commit waits for it, and something ends the wait. The write fails. No
// method returns the row until the standby has it. After a failover, the standby has all that was
// returned.
func TestNothingWithoutTheStandby(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	dsn := primary.Database(t)
	writer, reader := open(t, dsn), open(t, dsn)
	old := insert(t, writer, newRow("a"))
	returned := []*journal.Row{old}
	on := func(sql string) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			primary.Exec(t, primary.DSN("postgres"), `SELECT `+sql+`(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
		}
	}
	restart := func(mode postgrestest.Mode) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			primary.Restart(t, mode)
		}
	}
	const failover = "terminate before a failover"
	for _, way := range []struct {
		name      string
		end       func(*testing.T)
		sameStart bool // the server goes on, so what was durable stays readable
	}{
		{"cancel", on("pg_cancel_backend"), true},
		{"terminate", on("pg_terminate_backend"), true},
		{"fast restart", restart(postgrestest.Fast), false},
		{"crash", restart(postgrestest.Immediate), false},
		{failover, on("pg_terminate_backend"), true},
	} {
		t.Run(way.name, func(t *testing.T) {
			if err := reader.Beat(t.Context(), "r", time.Minute); err != nil {
				t.Fatal(err)
			}
			standby.Halt(t, postgrestest.Fast)
			row := newRow("a")
			row.Exclusive = row.RequestID[:]
			failed := make(chan error, 1)
			go func() {
				_, _, err := writer.Insert(context.Background(), row)
				failed <- err
			}()
			primary.WaitFor(t, waitsForStandby)
			way.end(t)
			if err := <-failed; err == nil {
				t.Error("the insert returned no error")
			}
			primary.WaitFor(t, `SELECT true`)
			if got, err := reader.Get(t.Context(), old.Principal, old.Provider, old.RequestID); way.sameStart && (err != nil || got == nil) {
				t.Errorf("the row that the standby has: %v, %v", got, err)
			}
			returnsNothing(t, []*Store{writer, reader}, row)
			if way.name == failover {
				return // the standby does not come back as a standby
			}
			standby.Launch(t)
			got, err := reader.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
			if err != nil || got == nil {
				t.Errorf("with the standby: %v, %v", got, err)
			}
			returned = append(returned, row)
		})
	}
	primary.Halt(t, postgrestest.Immediate)
	standby.Launch(t)
	standby.Promote(t)
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	promoted := open(t, standby.DSN(config.Database))
	for _, row := range returned {
		if got, err := promoted.Get(t.Context(), row.Principal, row.Provider, row.RequestID); err != nil || got == nil {
			t.Errorf("after the failover: %v, %v", got, err)
		}
	}
}

// returnsNothing fails the test if a method returns a row that the standby does not have.
func returnsNothing(t *testing.T, stores []*Store, row *journal.Row) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	again := *row
	rival := newRow("b")
	rival.Exclusive = row.Exclusive
	var group sync.WaitGroup
	for _, store := range stores {
		for name, read := range map[string]func() (any, error){
			"Get":    func() (any, error) { return store.Get(ctx, row.Principal, row.Provider, row.RequestID) },
			"Insert": func() (any, error) { again := again; e, b, err := store.Insert(ctx, &again); return []any{e, b}, err },
			"Insert, busy": func() (any, error) {
				rival := *rival
				e, b, err := store.Insert(ctx, &rival)
				return []any{e, b}, err
			},
			"FindOpen":   func() (any, error) { return store.FindOpen(ctx, row.Exclusive) },
			"List":       func() (any, error) { return store.List(ctx, journal.Query{Everybody: true, Limit: 5}) },
			"KeyIDs":     func() (any, error) { return store.KeyIDs(ctx) },
			"SealedWith": func() (any, error) { return store.SealedWith(ctx, row.KeyID, nil, 50) },
		} {
			group.Go(func() {
				if got, err := read(); err == nil {
					t.Errorf("%s returned %v without the standby", name, got)
				}
			})
		}
	}
	group.Wait()
}

// What one server returns, a write on another server does not confirm.
func TestBarrierOnAnotherServer(t *testing.T) {
	t.Parallel()
	store := open(t, postgrestest.Shared(t).Database(t))
	if err := store.confirm(t.Context(), "get", witness{xid: 5, server: time.Now()}); err == nil {
		t.Error("a write confirmed what another server had returned")
	}
}

// A barrier confirms only reads that ended before it began. Readers share it.
func TestBarriersAreShared(t *testing.T) {
	t.Parallel()
	// On a server of its own, no other transaction counts.
	cluster := postgrestest.Start(t)
	store := open(t, cluster.Database(t))
	rows := make([]*journal.Row, 20)
	for i := range rows {
		rows[i] = insert(t, store, newRow("a"))
	}
	if err := store.Beat(t.Context(), "a", time.Minute); err != nil {
		t.Fatal(err)
	}
	before := store.durable.proof().xmax
	for _, row := range rows { // after the proof
		if err := store.Update(t.Context(), row, never); err != nil {
			t.Fatal(err)
		}
	}
	before += uint64(len(rows))
	store.durable.writing.Lock() // a barrier is being written
	var done atomic.Int32
	var group sync.WaitGroup
	for _, row := range rows {
		group.Go(func() {
			if got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID); err != nil || got == nil {
				t.Error(got, err)
			}
			done.Add(1)
		})
	}
	time.Sleep(100 * time.Millisecond)
	if done.Load() > 0 {
		t.Error("a read returned without a barrier")
	}
	store.durable.writing.Unlock()
	group.Wait()
	cluster.WaitFor(t, `SELECT pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())`)
	if err := store.Beat(t.Context(), "a", time.Minute); err != nil {
		t.Fatal(err)
	}
	known := store.durable.proof()
	// The reads took two barriers: one that they shared, and one that may have begun before the last
	// of them joined.
	if took := known.xmax - before; took > 3 {
		t.Errorf("%d reads took %d transactions", len(rows), took)
	}
	for _, row := range rows {
		if _, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID); err != nil {
			t.Error(err)
		}
	}
	if store.durable.proof().at != known.at {
		t.Error("a read of rows that are known to be durable wrote a barrier")
	}
}

func TestProofCovers(t *testing.T) {
	t.Parallel()
	server := time.Now()
	for _, test := range []struct {
		proved uint64
		xid    uint32
		want   bool
	}{
		{1000, 999, true},
		{1000, 1000, false},
		{1000, 1001, false},
		{0, 3, false},
		{1<<32 + 5, 4, true},
		{1<<32 + 5, 1<<32 - 10, true},
		{1<<32 + 5, 6, false},
		{1<<32 - 3, 5, false},          // newer, past the end of 32 bits
		{3<<32 + 1<<31 + 10, 2, false}, // so old that it looks newer
	} {
		p := proof{xmin: test.proved, xmax: test.proved, server: server, at: time.Now()}
		if got := p.covers(witness{test.xid, server}); got != test.want {
			t.Errorf("%d covers %d: %t", test.proved, test.xid, got)
		}
		if p.at = p.at.Add(-2 * maxProofAge); p.covers(witness{test.xid, server}) {
			t.Errorf("an old proof covers %d", test.xid)
		}
		if p = (proof{xmin: test.proved, xmax: test.proved, server: server, at: time.Now()}); p.covers(witness{test.xid, server.Add(time.Second)}) {
			t.Errorf("a proof of one server covers %d of another", test.xid)
		}
	}
}

// A transaction that runs for long does not hold the proof of others back.
func TestProofBesideALongTransaction(t *testing.T) {
	t.Parallel()
	p, err := parseSnapshot("100:110:100,105")
	if err != nil {
		t.Fatal(err)
	}
	p.server, p.at = time.Now(), time.Now()
	for xid, want := range map[uint32]bool{99: true, 100: false, 101: true, 105: false, 109: true, 110: false} {
		if got := p.covers(witness{xid, p.server}); got != want {
			t.Errorf("covers %d: %t", xid, got)
		}
	}
	for _, text := range []string{"", "1:2", "a:2:", "1:2:x"} {
		if _, err := parseSnapshot(text); err == nil {
			t.Errorf("%q is a snapshot", text)
		}
	}
}

// A write fails if the server warns, whatever the operator's client_min_messages.
func TestWarningsFailWrites(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	store := open(t, cluster.Database(t)+"&client_min_messages=error")
	cluster.Exec(t, store.pool.Config().ConnString(), `
CREATE FUNCTION enlist.warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'canceling wait'; RETURN NEW; END $$;
CREATE CONSTRAINT TRIGGER warn AFTER INSERT OR UPDATE ON enlist.operations DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.owner = 'warned') EXECUTE FUNCTION enlist.warn()`)
	if _, _, err := store.Insert(t.Context(), newRow("warned")); !errors.Is(err, errNotConfirmed) {
		t.Errorf("insert: %v", err)
	}
	row := insert(t, store, newRow("a"))
	row.Owner = "warned"
	if err := store.Update(t.Context(), row, never); !errors.Is(err, errNotConfirmed) {
		t.Errorf("update: %v", err)
	}
	insert(t, store, newRow("a")) // the connection still works
	for _, notice := range []pgconn.Notice{
		{SeverityUnlocalized: "NOTICE"},
		{SeverityUnlocalized: "WARNING", File: "varsup.c"},
		{SeverityUnlocalized: "WARNING", File: "../src/backend/access/transam/multixact.c"},
	} {
		if doubts(&notice) {
			t.Errorf("%+v", notice)
		}
	}
}

// Each statement that writes sets what its commit needs, whatever the session's settings.
func TestEachWriteSetsItsDurability(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	for asked, want := range map[string]string{"off": "on", "local": "on", "remote_write": "on", "on": "on", "remote_apply": "remote_apply"} {
		store := open(t, cluster.Database(t)+"&synchronous_commit="+asked+"&client_min_messages=error")
		cluster.Exec(t, store.pool.Config().ConnString(), `
CREATE TABLE enlist.seen (tab text, op text, commit text, messages text);
CREATE FUNCTION enlist.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO enlist.seen SELECT TG_TABLE_NAME, TG_OP, current_setting('synchronous_commit'), current_setting('client_min_messages');
  RETURN NULL; END $$;`)
		for _, table := range []string{"operations", "open", "exchanges", "replicas", "secrets"} {
			cluster.Exec(t, store.pool.Config().ConnString(), `CREATE CONSTRAINT TRIGGER see AFTER INSERT OR UPDATE OR DELETE ON enlist.`+table+
				` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enlist.see()`)
		}
		for name, change := range everyWrite(t, store) {
			if err := change(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		rows, err := store.pool.Query(t.Context(), `SELECT tab || ' ' || op, bool_and(commit = $1 AND messages = 'warning'), count(*) FROM enlist.seen GROUP BY 1`, want)
		if err != nil {
			t.Fatal(err)
		}
		kinds, durable, count := "", false, 0
		seen := map[string]bool{}
		_, err = pgx.ForEachRow(rows, []any{&kinds, &durable, &count}, func() error {
			if seen[kinds] = true; !durable {
				t.Errorf("with %s: %s is not durable", asked, kinds)
			}
			return nil
		})
		if err != nil || len(seen) != 12 {
			t.Errorf("with %s: %v, %v", asked, seen, err)
		}
	}
}

// everyWrite calls each method that writes.
func everyWrite(t *testing.T, store *Store) map[string]func() error {
	t.Helper()
	ctx := t.Context()
	return map[string]func() error{
		"a creation, a take, a reseal and a purge": func() error {
			row := insert(t, store, newRow("dead"))
			taken, err := store.Take(ctx, row, "b")
			if err != nil || taken == nil {
				return fmt.Errorf("take: %v, %w", taken, err)
			}
			taken.State, taken.Exclusive, taken.Exchanges = succeeded, nil, []byte("exchanges")
			if err := errors.Join(store.Update(ctx, taken, never), store.Reseal(ctx, taken)); err != nil {
				return err
			}
			if dropped, _, err := store.Purge(ctx, row.Provider, journal.Retention{Payload: -time.Hour, Outcome: time.Hour}.Before(time.Now()), 10); err != nil || dropped != 1 {
				return fmt.Errorf("drop the payload: %d, %w", dropped, err)
			}
			if _, deleted, err := store.Purge(ctx, row.Provider, journal.Retention{Payload: -time.Hour, Outcome: -time.Hour}.Before(time.Now()), 10); err != nil || deleted != 1 {
				return fmt.Errorf("purge: %d, %w", deleted, err)
			}
			return nil
		},
		"a claim": func() error {
			insert(t, store, newRow("gone"))
			claimed, err := store.Claim(ctx, "b", 10)
			if err != nil || len(claimed) == 0 {
				return fmt.Errorf("claim: %v, %w", claimed, err)
			}
			return nil
		},
		"heartbeats": func() error {
			return errors.Join(store.Beat(ctx, "x", time.Minute), store.Beat(ctx, "x", time.Minute))
		},
		"secrets": func() error {
			_, err := store.Secret(ctx, "s", []byte("1"))
			return errors.Join(err, store.ReplaceSecret(ctx, "s", []byte("1"), []byte("2")))
		},
	}
}
