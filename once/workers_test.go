package once

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
)

// Goroutines wait for another job, but no more than maxIdle of them. They end with the service.
func TestWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		var all sync.WaitGroup
		w := newWorkers(ctx, &all)
		for range 2 { // the second time, some jobs get a goroutine of the first time
			var done sync.WaitGroup
			hold := make(chan struct{})
			done.Add(2 * maxIdle)
			for range 2 * maxIdle {
				w.run(func() {
					<-hold
					done.Done()
				})
			}
			synctest.Wait()
			if idle := w.idle.Load(); idle != 0 {
				t.Errorf("%d goroutines are idle during the jobs", idle)
			}
			close(hold)
			done.Wait()
			synctest.Wait()
			if idle := w.idle.Load(); idle != maxIdle {
				t.Errorf("%d goroutines are idle", idle)
			}
		}
		end()
		all.Wait()
	})
}
