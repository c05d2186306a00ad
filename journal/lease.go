package journal

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	defaultLease = 10 * time.Second
	// farewell is how long the last word to the store may take.
	farewell = 5 * time.Second
)

// lease tells the other replicas that this one is alive, and this one whether they believe it.
type lease struct {
	store   Store
	replica string
	length  time.Duration
	log     *slog.Logger

	stop    context.CancelFunc
	stopped chan struct{}

	mutex  sync.Mutex
	last   time.Time // when the last sign of life that arrived was begun; zero after the end
	number int64     // grows whenever others may have taken this replica for dead in between
}

// takeLease gives the first sign of life, and more until it is released.
func takeLease(ctx context.Context, store Store, replica string, length time.Duration, log *slog.Logger) (*lease, error) {
	l := &lease{store: store, replica: replica, length: length, log: log, stopped: make(chan struct{})}
	if err := l.beat(ctx); err != nil {
		return nil, err
	}
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	go l.keep(ctx)
	return l, nil
}

// keep gives signs of life four times in the length of the lease, so that two may be lost.
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
	}
}

func (l *lease) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.length/2)
	defer cancel()
	// The others count from when it arrives, which is later: from here on this replica counts less than they do.
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

// current returns the number of the lease, and holds whether that one has held from then to now.
func (l *lease) current() int64 {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.number
}

func (l *lease) holds(number int64) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.number == number && l.within(l.last)
}

// within leaves a quarter of the lease to spare. It goes by the monotonic clock, and by the other one where that says that more time
// has passed: the monotonic clock stands still while the machine sleeps, the others' do not.
func (l *lease) within(last time.Time) bool {
	if last.IsZero() {
		return false
	}
	now := time.Now()
	return max(now.Sub(last), now.Round(0).Sub(last.Round(0))) < l.length-l.length/4
}

// release says that this replica is not alive any more, so that others can take over at once.
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
