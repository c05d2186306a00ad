package journal

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	defaultLease = 10 * time.Second
	// farewell limits the time of the last write to the store.
	farewell = 5 * time.Second
)

// lease tells the other replicas that this one is alive. It also tells this replica whether the
// others still count it as alive.
type lease struct {
	store   Store
	replica string
	length  time.Duration
	log     *slog.Logger
	noted   func(context.Context) // runs after each later heartbeat

	stop    context.CancelFunc
	stopped chan struct{}

	mutex  sync.Mutex
	last   time.Time // when the last successful heartbeat began; zero after release
	number int64     // grows whenever the others may have counted this replica as dead
	gap    time.Time // when the latest gap was opened: the others may not know what this replica owned before
}

// takeLease sends the first heartbeat. More heartbeats follow until release.
func takeLease(ctx context.Context, store Store, replica string, length time.Duration, log *slog.Logger,
	noted func(context.Context),
) (*lease, error) {
	l := &lease{store: store, replica: replica, length: length, log: log, noted: noted, stopped: make(chan struct{})}
	if err := l.beat(ctx); err != nil {
		return nil, err
	}
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	go l.keep(ctx)
	return l, nil
}

// keep sends four heartbeats per lease length, so two may fail.
func (l *lease) keep(ctx context.Context) {
	defer close(l.stopped)
	ticker := time.NewTicker(l.length / 4)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := l.beat(ctx); err != nil && ctx.Err() == nil {
			l.log.WarnContext(ctx, "journal: this replica could not renew its lease; trying again", "replica", l.replica, "alive", l.alive(), "error", err)
		}
		l.noted(ctx)
	}
}

func (l *lease) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.length/2)
	defer cancel()
	// The others count from the heartbeat's arrival, which is later. So this replica's lease ends
	// before the others count it as dead.
	begun := time.Now()
	if err := l.store.Beat(ctx, l.replica, l.length); err != nil {
		return err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.number == 0 || !l.within(l.last) {
		l.number++
	}
	l.last = begun
	return nil
}

// alive reports whether the present lease still holds.
func (l *lease) alive() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.within(l.last)
}

// current returns the number of the lease. holds reports whether that lease has held from then
// until now.
func (l *lease) current() int64 {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.seeGap()
	return l.number
}

// seeGap ends the lease if the store has another gap.
func (l *lease) seeGap() {
	if opened := l.store.Gap().Opened; !opened.Equal(l.gap) {
		l.gap = opened
		l.number++
	}
}

func (l *lease) holds(number int64) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.seeGap()
	return l.number == number && l.within(l.last)
}

// within keeps a quarter of the lease as a margin. It uses the monotonic clock, or the wall clock
// if that shows more time. The monotonic clock stops while the machine sleeps, but the others'
// clocks do not.
func (l *lease) within(last time.Time) bool {
	if last.IsZero() {
		return false
	}
	now := time.Now()
	return max(now.Sub(last), now.Round(0).Sub(last.Round(0))) < l.length-l.length/4
}

// release tells the others that this replica is no longer alive, so that they can take over at
// once.
func (l *lease) release() error {
	l.stop()
	<-l.stopped
	l.mutex.Lock()
	l.last = time.Time{}
	l.mutex.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	return l.store.Beat(ctx, l.replica, 0)
}
