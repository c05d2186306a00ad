package postgres

import (
	"context"
	"log/slog"
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
	if strings.Contains(data.SQL, "enlist.") {
		s.mutex.Lock()
		s.all = append(s.all, data)
		s.mutex.Unlock()
	}
	return ctx
}

func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (s *statements) take() []pgx.TraceQueryStartData {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := s.all
	s.all = nil
	return all
}

const fill = `
INSERT INTO enlist.records (principal, provider, request_id, state, version, exclusive, customer, owner, due, created, updated, key_id, payload)
SELECT 'p' || n % 3, 'v' || n % 5, gen_random_uuid(),
  CASE WHEN n % 1000 = 0 THEN 3 WHEN n % 1000 = 1 THEN 4 WHEN n % 5000 = 2 THEN 6 WHEN n % 2500 = 3 THEN 1 WHEN n % 2500 = 4 THEN 5 ELSE 2 END, 1,
  decode(md5('e' || n), 'hex'), decode(md5('c' || n), 'hex'), 'dead' || n % 2,
  CASE WHEN n % 2500 = 4 THEN now() - interval '1 minute' END,
  now() - n * interval '1 minute', now() - n * interval '1 minute', 1 + n % 2, decode(repeat(md5(n::text), 10), 'hex')
FROM generate_series(1, 50000) n`

// Every method is one statement that reads few of the table's pages. This holds for a plan that
// PostgreSQL made while the table was empty, and kept. It also holds for a plan for the full table,
// with or without statistics.
func TestStatementsReadLittle(t *testing.T) {
	t.Parallel()
	for _, planned := range []string{"empty", "full", "analyzed"} {
		t.Run("planned="+planned, func(t *testing.T) {
			t.Parallel()
			cluster := postgrestest.Shared(t)
			dsn := cluster.Database(t)
			seen := &statements{}
			store, err := Open(t.Context(), dsn+"&pool_max_conns=1", Options{Logger: slog.New(slog.DiscardHandler), tracer: seen})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { store.Close() })
			cluster.Exec(t, dsn, `ALTER TABLE enlist.records SET (autovacuum_enabled = off)`)
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
				cluster.Exec(t, dsn, `ANALYZE enlist.records`)
			}
			if planned != "empty" {
				store.pool.Reset()
			}
			settle(t, store)
			for _, method := range all {
				t.Run(method.name, func(t *testing.T) {
					scansBefore, pagesBefore := reads(t, store)
					seen.take()
					if err := method.call(); err != nil {
						t.Fatal(err)
					}
					if sent := seen.take(); len(sent) != 1 {
						t.Errorf("%d statements, not 1", len(sent))
					}
					scans, pages := reads(t, store)
					if scans > scansBefore {
						t.Error("it reads the whole table")
					}
					// The table has some 4,000 pages. A list of 50 rows from five groups reads the
					// most.
					if pages -= pagesBefore; pages > 500 {
						t.Errorf("it reads %d pages", pages)
					}
					t.Logf("%d pages", pages)
				})
			}
		})
	}
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
		SELECT seq_scan, heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit
		FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid) WHERE pg_stat_user_tables.relname = 'records'`).Scan(&scans, &pages)
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
		{"CountUnknown", func() error { _, err := store.Count(ctx, 5, 100); return err }},
		{"CountNeedsPerson", func() error { _, err := store.Count(ctx, 6, 100); return err }},
		{"KeyIDs", func() error { _, err := store.KeyIDs(ctx); return err }},
		{"SealedWith", func() error { _, err := store.SealedWith(ctx, 1, 10); return err }},
		{"Claim", func() error { _, err := store.Claim(ctx, "b", 10); return err }},
		{"Take", func() error {
			got, err := store.Take(ctx, one, "b")
			if got != nil {
				one = got
			}
			return err
		}},
		{"Update", func() error { return store.Update(ctx, one, time.Minute) }},
		{"Reseal", func() error { return store.Reseal(ctx, one) }},
		{"Purge", func() error { _, err := store.Purge(ctx, 24*time.Hour, 10); return err }},
		{"Beat", func() error { return store.Beat(ctx, "b", time.Minute) }},
	}
}
