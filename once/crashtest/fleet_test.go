package crashtest_test

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

var fleetPhase = flag.Duration("crash.fleet", 6*time.Second, "how long each phase of TestFleet lasts")

// Replicas that share a journal keep a rate limit together, while some start and some are killed.
// The bound is loose, since a busy machine can delay requests so that they arrive together.
// -crash.fleet=60s shows exact figures.
func TestFleet(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	const rate, callers = 50, 16
	cluster := postgrestest.Start(t)
	c := chanceOf(t.Name())
	side, journal := newVendorSide(), onPostgres(cluster.Database(t))
	limited := replicaOptions{change: func(config *configv1.Config) {
		for _, provider := range config.GetProviders() {
			provider.RateLimit = &configv1.RateLimit{PerSecond: rate}
		}
	}}
	ctx, end := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	var replicas []*replica
	start := func(count int) {
		for range count {
			r := newReplica(t, c, side, fmt.Sprint(len(replicas)), journal, limited)
			replicas = append(replicas, r)
			r.mustServe(ctx)
			for range callers {
				calls.Go(func() { r.readOn(ctx) })
			}
		}
	}
	start(2)
	began := time.Now()
	sleep(ctx, *fleetPhase)
	start(4)
	sleep(ctx, *fleetPhase)
	grown := time.Now()
	for _, r := range replicas[:2] {
		r.now().kill() // it starts again, and takes its share back without a wait
	}
	sleep(ctx, *fleetPhase)
	end()
	calls.Wait()

	within := min(10*time.Second, *fleetPhase)
	permitted := rate * within.Seconds()
	worst, used := side.worst(within), side.between(began, grown)
	t.Logf("at most %.3f of the limit in %s; %.3f of it used until the kills, of %s",
		float64(worst)/permitted, within, float64(used)/(grown.Sub(began).Seconds()*rate), grown.Sub(began).Round(time.Second))
	if float64(worst) > 1.1*permitted {
		t.Errorf("the vendor has seen %d requests in %s, and %.0f are permitted", worst, within, permitted)
	}
}

// readOn reads a customer again and again.
func (r *replica) readOn(ctx context.Context) {
	for ctx.Err() == nil {
		if p := r.now(); p != nil {
			within, cancel := context.WithTimeout(ctx, 5*time.Second)
			_, _ = p.customers.GetCustomer(within, &enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: "absent"})
			cancel()
			continue
		}
		sleep(ctx, 50*time.Millisecond)
	}
}

// worst returns the most requests in any stretch of that length.
func (s *vendorSide) worst(within time.Duration) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	times := make([]time.Time, len(s.calls))
	for i, call := range s.calls {
		times[i] = call.at
	}
	return testkit.MostWithin(times, within)
}

// between returns the requests in a time.
func (s *vendorSide) between(from, to time.Time) (count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, call := range s.calls {
		if !call.at.Before(from) && call.at.Before(to) {
			count++
		}
	}
	return count
}
