package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

const fill = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 40000)
  INSERT INTO operations (principal, provider, request_id, state, version, owner, created, updated, key_id, held, outcome, request)
  SELECT 'p' || (n % 21), 'v' || (n % 5), randomblob(16), iif(n % 10 = 3, 3, 2), 1, '', 1000000 * n, 1000000 * n, 7, n > 20000, x'01',
    iif(n > 20000, randomblob(100), NULL) FROM numbers`

// A plan shows which index a statement reads, but not how many entries. Reading a page of rows must
// take less time than one read of all rows.
func TestPagesReadLittle(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "enlist.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.writer.conn.ExecContext(t.Context(), fill+`; INSERT INTO keys (id) VALUES (7)`); err != nil {
		t.Fatal(err)
	}
	all := fastest(t, func() error {
		var sum int
		return store.readers.QueryRowContext(t.Context(), "SELECT sum(updated) FROM operations").Scan(&sum)
	})
	list := func(query journal.Query) func() error {
		query.Limit = 20
		return func() error {
			rows, err := store.List(t.Context(), query)
			if err == nil && len(rows) != query.Limit {
				t.Errorf("%d rows of %+v", len(rows), query)
			}
			return err
		}
	}
	after := &journal.Position{Created: time.Unix(10_000, 0), Provider: "v2"}
	const succeeded, failed = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED, enlistv1.OperationState_OPERATION_STATE_FAILED
	for name, call := range map[string]func() error{
		"List":                   list(journal.Query{Principal: "p3"}),
		"ListAfter":              list(journal.Query{Principal: "p3", After: after}),
		"ListFailed":             list(journal.Query{Principal: "p3", State: failed}),
		"ListEverybody":          list(journal.Query{Everybody: true}),
		"ListEverybodyAfter":     list(journal.Query{Everybody: true, After: after}),
		"ListEverybodyAtOne":     list(journal.Query{Everybody: true, Providers: []string{"v2"}}),
		"ListEverybodySucceeded": list(journal.Query{Everybody: true, State: succeeded}),
		"ListEverybodyFailed":    list(journal.Query{Everybody: true, State: failed}),
		"KeyIDs":                 func() error { _, err := store.KeyIDs(t.Context()); return err },
		"ListHash": func() error {
			_, err := store.List(t.Context(), journal.Query{Everybody: true, Hashes: [][]byte{[]byte("nobody's")}, Limit: 20})
			return err
		},
		"Providers": func() error { _, err := store.Providers(t.Context()); return err },
		"Purge": func() error {
			_, _, err := store.Purge(t.Context(), "v2", journal.Retention{Payload: time.Hour, Outcome: 2 * time.Hour}.Before(time.Now()), 20)
			return err
		},
	} {
		took := fastest(t, call)
		t.Logf("%s: %v, all rows: %v", name, took, all)
		most := all
		if name == "Purge" { // it also syncs the disk
			most *= 10
		}
		if took >= most {
			t.Errorf("%s takes %v; to read all rows takes %v", name, took, all)
		}
	}
}

func fastest(t *testing.T, call func() error) time.Duration {
	t.Helper()
	best := time.Hour
	for range 10 {
		began := time.Now()
		if err := call(); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	return best
}
