package crashtest_test

import (
	"context"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// A standby without the latest writes is promoted, and callers repeat their requests. Avvio does
// not refuse a second account. Enlist finds the first ones, and returns their ids or an honest
// OUTCOME_UNKNOWN.
func TestLaggingStandbyIsPromoted(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	primary.Asynchronous(t)
	side := newVendorSide()
	r := newReplica(t, chanceOf(t.Name()), side, "a", onPostgres(eitherHost(t, primary.Database(t), standby)), replicaOptions{})
	p := r.mustServe(ctx)
	repeatAfterLoss(ctx, t, r, p, func() {
		primary.CaughtUp(t)
		standby.Halt(t, postgrestest.Fast)
	}, func() {
		primary.Halt(t, postgrestest.Immediate)
		standby.Launch(t)
		standby.Promote(t)
	})
}

// repeatAfterLoss creates customers at Avvio, some of them between part and promote. The database
// then has lost these. Every request is repeated twice.
func repeatAfterLoss(ctx context.Context, t *testing.T, r *replica, p *process, part, promote func()) {
	t.Helper()
	all := vendors()
	avvio := &all[slices.IndexFunc(all, func(v vendor) bool { return v.sandbox == sandbox.Avvio })]
	var creates []*create
	for range 12 {
		creates = append(creates, &create{vendor: avvio, request: avvio.request(fail)})
	}
	for _, c := range creates[:4] {
		mustCreate(ctx, t, c, p)
	}
	part()
	for _, c := range creates[4:] {
		mustCreate(ctx, t, c, p)
	}
	promote()
	for range 2 {
		for _, c := range creates {
			c.pursue(ctx, r.world, manner{})
		}
	}
	r.stillThat(p)
	for _, c := range creates {
		holdsInGap(ctx, t, r, c)
	}
}

// holdsInGap asserts that a creation has one account, and that each response says so.
func holdsInGap(ctx context.Context, t *testing.T, r *replica, c *create) {
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
	for _, response := range c.successes {
		if id := response.GetCustomer().GetId(); id == "" || id != c.successes[0].GetCustomer().GetId() {
			t.Errorf("%s has the customers %s and %s", short(c), c.successes[0].GetCustomer().GetId(), id)
		}
	}
	if len(c.successes) == 1 { // the repeated requests had no success
		if _, err := askAgain(ctx, r, c); status.Code(err) != codes.Aborted && status.Code(err) != codes.Unavailable && status.Code(err) != codes.Unknown {
			t.Errorf("%s: %v", short(c), err)
		}
	}
}
