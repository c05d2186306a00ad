package crashtest_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// A backup that is made under load is restored after the journal was lost. It has the response of
// each creation that had one before it, and nothing is sent again for these. Later creations are
// missing. The journal has a gap, so a repeated request finds its customer and creates nothing
// twice.
func TestBackup(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	for name, kind := range map[string]func(*testing.T) (*configv1.Journal, backup){"enlist backup": sqliteBackup, "pg_dump": postgresBackup} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			journal, how := kind(t)
			lostAndRestored(t, chanceOf(t.Name()), journal, how)
		})
	}
}

// backup copies a journal and restores the copy.
type backup struct {
	take, restore func(t *testing.T, r *replica)
}

func sqliteBackup(t *testing.T) (*configv1.Journal, backup) {
	t.Helper()
	folder := t.TempDir()
	journal := onSQLite(folder)
	target := filepath.Join(folder, "copy.db")
	return journal, backup{
		take: func(t *testing.T, r *replica) {
			t.Helper()
			must(t, exec.Command(binary, "backup", "--config", r.config(), target))
		},
		restore: func(t *testing.T, r *replica) {
			t.Helper()
			must(t, exec.Command(binary, "restore", "--config", r.config(), target))
		},
	}
}

func postgresBackup(t *testing.T) (*configv1.Journal, backup) {
	t.Helper()
	cluster := postgrestest.Start(t)
	dsn, target := cluster.Database(t), filepath.Join(t.TempDir(), "enlist.dump")
	return onPostgres(dsn), backup{
		take: func(t *testing.T, _ *replica) {
			t.Helper()
			must(t, exec.Command(cluster.Program("pg_dump"), "--format=custom", "--schema=enlist", "--file="+target, dsn))
		},
		restore: func(t *testing.T, _ *replica) {
			t.Helper()
			cluster.Exec(t, dsn, "DROP SCHEMA enlist CASCADE")
			must(t, exec.Command(cluster.Program("pg_restore"), "--exit-on-error", "--single-transaction", "--dbname="+dsn, target))
		},
	}
}

func must(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, out)
	}
}

func lostAndRestored(t *testing.T, c *chance, journal *configv1.Journal, how backup) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	side := newVendorSide()
	r := newReplica(t, c, side, "a", journal, replicaOptions{})
	r.mustServe(ctx)
	load := startLoad(ctx, t, r)
	load.until(ctx, t, 60)
	before := load.done()
	how.take(t, r)
	load.until(ctx, t, len(load.done())+30)
	after := load.end()[len(before):]

	r.holdDown()
	p := r.now()
	p.kill()
	<-p.died
	how.restore(t, r)
	r.letUp()
	r.mustServe(ctx)

	holdsCopied(ctx, t, r, before)
	restored := time.Now()
	holdsForgotten(ctx, t, r, after)
	holdsOnce(t, r, slices.Concat(before, after))
	if side.lookups(restored) == 0 {
		t.Error("no creation is missing: the copy was not restored")
	}
	t.Logf("%d creations before the copy, all with a response from it; %d after it, which created nothing twice", len(before), len(after))
}

// holdsCopied asserts that the copy replays each creation that had ended before it was taken.
func holdsCopied(ctx context.Context, t *testing.T, r *replica, before []*create) {
	t.Helper()
	for _, c := range before {
		response, err := askAgain(ctx, r, c)
		if err != nil || !response.GetReplayed() {
			t.Errorf("the copy has no response for %s: %v %v", short(c), response, err)
			continue
		}
		if response.Replayed = false; !proto.Equal(response, c.successes[0]) {
			t.Errorf("%s has another response:\n%s\n%s", short(c), text(c.successes[0]), text(response))
		}
	}
}

// holdsForgotten asserts that each creation after the copy is found when it is repeated, since the
// restored journal has a gap. Caliq's accounts do not show who made them, so a person decides.
func holdsForgotten(ctx context.Context, t *testing.T, r *replica, after []*create) {
	t.Helper()
	for _, c := range after {
		if c.vendor.sandbox == sandbox.Caliq {
			if _, err := askAgain(ctx, r, c); err != nil && status.Code(err) != codes.Aborted && status.Code(err) != codes.Unknown {
				r.complain(ctx, c, "is forgotten, and answered with %v", err)
			}
			continue
		}
		c.pursue(ctx, r.world, manner{})
		if len(c.successes) != 2 || c.successes[1].GetCustomer().GetId() != c.successes[0].GetCustomer().GetId() {
			t.Errorf("%s is forgotten, and has the responses %v", short(c), c.successes)
		}
	}
}

// holdsOnce asserts that the vendors have each customer once.
func holdsOnce(t *testing.T, r *replica, creates []*create) {
	t.Helper()
	created := map[string]int{}
	for _, v := range vendors() {
		for _, record := range r.records(v.sandbox) {
			created[v.name+record.Key]++
		}
	}
	for _, c := range creates {
		if times := created[c.vendor.name+c.vendor.key(c.request)]; times != 1 {
			t.Errorf("%s was created %d times", short(c), times)
		}
	}
}

// askAgain repeats the request with its request_id.
func askAgain(ctx context.Context, r *replica, c *create) (*enlistv1.CreateCustomerResponse, error) {
	request, _ := proto.Clone(c.request).(*enlistv1.CreateCustomerRequest)
	return r.now().createOverGRPC(ctx, request)
}

// steadyLoad has callers who create one customer after the other.
type steadyLoad struct {
	enough  context.CancelFunc
	working sync.WaitGroup

	mu      sync.Mutex
	creates []*create // in the order of their responses
}

func startLoad(ctx context.Context, t *testing.T, r *replica) *steadyLoad {
	t.Helper()
	l := &steadyLoad{}
	calling, enough := context.WithCancel(ctx)
	l.enough = enough
	p := r.now()
	for range 6 {
		l.working.Go(func() {
			for calling.Err() == nil {
				v := one(r.chance, vendors())
				c := &create{vendor: &v, request: v.request(fail)}
				request, _ := proto.Clone(c.request).(*enlistv1.CreateCustomerRequest)
				response, err := p.createOverGRPC(ctx, request)
				if err != nil {
					t.Errorf("%s: %v", short(c), err)
					return
				}
				c.successes = append(c.successes, response)
				l.mu.Lock()
				l.creates = append(l.creates, c)
				l.mu.Unlock()
			}
		})
	}
	return l
}

// done returns the creations that have a response.
func (l *steadyLoad) done() []*create {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.creates)
}

// until waits for a number of responses.
func (l *steadyLoad) until(ctx context.Context, t *testing.T, count int) {
	t.Helper()
	for len(l.done()) < count {
		if t.Failed() || !sleep(ctx, 5*time.Millisecond) {
			t.Fatal("the load has stopped")
		}
	}
}

func (l *steadyLoad) end() []*create {
	l.enough()
	l.working.Wait()
	return l.done()
}
