package crashtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// A process that was killed after its send is started again at once. It need not wait for the lease
// of the killed one, because both have the same state folder: a caller has its outcome within half
// the lease.
func TestTakeover(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	cluster := postgrestest.Start(t)
	for _, step := range []string{"after-intent", "before-send", "before-end", "after-end"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			all := vendors()
			for i := range all {
				v := &all[i]
				t.Run(v.name, func(t *testing.T) {
					t.Parallel()
					takeOver(t, cluster, step, v)
				})
			}
		})
	}
}

func takeOver(t *testing.T, cluster *postgrestest.Cluster, step string, v *vendor) {
	t.Helper()
	c := chanceOf(t.Name())
	r := newReplica(t, c, newVendorSide(), "a", onPostgres(cluster.Database(t)), replicaOptions{plan: step + ":1"})
	first := r.mustServe(t.Context())
	wanted := requestsFor(c, v, 1, v.onExisting)[0]
	_ = wanted.try(t.Context(), first, false)
	<-first.died
	began := time.Now()
	second := r.mustServe(t.Context())
	if first == second {
		t.Fatalf("the server was not killed at %s", step)
	}
	served := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), lease/2)
	defer cancel()
	for wanted.try(ctx, second, false) == again {
		if !sleep(ctx, 50*time.Millisecond) {
			t.Fatalf("no outcome %s after the start; see %s", time.Since(began), r.folder)
		}
	}
	t.Logf("served after %s, settled after %s", served.Sub(began).Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	verifyAt(ctx, []*replica{r}, []*create{wanted})
}
