package crashtest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// The rows of the table.
const (
	postgresAway     = "PostgreSQL out of reach"
	postgresRestarts = "PostgreSQL restarts"
	diskFull         = "disk full"
	bothAtOnce       = "two replicas at once"
	replicaDies      = "one of two replicas killed"
	replicaStops     = "one of two replicas frozen"
	replicaAlone     = "one of two replicas cut off"
	atTheWrite       = "frozen between lease and write"
)

func outageRows() []string {
	return []string{postgresAway, postgresRestarts, diskFull, bothAtOnce, replicaDies, replicaStops, replicaAlone, atTheWrite}
}

// outageKinds are the rounds of a long run.
func outageKinds() []func(*testing.T, *chance) {
	kinds := []func(*testing.T, *chance){
		func(t *testing.T, c *chance) {
			t.Helper()
			middle, dsn := newProxy(t, postgrestest.Start(t).Database(t))
			results.add(allVendors, postgresAway, awayAndBack(t, c, behind(middle, dsn, one(c, []proxyMode{cut, deaf, mute}))))
		},
		func(t *testing.T, c *chance) {
			t.Helper()
			results.add(allVendors, postgresRestarts, restarts(t, c, 2+c.upTo(6)))
		},
	}
	if runtime.GOOS == "linux" {
		kinds = append(kinds, func(t *testing.T, c *chance) {
			t.Helper()
			results.add(allVendors, diskFull, awayAndBack(t, c, noRoom(t)))
		})
	}
	for _, round := range pairRounds() {
		kinds = append(kinds, func(t *testing.T, c *chance) {
			t.Helper()
			round.run(t, c, newPair(t, postgrestest.Start(t)))
		})
	}
	return kinds
}

// outage is a way to make the journal unavailable to a running process.
type outage struct {
	// journal is the process's journal.
	journal *configv1.Journal
	// begin takes it away, and end gives it back.
	begin, end func(*process)
	// readable: recorded creations can still be read.
	readable bool
	// silent: no error says that the journal is unavailable, so each call must time out.
	silent bool
}

// While the journal is unavailable, Enlist refuses a creation before it calls the vendor. Creations
// that were sent before get the vendor's response, which is recorded when the journal is back. No
// process must be started again.
func TestJournalAway(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		cluster := postgrestest.Start(t)
		for mode := cut; mode < modes; mode++ {
			t.Run(mode.String(), func(t *testing.T) {
				t.Parallel()
				middle, dsn := newProxy(t, cluster.Database(t))
				results.add(allVendors, postgresAway, awayAndBack(t, chanceOf(t.Name()), behind(middle, dsn, mode)))
			})
		}
	})
	t.Run("disk full", func(t *testing.T) {
		t.Parallel()
		folder := smallDisk(t)
		results.add(allVendors, diskFull, awayAndBack(t, chanceOf(t.Name()), &outage{
			journal: onSQLite(folder), begin: func(*process) { fillDisk(t, folder) }, end: func(*process) { makeRoom(t, folder) }, readable: true,
		}))
	})
	t.Run("file size limit", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS != "linux" {
			t.Skip("prlimit is Linux's")
		}
		results.add(allVendors, diskFull, awayAndBack(t, chanceOf(t.Name()), noRoom(t)))
	})
}

// behind is a PostgreSQL that a proxy hides.
func behind(middle *proxy, dsn string, mode proxyMode) *outage {
	return &outage{
		journal: onPostgres(dsn), begin: func(*process) { middle.set(mode) }, end: func(*process) { middle.set(open) }, silent: mode != cut,
	}
}

// noRoom is an SQLite file that cannot grow.
func noRoom(t *testing.T) *outage {
	t.Helper()
	return &outage{
		journal: onSQLite(t.TempDir()), begin: func(p *process) { limitFiles(t, p, 0) }, end: func(p *process) { limitFiles(t, p, unix.RLIM_INFINITY) },
		readable: true,
	}
}

// smallDisk mounts a small file system. It skips the test if this is not allowed. A limit of the
// file size makes SQLite fail in the same places.
func smallDisk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "enlist-crashtest", folder).CombinedOutput(); err != nil {
		t.Skipf("a file system cannot be mounted here: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", folder).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	return folder
}

