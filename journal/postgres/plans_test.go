package postgres

import (
	"context"
	"encoding/json"
	"fmt"
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

// statements remembers what a store sends, to have it explained.
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
  now() - n * interval '1 minute', now(), 1 + n % 2, decode(repeat(md5(n::text), 10), 'hex')
FROM generate_series(1, 50000) n`

// Every method is one statement, and that one touches a handful of the table's pages, whether the planner has met the table empty or full.
func TestStatementsReadLittle(t *testing.T) {
	t.Parallel()
	for _, analyzed := range []bool{false, true} {
		t.Run(fmt.Sprintf("analyzed=%v", analyzed), func(t *testing.T) {
			t.Parallel()
			cluster := postgrestest.Shared(t)
			dsn := cluster.Database(t)
			open(t, dsn) // migrates
			if !analyzed {
				cluster.Exec(t, dsn, `ALTER TABLE enlist.records SET (autovacuum_enabled = off)`)
			}
			seen := &statements{}
			store, err := Open(t.Context(), dsn+"&pool_max_conns=1", Options{Logger: slog.New(slog.DiscardHandler), tracer: seen})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { store.Close() })
			cluster.Exec(t, dsn, fill)
			if analyzed {
				cluster.Exec(t, dsn, `ANALYZE enlist.records`)
			}
			all := methods(t, store)
			seen.take()
			for _, method := range all {
				t.Run(method.name, func(t *testing.T) {
					if err := method.call(); err != nil {
						t.Fatal(err)
					}
					sent := seen.take()
					if len(sent) != 1 {
						t.Fatalf("%d statements, not 1", len(sent))
					}
					checkPlan(t, store, sent[0])
					seen.take()
				})
			}
		})
	}
}

type method struct {
	name string
	call func() error
}

// methods are calls of all methods that read or write records.
func methods(t *testing.T, store *Store) []method {
	ctx := t.Context()
	one := insert(t, store, newRow("dead"))
	one.State = unknown
	if err := store.Update(ctx, one, time.Minute); err != nil {
		t.Fatal(err)
	}
	exclusive := newRow("dead")
	exclusive.Exclusive = []byte("e")
	insert(t, store, exclusive)
	page, err := store.List(ctx, journal.Query{Principal: "p1", Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	last := page[len(page)-1]
	after := &journal.Position{Created: last.Created, Provider: last.Provider, RequestID: last.RequestID}
	list := func(query journal.Query) func() error {
		query.Principal, query.Limit = "p1", 50
		return func() error { _, err := store.List(ctx, query); return err }
	}
	// Those that change the table's rows for good come last.
	return []method{
		{"Insert", func() error { _, _, err := store.Insert(ctx, newRow("a")); return err }},
		{"InsertExisting", func() error { _, _, err := store.Insert(ctx, one); return err }},
		{"InsertBusy", func() error {
			row := newRow("a")
			row.Exclusive = exclusive.Exclusive
			_, _, err := store.Insert(ctx, row)
			return err
		}},
		{"Get", func() error { _, err := store.Get(ctx, one.Principal, one.Provider, one.RequestID); return err }},
		{"GetNone", func() error { _, err := store.Get(ctx, one.Principal, one.Provider, uuid.New()); return err }},
		{"FindOpen", func() error { _, err := store.FindOpen(ctx, exclusive.Exclusive); return err }},
		{"FindCustomer", func() error { _, err := store.FindCustomer(ctx, []byte("c")); return err }},
		{"List", list(journal.Query{})},
		{"ListAfter", list(journal.Query{After: after})},
		{"ListBetween", list(journal.Query{From: time.Now().Add(-240 * time.Hour), Until: time.Now().Add(-200 * time.Hour)})},
		{"ListProvider", list(journal.Query{Provider: "v1"})},
		{"ListProviderWithout", list(journal.Query{Provider: "v9"})},
		{"ListState", list(journal.Query{State: succeeded})},
		{"ListRareState", list(journal.Query{State: 6})},
		{"ListRareStateOfProvider", list(journal.Query{Provider: "v2", State: 3})},
		{"CountUnknown", func() error { _, err := store.CountUnknown(ctx, 100); return err }},
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

// node is a node of a plan, with what EXPLAIN (ANALYZE, BUFFERS) has measured.
type node struct {
	Type     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Hit      int     `json:"Shared Hit Blocks"`
	Read     int     `json:"Shared Read Blocks"`
	Rows     float64 `json:"Actual Rows"`
	Plans    []node  `json:"Plans"`
}

// checkPlan runs a statement again, explained and rolled back, in a session that is set as the store's are.
func checkPlan(t *testing.T, store *Store, statement pgx.TraceQueryStartData) {
	t.Helper()
	tx, err := store.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	var text string
	err = tx.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, FORMAT JSON) "+statement.SQL, statement.Args...).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	root := plans[0].Plan
	var scans func(node)
	scans = func(n node) {
		if n.Relation == "records" && n.Type == "Seq Scan" {
			t.Error("it reads the whole table")
		}
		for _, child := range n.Plans {
			scans(child)
		}
	}
	scans(root)
	// The table has some 3,000 pages, and a page of 50 rows from 30 groups is the most that is asked for.
	if pages := root.Hit + root.Read; pages > 1000 {
		t.Errorf("it touches %d pages", pages)
	}
	if t.Failed() {
		t.Log(text)
	}
	t.Logf("%d pages", root.Hit+root.Read)
}
