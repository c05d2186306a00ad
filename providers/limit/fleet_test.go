package limit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers/limit"
)

const lease = 10 * time.Second

// text is a board in memory. An access takes some time.
type text struct {
	mutex sync.Mutex
	value []byte
	away  bool
}

func (b *text) set(away bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.away = away
}

// cutOff is a board that a replica can no longer reach once a context has ended.
type cutOff struct {
	limit.Board
	until context.Context
}

func (b cutOff) Read(ctx context.Context) ([]byte, error) {
	if b.until.Err() != nil {
		return nil, errors.New("away")
	}
	return b.Board.Read(ctx)
}

func (b cutOff) Replace(ctx context.Context, old, text []byte) error {
	if b.until.Err() != nil {
		return errors.New("away")
	}
	return b.Board.Replace(ctx, old, text)
}

func (b *text) Read(ctx context.Context) ([]byte, error) {
	time.Sleep(3 * time.Millisecond)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.away {
		return nil, errors.New("away")
	}
	return b.value, ctx.Err()
}

func (b *text) Replace(_ context.Context, old, value []byte) error {
	time.Sleep(3 * time.Millisecond)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.away {
		return errors.New("away")
	}
	if !bytes.Equal(old, b.value) {
		return limit.ErrConflict
	}
	b.value = value
	return nil
}

// vendor counts requests.
type vendor struct {
	mutex    sync.Mutex
	times    []time.Time
	by       map[string]int
	inFlight int
	most     int
}

func (v *vendor) serve(replica string, takes time.Duration) {
	v.mutex.Lock()
	v.times = append(v.times, time.Now())
	v.by[replica]++
	v.inFlight++
	v.most = max(v.most, v.inFlight)
	v.mutex.Unlock()
	time.Sleep(takes)
	v.mutex.Lock()
	v.inFlight--
	v.mutex.Unlock()
}

// worst returns the most requests in any ten seconds.
func (v *vendor) worst() int {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return testkit.MostWithin(v.times, 10*time.Second)
}

// between returns the requests in a time.
func (v *vendor) between(from, to time.Time) (count int) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	for _, at := range v.times {
		if !at.Before(from) && at.Before(to) {
			count++
		}
	}
	return count
}

// site is replicas of one provider.
type site struct {
	board  *text
	vendor *vendor
	limits limit.Limits
	takes  time.Duration // a request
	group  sync.WaitGroup
}

func newSite(limits limit.Limits, takes time.Duration) *site {
	return &site{board: &text{}, vendor: &vendor{by: map[string]int{}}, limits: limits, takes: takes}
}

// start starts a replica with a number of callers that never stop. It returns a function that
// stops the replica.
func (s *site) start(ctx context.Context, replica string, callers int) (stop func()) {
	stop, _ = s.open(ctx, replica, callers, nil)
	return stop
}

// open is start. It also returns a function that cuts the replica off from the board.
func (s *site) open(ctx context.Context, replica string, callers int, isDead func(string) bool) (stop, cut func()) {
	reaches, cut := context.WithCancel(ctx)
	gate := limit.NewGate(s.limits)
	fleet := limit.NewFleet(limit.Options{
		Board: cutOff{s.board, reaches}, Replica: replica, Lease: lease, IsDead: isDead, Log: slog.New(slog.DiscardHandler),
	})
	fleet.Adopt(map[string]*limit.Gate{"v": gate})
	running, stop := context.WithCancel(ctx)
	s.group.Go(func() { fleet.Run(running) })
	for range callers {
		s.group.Go(func() {
			for {
				leave, err := gate.Enter(running, free)
				if err != nil {
					return
				}
				s.vendor.serve(replica, s.takes)
				leave()
			}
		})
	}
	return stop, cut
}

// The vendor never sees more than the limit and 2 %, while replicas come and go, and at least 95 %
// of the limit can be used.
func TestFleetRate(t *testing.T) {
	for _, rate := range []float64{5, 20, 100} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(limit.Limits{Rate: rate, Burst: 1, Slots: limit.Unlimited}, 50*time.Millisecond)
				ctx, end := context.WithCancel(t.Context())
				start := time.Now()
				var stops []func()
				for i := range 6 {
					stop := s.start(ctx, fmt.Sprint(i), 64)
					stops = append(stops, stop)
					time.Sleep(20*time.Second + 100*time.Duration(i)*time.Millisecond)
				}
				grown := time.Now()
				for _, stop := range stops[1:] {
					stop()
					time.Sleep(20*time.Second + 130*time.Millisecond)
				}
				over := time.Now()
				end()
				s.group.Wait()
				used := func(from, to time.Time) float64 {
					return float64(s.vendor.between(from, to)) / to.Sub(from).Seconds() / rate
				}
				worst := float64(s.vendor.worst()) / 10 / rate
				t.Logf("at most %.3f of the limit in ten seconds; used %.3f while it grows and %.3f while it shrinks; by replica %v",
					worst, used(start, grown), used(grown, over), s.vendor.by)
				if worst > 1.02+1e-9 || used(start, grown) < 0.95 || used(grown, over) < 0.95 {
					t.Error("more than the limit, or less than 95 % used")
				}
			})
		})
	}
}

