package importer

import (
	"context"
	"sync"
	"time"
)

const (
	// firstLimit and mostAtOnce bound the requests in progress. A server takes thousands, and
	// queues what a provider does not take at once.
	firstLimit, mostAtOnce = 8, 64
	// shortestPause keeps several errors of the same moment from counting as several.
	shortestPause = 200 * time.Millisecond
)

// pace limits the requests in progress: it doubles the limit until the server first asks for fewer,
// and adds one for each full round after that. When the server asks for fewer, it halves the limit,
// and begins none for as long as the server says.
type pace struct {
	mu       sync.Mutex
	limit    int
	running  int
	grown    int  // successes since the limit last grew
	slowed   bool // the server has asked for fewer
	until    time.Time
	changed  chan struct{} // closed at a change
	retrying int           // rows that wait for another attempt; new ones let them pass
}

func newPace() *pace { return &pace{limit: firstLimit, changed: make(chan struct{})} }

// begin waits until another request may run. A new row waits for those that are repeated.
func (p *pace) begin(ctx context.Context, isNew bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !isNew {
		p.retrying++
		defer func() { p.retrying--; p.change() }()
	}
	for {
		pause := time.Until(p.until)
		if pause <= 0 && p.running < p.limit && (!isNew || p.retrying == 0) {
			p.running++
			return ctx.Err()
		}
		changed := p.changed
		p.mu.Unlock()
		err := waitFor(ctx, changed, pause)
		p.mu.Lock()
		if err != nil {
			p.running++ // which end undoes
			return err
		}
	}
}

// waitFor waits for a change, or for a pause unless that is over.
func waitFor(ctx context.Context, changed <-chan struct{}, pause time.Duration) error {
	var timeout <-chan time.Time
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-changed:
	case <-timeout:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// end is called after each begin.
func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
	p.change()
}

// responded counts a response that asks for nothing.
func (p *pace) responded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.grown++; p.grown < p.limit {
		return
	}
	p.grown = 0
	if p.slowed {
		p.limit = min(p.limit+1, mostAtOnce)
	} else {
		p.limit = min(2*p.limit, mostAtOnce)
	}
	p.change()
}

// slow halves the limit and pauses. Requests that ran already when it paused last do not count
// again.
func (p *pace) slow(began time.Time, pause time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if until := now.Add(max(pause, shortestPause)); until.After(p.until) {
		if !began.Before(p.until) {
			p.limit, p.slowed, p.grown = max(p.limit/2, 1), true, 0
		}
		p.until = until
	}
	p.change()
}

func (p *pace) change() {
	close(p.changed)
	p.changed = make(chan struct{})
}
