package postgres

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// earlier fills the table of the format before this one with rows that no key opens.
const earlier = `
INSERT INTO enlist.records_v1 SELECT gen_random_uuid(), 3, NULL, now(), now(), %d, 1 + n %% 6, 'p', 'opencell', '', NULL, NULL, '\x0102'
FROM generate_series(1, 900) n`

// Several replicas start at once on a database of the earlier format. Each converts some rows, and
// none fails because another was first.
func TestReplicasConvertAtOnce(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	dsn := cluster.Database(t)
	open(t, dsn)
	key := bytes.Repeat([]byte("a"), journal.KeySize)
	cluster.Exec(t, dsn, fmt.Sprintf(earlier, journal.KeyID(key)))
	openFour(t, dsn, func(store *Store) {
		opened, err := journal.New(t.Context(), store, journal.Options{
			Keys: [][]byte{key}, Replica: uuid.NewString(), Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Error(err)
			return
		}
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	}).Wait()
	var rows, openRows int
	store := open(t, dsn)
	if err := store.pool.QueryRow(t.Context(), `SELECT count(*), (SELECT count(*) FROM enlist.open) FROM enlist.operations`).Scan(&rows, &openRows); err != nil {
		t.Fatal(err)
	}
	if rows != 900 || openRows != 300 {
		t.Errorf("%d rows, %d of them open", rows, openRows)
	}
	if there, err := store.hasEarlier(t.Context()); there || err != nil {
		t.Errorf("the earlier table is there: %t, %v", there, err)
	}
}
