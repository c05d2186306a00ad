package postgres

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// After VACUUM FULL, the heap and TOAST files have nothing of an erased row. Plain VACUUM frees the
// space only: it leaves old bytes until new rows overwrite them.
func TestNothingIsLeftOfAnErasedRow(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t)
	dsn := cluster.Database(t)
	store := open(t, dsn)
	var parts, kept [][]byte
	write := func() *journal.Row {
		row := newRow("a")
		row.Outcome, row.Request = random(300), random(6000)
		insert(t, store, row)
		row.State, row.Owner, row.Exclusive, row.Outcome, row.Exchanges = succeeded, "", nil, random(300), random(9000)
		if err := store.Update(t.Context(), row, never); err != nil {
			t.Fatal(err)
		}
		return row
	}
	for range 20 {
		row, other := write(), write()
		parts = append(parts, row.Outcome, row.Request, row.Exchanges)
		kept = append(kept, other.Outcome, other.Request, other.Exchanges)
		tombstone := &journal.Row{
			Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID, Version: row.Version, KeyID: row.KeyID,
			State: enlistv1.OperationState_OPERATION_STATE_ERASED, Outcome: []byte("tombstone"),
		}
		if err := store.Erase(t.Context(), tombstone); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := store.Scrub(t.Context()); err != nil || len(left) == 0 {
		t.Errorf("it does not say what is left: %q, %v", left, err)
	}
	count := func(parts [][]byte) (found int) {
		files := heapOf(t, store)
		for _, part := range parts {
			if bytes.Contains(files, part[:24]) || bytes.Contains(files, part[len(part)-24:]) {
				found++
			}
		}
		return found
	}
	cluster.Exec(t, dsn, `CHECKPOINT`)
	t.Logf("before VACUUM %d of %d parts are left", count(parts), len(parts))
	for _, table := range []string{"operations", "exchanges"} {
		cluster.Exec(t, dsn, `VACUUM enlist.`+table)
	}
	cluster.Exec(t, dsn, `CHECKPOINT`)
	t.Logf("after VACUUM %d of %d parts are left", count(parts), len(parts))
	for _, table := range []string{"operations", "exchanges"} {
		cluster.Exec(t, dsn, `VACUUM FULL enlist.`+table)
	}
	cluster.Exec(t, dsn, `CHECKPOINT`)
	if left := count(parts); left > 0 {
		t.Errorf("%d of %d parts are left", left, len(parts))
	}
	if left := count(kept); left != len(kept) {
		t.Errorf("of the rows that were not erased, %d of %d parts are found: the test proves nothing", left, len(kept))
	}
}

func random(size int) []byte {
	data := make([]byte, size)
	_, _ = rand.Read(data)
	return data
}

// heapOf returns the content of the files of the tables, with their TOAST tables.
func heapOf(t *testing.T, store *Store) (all []byte) {
	t.Helper()
	rows, err := store.pool.Query(t.Context(), `SELECT current_setting('data_directory') || '/' || pg_relation_filepath(c.oid)
FROM pg_class c WHERE c.oid IN ('enlist.operations'::regclass, 'enlist.exchanges'::regclass)
  OR c.oid IN (SELECT reltoastrelid FROM pg_class WHERE oid IN ('enlist.operations'::regclass, 'enlist.exchanges'::regclass))`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var path string
		if err := rows.Scan(&path); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
