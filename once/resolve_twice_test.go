package once_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
)

// gated makes two updates start together.
type gated struct {
	journal.Store
	mu      sync.Mutex
	arrived int
	gate    chan struct{}
	armed   bool
}

func (g *gated) Update(ctx context.Context, row *journal.Row, due time.Duration) error {
	g.mu.Lock()
	if g.armed {
		g.arrived++
		if g.arrived == 2 {
			close(g.gate)
			g.armed = false
		}
		g.mu.Unlock()
		<-g.gate
	} else {
		g.mu.Unlock()
	}
	return g.Store.Update(ctx, row, due)
}

// If two persons decide at once, the decision of one stands and the other gets an error.
func TestTwoDecideAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gated{gate: make(chan struct{})}
		f := start(t, newVendor(noneClass, time.Second), func(f *fixture) {
			f.wrap = func(store journal.Store) journal.Store { g.Store = store; return g }
		})
		r := f.needsDecision()
		time.Sleep(time.Second)
		g.mu.Lock()
		g.armed = true
		g.mu.Unlock()
		type result struct {
			by     string
			record *journal.Record
			err    error
		}
		results := make(chan result, 2)
		for _, by := range []string{"Ada", "Bob"} {
			go func() {
				record, _, err := f.Resolve(context.Background(), f.keyOf(r), once.Decision{
					Decision: enlistv1.Decision_DECISION_FAILED, By: by, Reason: "because of " + by,
				})
				results <- result{by, record, err}
			}()
		}
		first, second := <-results, <-results
		stands := f.inState(r, failed).Payload.GetDecision().GetDecidedBy()
		if (first.err == nil) == (second.err == nil) {
			t.Errorf("%v and %v", first.err, second.err)
		}
		for _, one := range []result{first, second} {
			if one.err == nil && one.record.Payload.GetDecision().GetDecidedBy() != stands {
				t.Errorf("the response to %s says that the decision stands; the record has that of %s", one.by, stands)
			}
		}
	})
}
