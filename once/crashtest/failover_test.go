package crashtest_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// The synchronous standby is gone, and an administrator ends the session in which an intent waits
// for it. The primary then has the intent, and nothing else has. It dies, and the standby takes
// over. The same request is one account at the vendor, and each response has its id.
func TestFailoverForgetsNothing(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	for name, end := range map[string]string{"terminated": "pg_terminate_backend", "cancelled": "pg_cancel_backend"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failover(t, end)
		})
	}
}

func failover(t *testing.T, end string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	dsn := primary.Database(t)
	side := newVendorSide()
	r := newReplica(t, chanceOf(t.Name()), side, "a", onPostgres(eitherHost(t, dsn, standby)), replicaOptions{})
	p := r.mustServe(ctx)
	all := vendors()
	avvio := &all[slices.IndexFunc(all, func(v vendor) bool { return v.sandbox == sandbox.Avvio })]
	before, mine := &create{vendor: avvio, request: avvio.request(fail)}, &create{vendor: avvio, request: avvio.request(fail)}
	mustCreate(ctx, t, before, p)

	standby.Halt(t, postgrestest.Fast)
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		within, cancel := context.WithTimeout(ctx, 12*time.Second)
		defer cancel()
		mine.try(within, p, false)
	}()
	const waiting = `FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%INTO enlist.operations%'`
	primary.WaitFor(t, `SELECT EXISTS (SELECT `+waiting+`)`)
	primary.Exec(t, primary.DSN("postgres"), `SELECT `+end+`(pid) `+waiting)
	<-answered
	if sent := side.creates(mine, "", time.Time{}); len(sent) > 0 {
		t.Errorf("the creation was sent %d times, and only the primary has its intent", len(sent))
	}

	primary.Halt(t, postgrestest.Immediate)
	standby.Launch(t)
	standby.Promote(t)
	for range 2 {
		mine.pursue(ctx, r.world, manner{})
		before.pursue(ctx, r.world, manner{})
	}
	r.stillThat(p)
	for _, c := range []*create{before, mine} {
		r.isOneCustomer(t, c)
	}
}

// isOneCustomer fails the test unless the vendor has one record of a creation, and each response
// has its id.
func (r *replica) isOneCustomer(t *testing.T, c *create) {
	t.Helper()
	accounts := 0
	for _, record := range r.records(c.vendor.sandbox) {
		if c.has(record) {
			accounts++
		}
	}
	if accounts != 1 {
		t.Errorf("%s has %d accounts", short(c), accounts)
	}
	if len(c.successes) < 2 {
		t.Errorf("%s has %d responses", short(c), len(c.successes))
	}
	for _, response := range c.successes {
		if id := response.GetCustomer().GetId(); id == "" || id != c.successes[0].GetCustomer().GetId() {
			t.Errorf("%s has the customers %s and %s", short(c), c.successes[0].GetCustomer().GetId(), id)
		}
	}
}

// eitherHost returns a DSN that names a primary and its standby.
func eitherHost(t *testing.T, dsn string, standby *postgrestest.Cluster) string {
	t.Helper()
	both, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	other, err := url.Parse(standby.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	both.Host += "," + other.Host
	return both.String()
}
