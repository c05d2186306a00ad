package once

import (
	"context"
	"sync"
	"sync/atomic"
)

// maxIdle is how many goroutines wait for another job.
const maxIdle = 64

// workers run jobs in goroutines that they use again. A new goroutine must grow its stack for every
// job, which costs more than the rest of the goroutine. There are as many as there are jobs.
type workers struct {
	work *sync.WaitGroup // of the service
	ends context.Context // idle goroutines end with it
	next chan func()     // an idle goroutine receives from it
	idle atomic.Int32
}

func newWorkers(ends context.Context, work *sync.WaitGroup) *workers {
	return &workers{work: work, ends: ends, next: make(chan func())}
}

// run runs a job.
func (w *workers) run(job func()) {
	select {
	case w.next <- job:
	default: // none is idle
		w.work.Go(func() {
			for next := job; next != nil; next = w.another() { // an idle goroutine keeps nothing of its last job
				next()
			}
		})
	}
}

// another waits for another job. It returns nil if enough goroutines wait, or if the service ends.
func (w *workers) another() (job func()) {
	defer w.idle.Add(-1)
	if w.idle.Add(1) > maxIdle {
		return nil
	}
	select {
	case job = <-w.next:
	case <-w.ends.Done():
	}
	return job
}