// The rate follows the demand: what one replica leaves, another gets.
func TestFleetDemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(limit.Limits{Rate: 50, Burst: 10, Slots: limit.Unlimited}, 0)
		ctx, end := context.WithCancel(t.Context())
		s.start(ctx, "idle", 0)
		s.start(ctx, "busy", 64)
		time.Sleep(5 * time.Second)
		from := time.Now()
		time.Sleep(20 * time.Second)
		if used := float64(s.vendor.between(from, time.Now())) / 20 / 50; used < 0.95 {
			t.Errorf("the only busy replica uses %.3f of the limit", used)
		}
		end()
		s.group.Wait()
	})
}

// Slots are never exceeded, and one slot goes round among replicas.
func TestFleetSlots(t *testing.T) {
	for _, slots := range []int{1, 4, 100} {
		t.Run(fmt.Sprint(slots), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(limit.Limits{Rate: math.Inf(1), Burst: 1, Slots: slots}, 100*time.Millisecond)
				ctx, end := context.WithCancel(t.Context())
				for i := range 6 {
					s.start(ctx, fmt.Sprint(i), 200)
					time.Sleep(700 * time.Millisecond)
				}
				time.Sleep(10 * time.Second)
				s.vendor.mutex.Lock()
				clear(s.vendor.by)
				s.vendor.mutex.Unlock()
				from := time.Now()
				time.Sleep(2 * time.Minute)
				used := float64(s.vendor.between(from, time.Now())) / 120 / (10 * float64(slots))
				end()
				s.group.Wait()
				t.Logf("used %.3f, most %d, by replica %v", used, s.vendor.most, s.vendor.by)
				if s.vendor.most > slots {
					t.Errorf("%d in flight, and %d permitted", s.vendor.most, slots)
				}
				if len(s.vendor.by) != 6 || slots >= 6 && used < 0.95 || used < 0.5 {
					t.Errorf("used %.3f by %v", used, s.vendor.by)
				}
			})
		})
	}
}

// The share of a killed replica is free when its lease is over, or as soon as another replica knows
// that it is dead.
func TestFleetKilled(t *testing.T) {
	for name, c := range map[string]struct {
		isDead func(string) bool
		after  time.Duration
	}{"by its lease": {nil, lease + 3*time.Second}, "by proof": {func(string) bool { return true }, 3 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(limit.Limits{Rate: 50, Burst: 1, Slots: 10}, 50*time.Millisecond)
				ctx, end := context.WithCancel(t.Context())
				stop, cut := s.open(ctx, "first", 64, nil)
				time.Sleep(5 * time.Second)
				cut() // so that it gives nothing back
				stop()
				s.open(ctx, "second", 64, c.isDead)
				time.Sleep(c.after)
				from := time.Now()
				time.Sleep(20 * time.Second)
				used := float64(s.vendor.between(from, time.Now())) / 20 / 50
				end()
				s.group.Wait()
				if worst := s.vendor.worst(); used < 0.95 || worst > 510 || s.vendor.most > 10 {
					t.Errorf("used %.3f %s after the kill; %d in ten seconds, %d at once", used, c.after, worst, s.vendor.most)
				}
			})
		})
	}
}

// Without the board, a replica keeps its share.
func TestFleetCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(limit.Limits{Rate: 40, Burst: 1, Slots: limit.Unlimited}, 0)
		ctx, end := context.WithCancel(t.Context())
		_, cut := s.open(ctx, "a", 64, nil)
		time.Sleep(5 * time.Second)
		cut()
		from := time.Now()
		time.Sleep(time.Minute)
		if used := float64(s.vendor.between(from, time.Now())) / 60 / 40; used < 0.95 {
			t.Errorf("used %.3f without the board", used)
		}
		end()
		s.group.Wait()
	})
}

// After an outage of the board that lasted longer than a lease, no replica takes another one for
// dead.
func TestFleetOutage(t *testing.T) {
	for _, outage := range []time.Duration{12 * time.Second, 13 * time.Second, 14500 * time.Millisecond, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(limit.Limits{Rate: 40, Burst: 1, Slots: 40}, 900*time.Millisecond)
			ctx, end := context.WithCancel(t.Context())
			for i := range 4 {
				s.start(ctx, fmt.Sprint(i), 64)
				time.Sleep(270 * time.Millisecond)
			}
			time.Sleep(10 * time.Second)
			s.board.set(true)
			time.Sleep(outage)
			s.board.set(false)
			time.Sleep(20 * time.Second)
			end()
			s.group.Wait()
			if worst := s.vendor.worst(); worst > 408 || s.vendor.most > 40 {
				t.Errorf("after %s: %d in ten seconds, %d at once", outage, worst, s.vendor.most)
			}
		})
	}
}

// What no replica writes does not stop the fleet.
func TestFleetBoard(t *testing.T) {
	for _, written := range []string{
		"{}", "no JSON", "null", "[]", `{"replicas":{"x":null}}`, `{"turns":null,"replicas":{"x":{"beat":1}}}`, `{"turns":{"v":-1}}`,
		`{"turns":{"v":18446744073709551615},"replicas":{"x":{"beat":1,"shares":null,"demands":{"v":{"slots":9}}}}}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(limit.Limits{Rate: 40, Burst: 1, Slots: 3}, 10*time.Millisecond)
			s.board.value = []byte(written)
			ctx, end := context.WithCancel(t.Context())
			s.start(ctx, "a", 16)
			s.start(ctx, "b", 16)
			time.Sleep(30 * time.Second)
			from := time.Now()
			time.Sleep(10 * time.Second)
			if used := float64(s.vendor.between(from, time.Now())) / 10 / 40; used < 0.9 {
				t.Errorf("%s: used %.3f", written, used)
			}
			end()
			s.group.Wait()
		})
	}
}
