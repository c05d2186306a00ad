package crashtest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/status"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// The table of make failover stands between these in the file that -crash.table names.
const (
	failoverTableBegins = "<!-- failover table: made by make failover -->"
	failoverTableEnds   = "<!-- end of failover table -->"
)

// patroniTrouble is a kind of trouble of a Patroni cluster.
type patroniTrouble struct {
	name string
	play postgrestest.Trouble
	// promotes: another node becomes the primary.
	promotes bool
}

// patroniTroubles are all kinds, in the order in which TestPatroni plays them by turns.
func patroniTroubles() []patroniTrouble {
	return []patroniTrouble{
		{"primary killed", (*postgrestest.Patroni).KillPrimary, true},
		{"switchover", (*postgrestest.Patroni).Switchover, true},
		{"primary cut off", (*postgrestest.Patroni).CutPrimary, true},
		{"primary frozen", (*postgrestest.Patroni).FreezePrimary, true},
		{"leader of etcd killed", (*postgrestest.Patroni).KillEtcdLeader, false},
	}
}

// callersAtPatroni is the number of callers, each of which creates one customer after another.
const callersAtPatroni = 12

// Two replicas serve callers while the primary of their Patroni cluster dies, freezes, is cut off,
// or hands over. Each customer is created once, and no gap opens.
func TestPatroni(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	began := time.Now()
	cluster := postgrestest.StartPatroni(t, postgrestest.Synchronous)
	side := newVendorSide()
	c := chanceOf(t.Name())
	replicas := replicasAtPatroni(t, c, side, cluster, configv1.Postgres_DURABILITY_SYNCHRONOUS)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit+time.Duration(*failovers)*time.Minute)
	defer cancel()
	processes := []*process{replicas[0].mustServe(ctx), replicas[1].mustServe(ctx)}

	load := signups{early: map[string]bool{}}
	for _, r := range replicas {
		r.alike = load.toldEarly
	}
	stop := load.begin(ctx, c, replicas)
	table := &failoverTable{}
	for i := range *failovers {
		trouble := patroniTroubles()[i%len(patroniTroubles())]
		load.flows(t)
		table.add(trouble.name, play(t, c, &load, replicas[0], cluster, trouble))
	}
	load.flows(t)
	stop()
	sum := verifyAt(ctx, replicas, load.creates)
	for i, r := range replicas {
		r.stillThat(processes[i])
		if gap, exported := metricsOf(t, processes[i])["enlist_journal_gap"]; !exported || gap != 0 {
			t.Errorf("replica %s has a gap: %v %t", r.name, gap, exported)
		}
	}
	text := table.markdown(cluster.Versions(t), time.Since(began), sum, len(load.early))
	if t.Failed() {
		text = "**This run failed.** " + text
	}
	t.Log("\n" + text)
	if *tableFile != "" {
		publish(t, *tableFile, failoverTableBegins, failoverTableEnds, text)
	}
}

// Writes are lost on purpose. Without synchronous_mode, standbys that missed the latest writes are
// all that is left. One of them is promoted, and a gap opens. Repeated requests make no second
// customer.
func TestPatroniLosesWrites(t *testing.T) {
	onlyInLongRun(t)
	cluster := postgrestest.StartPatroni(t, postgrestest.Asynchronous)
	side := newVendorSide()
	replicas := replicasAtPatroni(t, chanceOf(t.Name()), side, cluster, configv1.Postgres_DURABILITY_SINGLE_NODE)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	r, p := replicas[0], replicas[0].mustServe(ctx)
	other := replicas[1].mustServe(ctx)
	var restart func()
	repeatAfterLoss(ctx, t, r, p, func() {
		cluster.Settle(t)
		restart = cluster.KillStandbys(t)
	}, func() {
		cluster.KillPrimary(t)
		restart()
	})
	for _, p := range []*process{p, other} {
		if gap := metricsOf(t, p)["enlist_journal_gap"]; gap != 1 {
			t.Errorf("the promoted standby lacks writes, and enlist_journal_gap is %v", gap)
		}
	}
}