// fillDisk leaves no byte free.
func fillDisk(t *testing.T, folder string) {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(folder, "ballast"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

func makeRoom(t *testing.T, folder string) {
	t.Helper()
	if err := os.Remove(filepath.Join(folder, "ballast")); err != nil {
		t.Fatal(err)
	}
}

// limitFiles limits the size of a process's files.
func limitFiles(t *testing.T, p *process, most uint64) {
	t.Helper()
	limit := unix.Rlimit{Cur: most, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(p.command.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		t.Fatal(err)
	}
}

// awayAndBack makes the journal unavailable while requests are at the vendors, and available again.
func awayAndBack(t *testing.T, c *chance, o *outage) tally {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	side := newVendorSide()
	r := newReplica(t, c, side, "a", o.journal, replicaOptions{change: func(config *configv1.Config) {
		for _, provider := range config.GetProviders() {
			provider.Timeout.Seconds = 20 // the responses are delayed
		}
	}})
	p := r.mustServe(ctx)

	before := plainCreates()
	for _, c := range before {
		mustCreate(ctx, t, c, p)
	}

	// Some requests are at the vendors when the journal becomes unavailable.
	r.orderAll(sandbox.Fault{Operation: "create", Kind: sandbox.Latency, Times: 1, DelayMS: 1500})
	sent := plainCreates()
	var answers sync.WaitGroup
	for _, c := range sent {
		answers.Go(func() { mustCreate(ctx, t, c, p) })
	}
	side.waitForCreates(t, sent)
	time.Sleep(300 * time.Millisecond) // creations that look first have recorded the release
	o.begin(p)
	began := time.Now()
	answers.Wait()
	if took := time.Since(began); !o.silent && took > 15*time.Second {
		t.Errorf("the vendors' responses reached the callers after %s", took)
	}

	// New requests are refused, and no vendor gets them.
	during := plainCreates()
	var refusals sync.WaitGroup
	for i, c := range during {
		refusals.Go(func() { mustRefuse(ctx, t, c, p, i%2 == 0) })
	}
	refusals.Wait()
	readWhileAway(ctx, t, o, p, before)
	for _, c := range during {
		if calls := side.creates(c, "", time.Time{}); len(calls) > 0 {
			t.Errorf("%s was refused and sent: %+v", short(c), calls)
		}
	}

	o.end(p)
	for _, c := range during {
		c.pursue(ctx, r.world, manner{})
	}
	r.stillThat(p)
	found := verifyAt(ctx, []*replica{r}, append(append(before, sent...), during...))
	r.stillThat(p)
	for _, c := range append(append(before, sent...), during...) {
		if calls := side.creates(c, "", time.Time{}); len(calls) != 1 {
			t.Errorf("%s was sent %d times", short(c), len(calls))
		}
		if len(c.successes) == 0 {
			t.Errorf("%s: no caller got a success", short(c))
		}
	}
	return found
}

// mustCreate creates with a deadline that is long enough for a journal that fails slowly.
func mustCreate(ctx context.Context, t *testing.T, c *create, p *process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	request, _ := proto.Clone(c.request).(*enlistv1.CreateCustomerRequest)
	response, err := p.createOverGRPC(ctx, request)
	if err != nil {
		t.Errorf("%s: %v", short(c), err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	response.Replayed = false
	c.successes = append(c.successes, response)
}

// mustRefuse asserts that a creation is refused because it cannot be recorded, and that the error
// says that nothing was sent and has RetryInfo.
func mustRefuse(ctx context.Context, t *testing.T, c *create, p *process, overREST bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	call := p.createOverGRPC
	if overREST {
		call = p.createOverREST
	}
	request, _ := proto.Clone(c.request).(*enlistv1.CreateCustomerRequest)
	_, err := call(ctx, request)
	said := status.Convert(err)
	reason, retry := detailsOf(said)
	// Over REST the server does not know the caller's deadline.
	if overREST && ctx.Err() != nil {
		return
	}
	if reason != enlistv1.ErrorReason_JOURNAL_UNAVAILABLE.String() || !retry || !strings.Contains(said.Message(), "sent nothing") {
		t.Errorf("%s while the journal is unavailable: %v %s %s", short(c), err, reason, said.Message())
	}
}

// readWhileAway asserts that the vendors' customers can be read without the journal, and the
// journal too if it is readable.
func readWhileAway(ctx context.Context, t *testing.T, o *outage, p *process, creates []*create) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, c := range creates {
		if len(c.successes) == 0 {
			continue
		}
		id := c.successes[0].GetCustomer().GetId()
		if _, err := p.customers.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: c.vendor.name, CustomerId: id}); err != nil {
			t.Errorf("%s cannot be read: %v", short(c), err)
		}
		if !o.readable {
			continue
		}
		got, err := p.operations.GetOperation(ctx, &enlistv1.GetOperationRequest{Provider: c.vendor.name, RequestId: c.request.GetRequestId()})
		if err != nil || got.GetOperation().GetState() != succeeded {
			t.Errorf("the operation of %s cannot be read: %v %v", short(c), got.GetOperation().GetState(), err)
		}
		mustCreate(ctx, t, c, p) // a repeat: the response is in the journal
	}
	if o.readable {
		list, err := p.operations.ListOperations(ctx, &enlistv1.ListOperationsRequest{Provider: "-"})
		if err != nil || len(list.GetOperations()) < len(creates) {
			t.Errorf("%d operations are listed: %v", len(list.GetOperations()), err)
		}
	}
}

// A restart or crash of the PostgreSQL server only delays creations.
func TestPostgresRestarts(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	for i := range *rounds {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			results.add(allVendors, postgresRestarts, restarts(t, chanceOf(t.Name()), 4))
		})
	}
}

// restarts runs a round with its own server.
func restarts(t *testing.T, c *chance, times int) tally {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	cluster := postgrestest.Start(t)
	r := newReplica(t, c, newVendorSide(), "a", onPostgres(cluster.Database(t)), replicaOptions{})
	p := r.mustServe(ctx)
	all := vendors()
	for i := range all {
		disturb(r.world, &all[i], 6)
	}
	var restarting sync.WaitGroup
	restarting.Go(func() {
		for i := range times {
			if !sleep(ctx, c.between(200*time.Millisecond, 1200*time.Millisecond)) {
				return
			}
			cluster.Restart(t, []postgrestest.Mode{postgrestest.Immediate, postgrestest.Fast}[i%2])
			disturb(r.world, &all[c.upTo(len(all))], 2)
		}
	})
	creates := createsAtAll(c, 8)
	callers(ctx, r.world, creates, 8)
	restarting.Wait()
	more := createsAtAll(c, 1)
	callers(ctx, r.world, more, 5)
	found := verifyAt(ctx, []*replica{r}, append(creates, more...))
	found.kills = times
	r.stillThat(p)
	return found
}
