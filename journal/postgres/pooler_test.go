package postgres

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/journaltest"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// hostile are defaults of a database that an operator may have set for other clients.
var hostile = []string{"synchronous_commit = off", "client_min_messages = error", "default_transaction_isolation = serializable"}

// Behind PgBouncer, creations never fail, and a crash of the server loses none of them, whatever
// the database's defaults.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	for _, mode := range []postgrestest.PoolMode{postgrestest.PerSession, postgrestest.PerTransaction} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			cluster := postgrestest.Start(t)
			direct := cluster.Database(t)
			for _, setting := range hostile {
				cluster.Exec(t, direct, "ALTER DATABASE "+nameOf(t, direct)+" SET "+setting)
			}
			sessions := 4
			if mode == postgrestest.PerSession {
				sessions = 2 * maxConns
			}
			dsn := cluster.Bouncer(t, mode, sessions)(direct)
			stores := []*Store{open(t, dsn), open(t, dsn)}
			const callers, each = 8, 50
			var mutex sync.Mutex
			var written []*journal.Row
			var group sync.WaitGroup
			for caller := range callers {
				group.Go(func() {
					store := stores[caller%len(stores)]
					for range each {
						row := newRow("a")
						if err := createWith(store, row); err != nil {
							t.Error(err)
							continue
						}
						mutex.Lock()
						written = append(written, row)
						mutex.Unlock()
					}
				})
			}
			group.Wait()
			// The last writes have just returned.
			last := newRow("a")
			if err := createWith(stores[0], last); err != nil {
				t.Fatal(err)
			}
			cluster.Restart(t, postgrestest.Immediate)
			store := open(t, direct)
			for _, row := range append(written, last) {
				got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
				if err != nil || got == nil || got.Version != row.Version {
					t.Fatalf("%v, %v: the crash lost a write that had returned", got, err)
				}
			}
			// The pooler finds the server again.
			for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
				err := createWith(stores[0], newRow("a"))
				if err == nil {
					break
				}
				if time.Now().After(end) {
					t.Fatal(err)
				}
			}
		})
	}
}

// createWith makes the two writes of a creation, and reads it.
func createWith(store *Store, row *journal.Row) error {
	ctx := context.Background()
	row.Exclusive = row.RequestID[:]
	if _, _, err := store.Insert(ctx, row); err != nil {
		return err
	}
	row.State, row.Owner, row.Customer = succeeded, "", row.RequestID[:]
	return store.Update(ctx, row, never)
}

func nameOf(t *testing.T, dsn string) string {
	t.Helper()
	parsed, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(parsed.Path, "/")
}

// Behind PgBouncer in transaction mode, a creation takes two round trips.
func TestRoundTripsBehindPgBouncer(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	dsn := cluster.Bouncer(t, postgrestest.PerTransaction, 3)(cluster.Database(t))
	counted := &counter{}
	store := open(t, counted.before(t, dsn)+"&pool_max_conns=1")
	for range 3 {
		if err := createWith(store, newRow("a")); err != nil {
			t.Fatal(err)
		}
	}
	const creates = 50
	before := counted.counted()
	for range creates {
		if err := createWith(store, newRow("a")); err != nil {
			t.Fatal(err)
		}
	}
	if trips := counted.counted() - before; trips != 2*creates {
		t.Errorf("%d creates took %d round trips, want %d", creates, trips, 2*creates)
	}
}

// A conflict behind a pooler leaves the connection usable, and no transaction open.
func TestConflictsBehindPgBouncer(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	store := open(t, cluster.Bouncer(t, postgrestest.PerTransaction, 2)(cluster.Database(t))+"&pool_max_conns=1")
	first, second := newRow("a"), newRow("a")
	first.Exclusive = []byte("e")
	insert(t, store, first)
	insert(t, store, second)
	connected := store.pool.Stat().NewConnsCount()
	second.Exclusive = []byte("e")
	for range 3 {
		if err := store.Update(t.Context(), second, never); err != journal.ErrBusy { //nolint:errorlint // the error itself
			t.Errorf("update: %v", err)
		}
	}
	if now := store.pool.Stat().NewConnsCount(); now != connected {
		t.Errorf("conflicts cost %d connections", now-connected)
	}
	insert(t, store, newRow("a"))
}

