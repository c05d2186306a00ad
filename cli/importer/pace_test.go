package importer

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// The pace grows while the server takes all, and halves once for each time that it does not.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		for range 8 * firstLimit {
			p.responded()
		}
		if p.limit != mostAtOnce {
			t.Errorf("the limit is %d", p.limit)
		}
		began := time.Now()
		time.Sleep(time.Millisecond)
		for range 10 { // at the same moment
			p.slow(began, 3*time.Second)
		}
		if p.limit != mostAtOnce/2 {
			t.Errorf("after one moment the limit is %d", p.limit)
		}
		if err := p.begin(t.Context(), true); err != nil || time.Since(began) < 3*time.Second {
			t.Errorf("it began after %v: %v", time.Since(began), err)
		}
		p.end()
		p.slow(time.Now(), time.Second)
		for range p.limit {
			p.responded()
		}
		if p.limit != mostAtOnce/4+1 {
			t.Errorf("after a full round the limit is %d", p.limit)
		}
	})
}

// Rows that are repeated go first, and an end of the context ends all waits.
func TestPaceOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		p.limit = 1
		if p.begin(t.Context(), true) != nil {
			t.Fatal("the first waits")
		}
		var order []bool
		ctx, cancel := context.WithCancel(t.Context())
		for _, isNew := range []bool{true, false} {
			go func() {
				if p.begin(ctx, isNew) == nil {
					order = append(order, isNew)
				}
				p.end()
			}()
			synctest.Wait()
		}
		p.end()
		synctest.Wait()
		if len(order) != 2 || order[0] || !order[1] {
			t.Errorf("new ones in this order: %v", order)
		}
		p.limit = 0
		go func() { _ = p.begin(ctx, true); p.end() }()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if p.running != 0 {
			t.Errorf("%d run", p.running)
		}
	})
}
