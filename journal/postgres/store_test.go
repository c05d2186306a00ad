package postgres

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/journaltest"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

const (
	succeeded = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	unknown   = enlistv1.OperationState_OPERATION_STATE_UNKNOWN

	never = -time.Second
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

func TestStore(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, journaltest.Harness{
		New: func(t *testing.T) journaltest.Database {
			cluster := postgrestest.Shared(t)
			return database{cluster, cluster.Database(t)}
		},
		Shared: true,
	})
}

// database is the database of the suite. Each store has few connections, because many tests run at
// once.
type database struct {
	cluster *postgrestest.Cluster
	dsn     string
}

func (d database) Open(ctx context.Context) (journal.Store, error) {
	return Open(ctx, d.dsn+"&pool_max_conns=4", Options{Logger: slog.New(slog.DiscardHandler)})
}

func (d database) Look(ctx context.Context) (*journal.Peek, error) {
	return Look(ctx, d.dsn, SingleNode)
}

func (d database) SetCreated(t *testing.T, requestID uuid.UUID, created time.Time) {
	t.Helper()
	d.cluster.Exec(t, d.dsn, `UPDATE enlist.operations SET created = $2 WHERE request_id = $1`, [16]byte(requestID), created)
	d.cluster.Exec(t, d.dsn, `UPDATE enlist.exchanges SET created = $2 WHERE request_id = $1`, [16]byte(requestID), created)
}

func (d database) SetUpdated(t *testing.T, requestID uuid.UUID, updated time.Time) {
	t.Helper()
	d.cluster.Exec(t, d.dsn, `UPDATE enlist.operations SET updated = $2 WHERE request_id = $1`, [16]byte(requestID), updated)
}

func (d database) MakeNewer(t *testing.T) (newest int64) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), `INSERT INTO enlist.schema_version (version_id, is_applied)
		SELECT max(version_id) + 1, true FROM enlist.schema_version RETURNING version_id - 1`).Scan(&newest); err != nil {
		t.Fatal(err)
	}
	return newest
}

// open opens a store. The test closes it when it ends.
func open(t testing.TB, dsn string) *Store {
	t.Helper()
	store, err := Open(context.Background(), dsn, Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// newRow returns a row with an owner, ready to insert.
func newRow(owner string) *journal.Row {
	return &journal.Row{
		Principal: "billing", Provider: "opencell", RequestID: uuid.New(), State: intent, Owner: owner, KeyID: 7,
		Exclusive: []byte(rand.Text()), Outcome: make([]byte, 250), Request: make([]byte, 750),
	}
}

// insert inserts a row. It fails the test if the row is not new.
func insert(t testing.TB, store *Store, row *journal.Row) *journal.Row {
	t.Helper()
	if existing, busy, err := store.Insert(context.Background(), row); existing != nil || busy != nil || err != nil {
		t.Fatalf("insert: existing %v, busy %v, %v", existing, busy, err)
	}
	return row
}
