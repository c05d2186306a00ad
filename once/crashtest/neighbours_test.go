package crashtest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// The last release and the working tree run side by side on one PostgreSQL under a steady load,
// while replicas are replaced from one version to the other and back. Each creation happens once,
// and both versions return the same for it.
//
// Without a release, both replicas have the program of the working tree. The test then migrates the
// database as a later release may do, so that both are older than it.
func TestNeighbours(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	older, version := lastRelease(t)
	t.Logf("the older replicas run %s, the newer ones the working tree", version)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	cluster, c, side := postgrestest.Start(t), chanceOf(t.Name()), newVendorSide()
	dsn := cluster.Database(t)
	a, b := newNeighbour(t, c, side, "a", dsn, older), newNeighbour(t, c, side, "b", dsn, older)
	replicas := []*replica{a.replica, b.replica}
	for _, r := range replicas {
		r.mustServe(ctx)
	}
	a.orderAll(sandbox.Fault{Operation: "create", Kind: sandbox.Latency, Times: 1 << 20, DelayMS: 200}) // so that restarts interrupt requests

	began, done := time.Now(), loadOn(ctx, c, replicas)
	a.replace(ctx, binary, true)
	if older == binary {
		cluster.Exec(t, dsn, laterMigration)
	}
	for _, step := range []struct {
		of      *neighbour
		program string
		kill    bool
	}{
		{b, older, true}, // starts on the newer schema
		{b, binary, false},
		{a, older, true},
		{b, older, false},
		{b, binary, true},
	} {
		step.of.replace(ctx, step.program, step.kill)
	}
	replaced := time.Since(began)
	creates := done()
	t.Logf("%d creations; replicas replaced after %s, all responses after %s", len(creates), replaced, time.Since(began))
	verifyAt(ctx, replicas, creates)
	if t.Failed() {
		return
	}
	for _, c := range creates { // verify has repeated each request at the older one
		c.pursue(ctx, b.world, manner{})
	}
	verifyAt(ctx, []*replica{b.replica, a.replica}, creates)
	t.Logf("verified after %s", time.Since(began))
}

// laterMigration is what the migration of a later release may do: add what its predecessor ignores.
const laterMigration = `
CREATE TABLE enlist.later (id bigint PRIMARY KEY);
ALTER TABLE enlist.operations ADD COLUMN later text, ADD COLUMN later_default boolean NOT NULL DEFAULT false;
CREATE INDEX records_later ON enlist.operations (later) WHERE later IS NOT NULL;
INSERT INTO enlist.secrets (name, value)
  SELECT 'compatible_' || max(version_id) + 1, convert_to(max(version_id)::text, 'UTF8') FROM enlist.schema_version;
INSERT INTO enlist.schema_version (version_id, is_applied) SELECT max(version_id) + 1, true FROM enlist.schema_version`

// lastRelease builds the program of the last release that HEAD contains. Without a release, or
// without Git's history, it returns the program of the working tree.
func lastRelease(t *testing.T) (program, version string) {
	t.Helper()
	tag, err := exec.Command("git", "describe", "--tags", "--abbrev=0", "--match=v[0-9]*", "--exclude=*-*").CombinedOutput()
	version = strings.TrimSpace(string(tag))
	if err != nil {
		t.Logf("no release found: %s", version)
		return binary, "the working tree"
	}
	folder := filepath.Join(scratch, "release")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(scratch, "enlist-"+version)
	began := time.Now()
	for _, command := range []*exec.Cmd{
		exec.Command("git", "-C", "../..", "archive", "--output="+folder+".tar", version),
		exec.Command("tar", "-xf", folder+".tar", "-C", folder),
		exec.Command("go", "build", "-C", folder, "-tags", "crashpoints", "-o", program, "."),
	} {
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	t.Logf("built %s in %s", version, time.Since(began))
	return program, version
}

// neighbour is a replica whose program changes.
type neighbour struct {
	*replica
	side    *vendorSide
	program atomic.Value // the next process's
}

func newNeighbour(t *testing.T, c *chance, side *vendorSide, name, dsn, program string) *neighbour {
	t.Helper()
	n := &neighbour{side: side}
	n.program.Store(program)
	n.replica = newReplica(t, c, side, name, onPostgres(dsn), replicaOptions{program: func() string {
		next, _ := n.program.Load().(string)
		return next
	}})
	return n
}

// replace ends the server in the middle of sends, and starts a program in its place.
func (n *neighbour) replace(ctx context.Context, program string, kill bool) {
	n.t.Helper()
	if !n.side.waitForSends(ctx, n.name, 2) {
		n.t.Fatalf("replica %s was never in the middle of two sends: its restart tests nothing", n.name)
	}
	n.program.Store(program)
	p := n.now()
	if kill {
		p.kill()
		<-p.died
	} else if err := p.stop(); err != nil {
		n.t.Error(err)
	}
	n.mustServe(ctx)
}

// loadOn begins a creation every 50 ms until done, which waits for all responses and returns the
// creations. A creation whose replica was killed waits for the lease, and the others go on.
func loadOn(ctx context.Context, c *chance, replicas []*replica) (done func() []*create) {
	var creates []*create
	var working sync.WaitGroup
	calling, enough := context.WithCancel(ctx)
	working.Go(func() {
		for sleep(calling, 50*time.Millisecond) {
			all := vendors()
			v := one(c, all)
			own := requestsFor(c, &v, 1, v.onExisting)
			creates = append(creates, own...)
			working.Go(func() { callersAnywhere(ctx, replicas, own, 1) })
		}
	})
	return func() []*create {
		enough()
		working.Wait()
		return creates
	}
}