// Without a standby, Enlist refuses creations and sends nothing, whether Patroni then lets commits
// wait (synchronous_mode_strict) or not. With the standbys back, it serves again.
func TestPatroniWithoutStandbys(t *testing.T) {
	onlyInLongRun(t)
	for name, replication := range map[string]postgrestest.Replication{"synchronous_mode": postgrestest.Synchronous, "synchronous_mode_strict": postgrestest.Strict} {
		t.Run(name, func(t *testing.T) { withoutStandbys(t, postgrestest.StartPatroni(t, replication)) })
	}
}

func withoutStandbys(t *testing.T, cluster *postgrestest.Patroni) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	side := newVendorSide()
	r := replicasAtPatroni(t, chanceOf(t.Name()), side, cluster, configv1.Postgres_DURABILITY_SYNCHRONOUS)[0]
	p := r.mustServe(ctx)
	for _, c := range plainCreates() {
		mustCreate(ctx, t, c, p)
	}
	restart := cluster.KillStandbys(t)
	sleep(ctx, 5*time.Second) // Patroni notices
	creates := plainCreates()
	var calls sync.WaitGroup
	for _, c := range creates {
		calls.Go(func() {
			began := time.Now()
			_, err := askAgain(ctx, r, c)
			if reason, _ := detailsOf(status.Convert(err)); reason != enlistv1.ErrorReason_JOURNAL_UNAVAILABLE.String() {
				t.Errorf("%s without a standby: %v", short(c), err)
			}
			t.Logf("refused after %.1f s: %v", time.Since(began).Seconds(), err)
		})
	}
	calls.Wait()
	for _, c := range creates {
		if sent := side.creates(c, "", time.Time{}); len(sent) > 0 {
			t.Errorf("%s was sent without a standby", short(c))
		}
	}
	restart()
	for _, c := range creates {
		c.pursue(ctx, r.world, manner{})
		c.pursue(ctx, r.world, manner{})
		r.isOneCustomer(t, c)
	}
	r.stillThat(p)
}

// onlyInLongRun skips a test that proves little more with Patroni than another one without it.
func onlyInLongRun(t *testing.T) {
	t.Helper()
	if *duration > 0 || *failovers <= shortFailovers {
		t.Skip("part of make failover. TestLaggingStandbyIsPromoted and TestFailoverForgetsNothing do the like without Patroni")
	}
}

// replicasAtPatroni starts two replicas whose journal is in a Patroni cluster.
func replicasAtPatroni(t *testing.T, c *chance, side *vendorSide, cluster *postgrestest.Patroni, durability configv1.Postgres_Durability) []*replica {
	t.Helper()
	journal := onPostgres(cluster.DSN())
	journal.GetPostgres().Durability = durability
	options := replicaOptions{change: func(config *configv1.Config) { config.Admin = &configv1.Admin{Address: "127.0.0.1:0"} }}
	var replicas []*replica
	for _, name := range []string{"a", "b"} {
		r := newReplica(t, c, side, name, journal, options)
		r.mustServe(t.Context())
		replicas = append(replicas, r)
	}
	return replicas
}

// play plays a trouble under load, and waits until the cluster is whole again. It returns the time
// to the first success.
func play(t *testing.T, c *chance, load *signups, r *replica, cluster *postgrestest.Patroni, trouble patroniTrouble) time.Duration {
	t.Helper()
	r.orderAll(sandbox.Fault{Operation: "create", Kind: sandbox.Latency, Times: 2, DelayMS: int64(300 + c.upTo(500))}) // so that sends are in progress
	r.orderAll(sandbox.Fault{Operation: "create", Kind: sandbox.DropAfter, Times: 1})
	sleep(t.Context(), c.between(0, 500*time.Millisecond))
	before, began := cluster.Primary(), time.Now()
	end := trouble.play(cluster, t)
	for trouble.promotes && (cluster.Primary() == before || cluster.Primary() == "") {
		if time.Since(began) > roundLimit || !sleep(t.Context(), 50*time.Millisecond) {
			t.Fatalf("%s: no other node is the primary after %s", trouble.name, time.Since(began))
		}
	}
	load.flows(t)
	took := load.longestPause(began)
	end()
	sleep(t.Context(), 2*time.Second) // Patroni notices
	cluster.Settle(t)
	t.Logf("%s: %s was the primary, now %s; %.1f s to the first success", trouble.name, before, cluster.Primary(), took.Seconds())
	return took
}

