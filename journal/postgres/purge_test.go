package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// A row that another writer changes while a purge waits for it stays, with its payload.
func TestPurgeSparesWhatHasJustChanged(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, age := range map[string]journal.Retention{
		"deleted": {Payload: day, Outcome: day},
		"dropped": {Payload: day, Outcome: 100 * day},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := postgrestest.Shared(t)
			dsn := cluster.Database(t)
			store := open(t, dsn)
			row := insert(t, store, newRow("a"))
			row.State, row.Owner, row.Exclusive = enlistv1.OperationState_OPERATION_STATE_NOT_SENT, "", nil
			if err := store.Update(t.Context(), row, never); err != nil {
				t.Fatal(err)
			}
			cluster.Exec(t, dsn, `UPDATE enlist.operations SET created = now() - interval '40 days', updated = now() - interval '40 days'`)
			tx, err := store.pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), `UPDATE enlist.operations SET state = 2, rare = NULL, version = version + 1, updated = now()`); err != nil {
				t.Fatal(err)
			}
			purged := make(chan string)
			go func() {
				dropped, deleted, err := store.Purge(context.Background(), row.Provider, age.Before(time.Now()), 100)
				purged <- fmt.Sprint(dropped, deleted, err)
			}()
			cluster.WaitFor(t, `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)`)
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := <-purged; got != "0 0 <nil>" {
				t.Errorf("purged %s", got)
			}
			got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
			if err != nil || got == nil || got.Request == nil {
				t.Errorf("left: %+v, %v", got, err)
			}
		})
	}
}
