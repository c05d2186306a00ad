package once

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
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

// An idle goroutine keeps nothing of its last job alive, which may have held a large file.
func TestIdleWorkersKeepNothing(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	ctx, end := context.WithCancel(t.Context())
	w := newWorkers(ctx, &all)
	for range 2 { // in a new goroutine, then usually in the same
		freed := make(chan struct{})
		runWithFile(w, func() { close(freed) })
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			runtime.GC()
			select {
			case <-freed:
			default:
				if time.Now().Before(deadline) {
					continue
				}
				t.Error("the file of the job is still in memory")
			}
			break
		}
	}
	end()
	all.Wait()
}

// runWithFile runs a job with a file. freed is called when the file is no longer in memory.
func runWithFile(w *workers, freed func()) {
	file, done := make([]byte, 1<<20), make(chan struct{})
	runtime.AddCleanup(&file[0], func(int) { freed() }, 0)
	w.run(func() {
		file[0] = 1
		close(done)
	})
	<-done
}