// signups has callers who create one customer after the other.
type signups struct {
	mu        sync.Mutex
	creates   []*create
	successes []time.Time
	early     map[string]bool // request_ids that toldEarly has accepted
}

// toldEarly accepts responses of one customer that differ, as pair.toldEarly does, and counts them.
func (l *signups) toldEarly(a, b *enlistv1.CreateCustomerResponse) bool {
	if !ofOneCustomer(a, b) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.early[a.GetRequestId()] = true
	return true
}

// begin starts the callers. stop returns when each has the outcome of its last creation.
func (l *signups) begin(ctx context.Context, c *chance, replicas []*replica) (stop func()) {
	over := make(chan struct{})
	var callers sync.WaitGroup
	all := vendors()
	for i := range callersAtPatroni {
		callers.Go(func() {
			for n := i; ; n++ {
				select {
				case <-over:
					return
				case <-ctx.Done():
					return
				case <-time.After(c.between(200*time.Millisecond, time.Second)):
				}
				v := &all[n%len(all)]
				l.createOne(ctx, requestsFor(c, v, 1, v.onExisting)[0], replicas)
			}
		})
	}
	return func() {
		close(over)
		callers.Wait()
	}
}

func (l *signups) createOne(ctx context.Context, c *create, replicas []*replica) {
	l.mu.Lock()
	l.creates = append(l.creates, c)
	l.mu.Unlock()
	pursueAnywhere(ctx, c, replicas, manner{})
	if len(c.successes) > 0 {
		l.mu.Lock()
		l.successes = append(l.successes, time.Now())
		l.mu.Unlock()
	}
}

// flows waits until callers have successes again.
func (l *signups) flows(t *testing.T) {
	t.Helper()
	enough := l.count() + 2*callersAtPatroni
	for began := time.Now(); l.count() < enough; {
		if time.Since(began) > roundLimit || !sleep(t.Context(), 20*time.Millisecond) {
			t.Fatalf("%s without %d successes", time.Since(began), 2*callersAtPatroni)
		}
	}
}

func (l *signups) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.successes)
}

// longestPause returns the longest time without a success since a moment.
func (l *signups) longestPause(since time.Time) (longest time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, at := range l.successes {
		if at.After(since) {
			longest = max(longest, at.Sub(since))
			since = at
		}
	}
	return longest
}

// failoverTable has the times to the first success, by kind of trouble.
type failoverTable struct {
	names []string
	took  map[string][]time.Duration
}

func (f *failoverTable) add(name string, took time.Duration) {
	if f.took == nil {
		f.took = map[string][]time.Duration{}
	}
	if f.took[name] == nil {
		f.names = append(f.names, name)
	}
	f.took[name] = append(f.took[name], took)
}

func (f *failoverTable) markdown(versions string, took time.Duration, sum tally, early int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s, %s, seed %d.\n\n", time.Now().UTC().Format(time.DateOnly), took.Round(time.Second), versions, *seed)
	text.WriteString("| what happens | times | min | median | max |\n|---|---:|---:|---:|---:|\n")
	for _, name := range f.names {
		all := f.took[name]
		slices.Sort(all)
		fmt.Fprintf(&text, "| %s | %d | %.1f s | %.1f s | %.1f s |\n", name, len(all), all[0].Seconds(), all[len(all)/2].Seconds(), all[len(all)-1].Seconds())
	}
	fmt.Fprintf(&text, "\n%d creations: %d twice, %d lost, %d contradicted, %d for a person.\n"+
		"%d creations had a response before the record, with the same customer and other `vendor_ids` or\nanother `outcome`.\n",
		sum.creates, sum.duplicates, sum.lost, sum.contradicted, sum.needsPerson, early)
	return text.String()
}
