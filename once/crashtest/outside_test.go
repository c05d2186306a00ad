package crashtest_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// atAnyMoment stands for a crash point where the moment is the clock's.
const (
	atAnyMoment = "any moment"
	allVendors  = "all five"
)

// A process is killed at any moment, with creations in progress at all vendors and faults in any of
// them. No customer is lost or created twice.
func TestAnyMoment(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	for i := range 6 * *rounds {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			results.add(allVendors, atAnyMoment, killAtAnyMoment(t, chanceOf(t.Name())))
		})
	}
}

// killAtAnyMoment runs a round. Callers create at all vendors at once, and the process is killed
// several times.
func killAtAnyMoment(t *testing.T, c *chance) tally {
	t.Helper()
	var kills atomic.Int64
	w := newWorld(t, c, func() string { return "" }, func(string) { kills.Add(1) }, nil)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	all := vendors()
	var creates []*create
	for range 8 {
		for i := range all {
			creates = append(creates, requestsFor(c, &all[i], 1, all[i].onExisting)...)
		}
	}
	for i := range all {
		disturb(w, &all[i], 6)
	}
	working, done := context.WithCancel(ctx)
	killing := make(chan struct{})
	go func() {
		defer close(killing)
		for range 12 {
			if !sleep(working, c.between(20*time.Millisecond, 900*time.Millisecond)) {
				return
			}
			p := w.server(working)
			if p == nil {
				return
			}
			mistreat(t, c, p)
			disturb(w, &all[c.upTo(len(all))], 2)
		}
	}()
	callers(ctx, w, creates, 10)
	done()
	<-killing
	found := verify(ctx, w, creates)
	found.rounds, found.kills = 1, int(kills.Load())
	return found
}

// mistreat halts, kills or stops a process, or does nothing to it.
func mistreat(t *testing.T, c *chance, p *process) {
	t.Helper()
	if c.percent(30) {
		p.halt(c.between(50*time.Millisecond, 2*vendorTimeout))
	}
	switch roll := c.upTo(100); {
	case roll < 70:
		p.kill()
		<-p.died
	case roll < 85:
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	}
}

// sleep waits, and reports whether the whole time has passed before the context ended.
func sleep(ctx context.Context, wait time.Duration) bool {
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}