// The store changes no setting of a session that other clients of a pooler use.
func TestPooledSessionsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t)
	direct := cluster.Database(t)
	open(t, direct) // migrates
	dsn := cluster.Bouncer(t, postgrestest.PerTransaction, 1)(direct)
	other, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	settings := func() (all string) {
		err := other.QueryRow(t.Context(), `SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
			WHERE name NOT IN ('application_name', 'transaction_isolation')`, pgx.QueryExecModeSimpleProtocol).Scan(&all)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := settings()
	if err := createWith(open(t, dsn), newRow("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := Look(t.Context(), dsn, SingleNode); err != nil {
		t.Fatal(err)
	}
	if _, err := FindPooling(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	if after := settings(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestStoreBehindPgBouncer(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	through := cluster.Bouncer(t, postgrestest.PerTransaction, 4)
	journaltest.Run(t, journaltest.Harness{
		New: func(t *testing.T) journaltest.Database {
			direct := cluster.Database(t)
			return pooledDatabase{database{cluster, direct}, through(direct)}
		},
		Shared: true,
	})
}

type pooledDatabase struct {
	database
	through string
}

func (d pooledDatabase) Open(ctx context.Context) (journal.Store, error) {
	return Open(ctx, d.through+"&pool_max_conns=4", Options{Logger: slog.New(slog.DiscardHandler)})
}

func (d pooledDatabase) Look(ctx context.Context) (*journal.Peek, error) {
	return Look(ctx, d.through, SingleNode)
}

func TestFindPooling(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	dsn := cluster.Database(t)
	for name, test := range map[string]struct {
		dsn  string
		want Pooling
	}{
		"direct":          {dsn, Direct},
		"session":         {cluster.Bouncer(t, postgrestest.PerSession, 5)(dsn), SessionPool},
		"one session":     {cluster.Bouncer(t, postgrestest.PerSession, 1)(dsn), SessionPool},
		"transaction":     {cluster.Bouncer(t, postgrestest.PerTransaction, 5)(dsn), TransactionPool},
		"one transaction": {cluster.Bouncer(t, postgrestest.PerTransaction, 1)(dsn), TransactionPool},
	} {
		if got, err := FindPooling(t.Context(), test.dsn); got != test.want || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if got, err := FindPooling(t.Context(), "postgres://enlist@127.0.0.1:1/x?sslmode=disable"); err == nil {
		t.Error(got)
	}
}

// Replicas that start at once behind a pooler migrate one at a time. A replica that dies meanwhile
// does not stop the others.
func TestMigrateBehindPgBouncer(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Shared(t)
	direct := cluster.Database(t)
	cluster.Exec(t, direct, "ALTER DATABASE "+nameOf(t, direct)+" SET statement_timeout = '2s'")
	dsn := cluster.Bouncer(t, postgrestest.PerTransaction, 2)(direct)
	holder, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock($1)`, pgx.QueryExecModeExec, int64(lockID)); err != nil {
		t.Fatal(err)
	}
	var opened atomic.Int32
	group := openFour(t, dsn, func(store *Store) {
		opened.Add(1)
		defer store.Close()
		insertUnchecked(t, store)
	})
	time.Sleep(300 * time.Millisecond)
	if opened.Load() > 0 {
		t.Error("a replica migrated beside another one")
	}
	holder.PgConn().Conn().Close() // dies
	group.Wait()
}

func insertUnchecked(t *testing.T, store *Store) {
	t.Helper()
	row := newRow("a")
	row.RequestID = uuid.New()
	if _, _, err := store.Insert(context.Background(), row); err != nil {
		t.Error(err)
	}
}
