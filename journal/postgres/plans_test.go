package postgres

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// statements records the statements that a store sends, so that the test can explain them.
type statements struct {
	mutex sync.Mutex
	all   []pgx.TraceQueryStartData
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if strings.Contains(data.SQL, "enlist.") && data.SQL != barrier {
		s.mutex.Lock()
		s.all = append(s.all, data)
		s.mutex.Unlock()
	}
	return ctx
}

func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Behind a pooler, each statement is in a pipeline.
func (s *statements) TraceBatchStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	for _, queued := range data.Batch.QueuedQueries {
		s.TraceQueryStart(ctx, conn, pgx.TraceQueryStartData{SQL: queued.SQL})
	}
	return ctx
}

func (s *statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (s *statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (s *statements) take() []pgx.TraceQueryStartData {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := s.all
	s.all = nil
	return all
}

var writes = regexp.MustCompile(`(INSERT INTO|UPDATE|DELETE FROM) enlist\.`)

const fill = `
WITH made AS (
  INSERT INTO enlist.operations (principal, provider, request_id, state, rare, version, exclusive, customer, owner, due, created, updated, key_id, held,
    outcome, request)
  SELECT 'p' || n % 3, 'v' || n % 5, gen_random_uuid(), s.state, CASE WHEN s.state NOT IN (1, 2) THEN s.state END, 1,
    CASE WHEN s.state IN (1, 5) THEN decode(md5('e' || n), 'hex') END, decode(md5('c' || n), 'hex'), 'dead' || n % 2,
    CASE WHEN s.state = 5 THEN now() - interval '1 minute' END,
    now() - n * interval '1 minute', now() - n * interval '1 minute', 1 + n % 2, n < 25000, '\x00', decode(repeat(md5(n::text), 10), 'hex')
  FROM generate_series(50000, 1, -1) n CROSS JOIN LATERAL (SELECT
    CASE WHEN n % 1000 = 0 THEN 3 WHEN n % 1000 = 1 THEN 4 WHEN n % 5000 = 2 THEN 6 WHEN n % 2500 = 3 THEN 1 WHEN n % 2500 = 4 THEN 5 ELSE 2 END
    AS state) s
  RETURNING *
), opened AS (
  INSERT INTO enlist.open (exclusive, request_id, principal, provider, intent)
  SELECT exclusive, request_id, principal, provider, state = 1 FROM made WHERE exclusive IS NOT NULL
)
INSERT INTO enlist.exchanges (request_id, principal, provider, created, customer, payload)
SELECT request_id, principal, provider, created, customer, request FROM made`

// tables are those with a row for each creation, or for some.
var tables = []string{"operations", "open", "exchanges"}

// Every method is one statement, beside a barrier, that reads few of the table's pages. This holds
// for a plan that PostgreSQL made while the table was empty, and kept. It also holds for a plan for
// the full table, with or without statistics. Behind a pooler, PostgreSQL plans each statement
// anew.
func TestStatementsReadLittle(t *testing.T) {
	t.Parallel()
	for _, planned := range []string{"empty", "full", "analyzed", "full, pooled", "analyzed, pooled"} {
		t.Run("planned="+planned, func(t *testing.T) {
			t.Parallel()
			seen := &statements{}
			store, all := fillPlanned(t, planned, seen)
			for _, method := range all {
				t.Run(method.name, func(t *testing.T) { readsLittle(t, store, seen, method) })
			}
		})
	}
}

// fillPlanned returns a store with many rows whose statements were planned at some time.
func fillPlanned(t *testing.T, planned string, seen *statements) (*Store, []method) {
	t.Helper()
	cluster := postgrestest.Shared(t)
	dsn := cluster.Database(t)
	planned, pooled := strings.CutSuffix(planned, ", pooled")
	if pooled {
		open(t, dsn) // migrates, which takes two sessions
		dsn = cluster.Bouncer(t, postgrestest.PerTransaction, 1)(dsn)
	}
	store, err := Open(t.Context(), dsn+"&pool_max_conns=1", Options{Logger: slog.New(slog.DiscardHandler), tracer: seen})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	each := func(statement string) {
		for _, table := range tables {
			cluster.Exec(t, dsn, fmt.Sprintf(statement, table))
		}
	}
	each(`ALTER TABLE enlist.%s SET (autovacuum_enabled = off)`)
	if _, err := store.Earlier(t.Context(), nil, 1); err != nil { // removes the table of the earlier format
		t.Fatal(err)
	}
	all := methods(t, store)
	if planned == "empty" {
		for _, method := range all {
			if err := method.call(); err != nil {
				t.Fatalf("%s: %v", method.name, err)
			}
		}
	}
	cluster.Exec(t, dsn, fill)
	if planned == "analyzed" {
		each(`ANALYZE enlist.%s`)
	}
	if planned != "empty" {
		store.pool.Reset()
	}
	settle(t, store)
	return store, all
}

func readsLittle(t *testing.T, store *Store, seen *statements, method method) {
	t.Helper()
	if err := store.Beat(t.Context(), "b", time.Minute); err != nil { // a read then needs no barrier
		t.Fatal(err)
	}
	scansBefore, pagesBefore := reads(t, store)
	seen.take()
	if err := method.call(); err != nil {
		t.Fatal(err)
	}
	sent := seen.take()
	// An insert that meets a conflict looks for its cause.
	want := cmp.Or(map[string]int{"Purge": 2, "InsertExisting": 2, "InsertBusy": 3}[method.name], 1)
	if len(sent) != want {
		t.Errorf("%d statements, not %d", len(sent), want)
	}
	for _, statement := range sent {
		if writes.MatchString(statement.SQL) && !strings.Contains(statement.SQL, durably) {
			t.Errorf("it writes without the condition durably: %s", statement.SQL)
		}
	}
	scans, pages := reads(t, store)
	if scans > scansBefore {
		t.Error("it reads the whole table")
	}
	// The tables have more than 9,000 pages. A list of 50 rows from thirty groups reads the most.
	if pages -= pagesBefore; pages > 2500 {
		t.Errorf("it reads %d pages", pages)
	}
	t.Logf("%d pages", pages)
}

// settle waits until other sessions have published their read counts.
func settle(t *testing.T, store *Store) {
	t.Helper()
	for last, same := -1, 0; same < 3; time.Sleep(50 * time.Millisecond) {
		_, pages := reads(t, store)
		if pages == last {
			same++
		} else {
			last, same = pages, 0
		}
	}
}

// reads returns the number of full table scans since the creation of the database. It also returns
// the number of pages that were read from disk or memory, of the table and its indexes.
func reads(t *testing.T, store *Store) (scans, pages int) {
	t.Helper()
	// The session keeps its counts private for up to a second unless a statement flushes them.
	if _, err := store.pool.Exec(t.Context(), `SELECT pg_stat_force_next_flush()`); err != nil {
		t.Fatal(err)
	}
	err := store.pool.QueryRow(t.Context(), `
		SELECT sum(seq_scan) FILTER (WHERE pg_stat_user_tables.relname <> 'open'), sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)
		FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid) WHERE pg_stat_user_tables.relname = ANY ($1)`, tables).Scan(&scans, &pages)
	if err != nil {
		t.Fatal(err)
	}
	return scans, pages
}

type method struct {
	name string
	call func() error
}

// methods returns calls of all methods that read or write records.
func methods(t *testing.T, store *Store) []method {
	ctx := t.Context()
	// The principal has many rows. So the test shows a look-up by anything but the whole key.
	rowAmongMany := func() *journal.Row {
		row := newRow("dead")
		row.Principal, row.Provider = "p1", "v1"
		return row
	}
	one := insert(t, store, rowAmongMany())
	one.State = unknown
	if err := store.Update(ctx, one, time.Minute); err != nil {
		t.Fatal(err)
	}
	exclusive := rowAmongMany()
	exclusive.Exclusive = []byte("e")
	insert(t, store, exclusive)
	after := &journal.Position{Created: time.Now().Add(-100 * time.Hour), Provider: "v1", RequestID: uuid.New()}
	list := func(query journal.Query) func() error {
		if query.Limit = 50; !query.Everybody {
			query.Principal = "p1"
		}
		return func() error { _, err := store.List(ctx, query); return err }
	}
	// The methods that change the table's rows permanently come last.
	return []method{
		{"Insert", func() error { _, _, err := store.Insert(ctx, rowAmongMany()); return err }},
		{"InsertExisting", func() error { _, _, err := store.Insert(ctx, one); return err }},
		{"InsertBusy", func() error {
			row := rowAmongMany()
			row.Exclusive = exclusive.Exclusive
			_, _, err := store.Insert(ctx, row)
			return err
		}},
		{"Get", func() error { _, err := store.Get(ctx, one.Principal, one.Provider, one.RequestID); return err }},
		{"GetNone", func() error { _, err := store.Get(ctx, one.Principal, one.Provider, uuid.New()); return err }},
		{"FindOpen", func() error { _, err := store.FindOpen(ctx, exclusive.Exclusive); return err }},
		{"FindCustomer", func() error { _, err := store.FindCustomer(ctx, []byte("c"), 1); return err }},
		{"List", list(journal.Query{})},
		{"ListAfter", list(journal.Query{After: after})},
		{"ListBetween", list(journal.Query{From: time.Now().Add(-240 * time.Hour), Until: time.Now().Add(-200 * time.Hour)})},
		{"ListProvider", list(journal.Query{Providers: []string{"v1"}})},
		{"ListProviderWithout", list(journal.Query{Providers: []string{"v9"}})},
		{"ListState", list(journal.Query{State: succeeded})},
		{"ListRareState", list(journal.Query{State: 6})},
		{"ListRareStateOfProvider", list(journal.Query{Providers: []string{"v2"}, State: 3})},
		{"ListProviders", list(journal.Query{Providers: []string{"v1", "v2", "v9"}})},
		{"ListEverybody", list(journal.Query{Everybody: true})},
		{"ListEverybodyAfter", list(journal.Query{Everybody: true, After: after})},
		{"ListEverybodyRareStateOfProvider", list(journal.Query{Everybody: true, Providers: []string{"v2"}, State: 3})},
		{"ListHashes", list(journal.Query{Hashes: [][]byte{exclusive.Exclusive, []byte("c")}})},
		{"ListEverybodyHashes", list(journal.Query{Everybody: true, Hashes: [][]byte{exclusive.Exclusive, []byte("c")}})},
		{"CountIntent", func() error { _, err := store.Count(ctx, 1, time.Minute, 100); return err }},
		{"CountUnknown", func() error { _, err := store.Count(ctx, 5, 0, 100); return err }},
		{"CountNeedsPerson", func() error { _, err := store.Count(ctx, 6, 0, 100); return err }},
		{"Owned", func() error { _, err := store.Owned(ctx, "dead1", 10); return err }},
		{"OwnedNone", func() error { _, err := store.Owned(ctx, "b", 10); return err }},
		{"KeyIDs", func() error { _, err := store.KeyIDs(ctx); return err }},
		{"SealedWith", func() error { _, err := store.SealedWith(ctx, 1, nil, 10); return err }},
		{"Providers", func() error { _, err := store.Providers(ctx); return err }},
		{"Claim", func() error { _, err := store.Claim(ctx, "b", 10); return err }},
		{"Take", func() error {
			got, err := store.Take(ctx, one, "b")
			if got != nil {
				one = got
			}
			return err
		}},
		{"Update", func() error { return store.Update(ctx, one, time.Minute) }},
		{"UpdateEnded", func() error {
			one.State, one.Owner, one.Exclusive = succeeded, "", nil
			return store.Update(ctx, one, -1)
		}},
		{"Reseal", func() error { return store.Reseal(ctx, one) }},
		{"Purge", func() error {
			_, _, err := store.Purge(ctx, "v1", journal.Retention{Payload: 24 * time.Hour, Outcome: 600 * time.Hour}.Before(time.Now()), 10)
			return err
		}},
		{"Beat", func() error { return store.Beat(ctx, "b", time.Minute) }},
	}
}
